/// One who asks the members of a group now and then how they are, and tells them what follows from
/// it: a monitor that promotes replicas, the master of a chain.
///
///   every interval, to each member:  question --> member (if it is up) --> answer
///
/// Rule: it stands where a node of the file stands, dies with it and begins anew with it, and its
/// messages go the ways of that node's. Without such a node it is perfect: it hears at once of
/// everybody who is up and stands still for nobody, whatever is cut.
/// Does not model: that it is several, which vote.
#pragma once

#include <functional>
#include <vector>

#include "sim/kernel/combinators.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/travel.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// Status: what a member answers, a value.
template <class Status>
class GroupMonitor {
 public:
  struct Acts {
    /// At the member, when the question is there.
    std::function<Status(std::uint32_t member)> ask;
    /// At the monitor, when the answer is there.
    std::function<void(std::uint32_t member, const Status&, sim::Duration now)> answered;
    /// At the monitor, before each round.
    std::function<void(sim::Duration now)> round;
    /// At the monitor, when it begins anew.
    std::function<void(sim::Duration now)> began;
  };

  /// `host` may be null.
  GroupMonitor(const sim::BuildContext& context, sim::Node* host, std::vector<sim::Node*> members,
               sim::Duration interval, sim::Duration patience)
      : kernel_(context.kernel()),
        host_(host),
        members_(std::move(members)),
        interval_(interval),
        patience_(patience),
        own_(kernel_, nobodys_id) {
    if (!host_) return;
    for (sim::Node* member : members_) {
      targets_.push_back(context.network().target_of(*host_, *member));
    }
  }

  /// Requires: once, when the run begins.
  void start(Acts acts) {
    acts_ = std::move(acts);
    begin();
    if (host_) host_->on_restart([this] { begin(); });
  }

  /// Does `act` at the member, when a message from here is there and the member is up.
  void tell(std::uint32_t member, std::function<void()> act) {
    if (host_) {
      host_->spawn(carry(member, std::move(act)));
    } else if (reachable(member)) {
      act();
    }
  }

 private:
  static constexpr std::uint32_t nobodys_id = 0xfffff0;
  static constexpr sim::Bytes message{64};

  sim::Duration now() const { return kernel_.now().time_since_epoch(); }
  bool reachable(std::uint32_t member) const {
    return members_[member]->up() && !members_[member]->paused();
  }
  void begin() {
    acts_.began(now());
    if (host_) {
      if (host_->up()) host_->spawn(rounds());
    } else {
      own_.spawn(rounds());
    }
  }
  sim::Task<void> rounds() {
    for (;;) {
      for (std::uint32_t member = 0; member < members_.size(); ++member) {
        if (host_) {
          host_->spawn(ask_far(member));
        } else if (reachable(member)) {
          const Status status = acts_.ask(member);
          acts_.answered(member, status, now());
        }
      }
      co_await sim::delay(interval_);
      acts_.round(now());
    }
  }
  sim::Task<void> ask_far(std::uint32_t member) {
    auto asking = sim::with_timeout(question(member), patience_);
    const std::optional<std::optional<Status>> answer = co_await asking;
    if (answer && *answer) acts_.answered(member, **answer, now());
  }
  sim::Task<std::optional<Status>> question(std::uint32_t member) {
    auto there = sim::travel(*host_, targets_[member], message);
    co_await there;
    std::optional<Status> answer;
    if (reachable(member)) {
      answer = acts_.ask(member);
      auto back = sim::travel_back(*host_, targets_[member], message);
      co_await back;
    }
    co_return answer;
  }
  sim::Task<void> carry(std::uint32_t member, std::function<void()> act) {
    auto carried = sim::with_timeout(arrive(member), patience_);
    const auto arrived = co_await carried;
    if (arrived && reachable(member)) act();
  }
  sim::Task<bool> arrive(std::uint32_t member) {
    auto there = sim::travel(*host_, targets_[member], message);
    co_await there;
    co_return true;
  }

  sim::Kernel& kernel_;
  sim::Node* host_;
  std::vector<sim::Node*> members_;
  std::vector<sim::Target> targets_;  ///< From the host.
  sim::Duration interval_;
  sim::Duration patience_;
  Acts acts_;
  sim::ProcessOwner own_;  ///< Of a perfect monitor.
};

}  // namespace faultline::models
