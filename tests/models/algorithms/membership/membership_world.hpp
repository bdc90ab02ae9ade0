/// A group of members and a network of datagrams between them, for tests of membership protocols.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/algorithms/membership/membership_protocol.hpp"
#include "models/algorithms/random_source.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::membership_test {

using namespace std::chrono_literals;
using sim::Duration;

class World {
 public:
  World(const std::string& protocol, std::size_t members, std::uint64_t seed, bool in_step = false)
      : chance(seed), up(members, true), deaf_until(members), late_by(members) {
    for (std::size_t self = 0; self < members; ++self) {
      protocols.push_back(sim::Choice<MembershipProtocol>(protocol).make(
          {.members = members, .self = self, .random = chance}));
    }
    for (std::size_t self = 0; self < members; ++self) {
      protocols[self]->start(now, in_step ? 0 : chance.uniform());
      after_call(self);
    }
  }

  struct Event {
    std::size_t observer;
    std::size_t member;
    MemberState state;
    Duration at;
  };

  void run_until(Duration end) {
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      auto first = queue_.begin();
      now = first->first.first;
      const std::function<void()> act = std::move(first->second);
      queue_.erase(first);
      act();
    }
    now = end;
  }
  void run_for(Duration span) { run_until(now + span); }

  void crash(std::size_t member) { up[member] = false; }
  void restart(std::size_t member) {
    up[member] = true;
    protocols[member]->start(now, chance.uniform());
    after_call(member);
  }
  /// How many of the others take `member` for this.
  std::size_t believers(std::size_t member, MemberState state) const {
    std::size_t count = 0;
    for (std::size_t other = 0; other < protocols.size(); ++other) {
      count += other != member && up[other] && protocols[other]->state_of(member) == state;
    }
    return count;
  }
  std::size_t count(MemberState state) const {
    std::size_t sum = 0;
    for (const Event& event : events) sum += event.state == state;
    return sum;
  }

  SplitMixSource chance;
  Duration now{};
  Duration delay = 1ms;
  double loss = 0;
  std::vector<std::unique_ptr<MembershipProtocol>> protocols;
  std::vector<bool> up;
  std::vector<Duration> deaf_until;  ///< What comes to a member before then is lost.
  std::vector<Duration> late_by;     ///< How late a member hears.
  std::function<bool(std::size_t, std::size_t)> cut;
  std::vector<Event> events;
  std::vector<std::pair<std::size_t, MembershipProtocol::Outgoing>> sent;
  bool keep_sent = false;
  std::uint64_t messages = 0;
  std::int64_t bytes = 0;

 private:
  void at(Duration time, std::function<void()> act) {
    queue_.emplace(std::pair(time, ++numbers_), std::move(act));
  }
  void after_call(std::size_t self) {
    for (const auto& change : protocols[self]->take_changes()) {
      events.push_back({self, change.member, change.state, now});
    }
    for (auto& outgoing : protocols[self]->take_outbox()) {
      ++messages;
      bytes += outgoing.message.bytes();
      if (keep_sent) sent.emplace_back(self, outgoing);
      if (chance.uniform() < loss) continue;
      if (cut && cut(self, outgoing.to)) continue;
      at(now + delay + late_by[outgoing.to], [this, self, outgoing] {
        if (!up[outgoing.to] || now < deaf_until[outgoing.to]) return;
        protocols[outgoing.to]->receive(now, self, outgoing.message);
        after_call(outgoing.to);
      });
    }
    const Duration next = std::max(now, protocols[self]->wakeup());
    const std::uint64_t alarm = ++alarms_[self];
    at(next, [this, self, alarm] {
      if (!up[self] || alarms_[self] != alarm) return;
      protocols[self]->wake(now);
      after_call(self);
    });
  }

  std::map<std::pair<Duration, std::uint64_t>, std::function<void()>> queue_;
  std::map<std::size_t, std::uint64_t> alarms_;
  std::uint64_t numbers_ = 0;
};

}  // namespace faultline::models::membership_test
