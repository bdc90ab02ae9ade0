/// A member of a group that watches over itself: a process beside a server, as Serf's or Consul's
/// agent, or the gossip of a database.
///
///   member[0] --datagrams--> member[1] ...      each has an opinion of who of the others is there
///
/// Rule: the `replicas` of the node are the members, and all know how many there could be. Each
/// runs `protocol` (models/algorithms/membership) over datagrams. What they conclude is compared
/// with what is true: a crash or a vanished host is to be found out; whoever is up and is taken for
/// dead is a false positive, be it slow, paused, unlucky or cut off.
/// detection_seconds: of each crash and each other member, from the crash to his taking it for
/// dead; first_detection_seconds: the same of the first who does; rejoin_seconds: from the restart
/// to his taking it for alive again.
/// A request is answered with the number of members that this one takes for alive, itself included.
/// Source: Das, Gupta, Motivala, "SWIM", DSN 2002, section 5 (what is measured).
/// Does not model: work of the processor for messages, what others do with the opinion.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/membership/membership_protocol.hpp"
#include "models/letter.hpp"
#include "models/random_adapter.hpp"
#include "sim/measure/counter.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/component.hpp"
#include "sim/network/node_timer.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct GossipMemberParams {
  sim::Choice<MembershipProtocol> protocol{"swim"};

  static void describe(sim::ParamList<GossipMemberParams>& list) {
    list.add("protocol", &GossipMemberParams::protocol,
             "How members find out who of them is there");
  }
};

/// What is true of the members, as none of them can know.
struct Truth {
  struct Member {
    bool up = true;
    Time since{};        ///< It went down or came up.
    bool found = false;  ///< Somebody takes it for dead since it went down.
  };
  std::vector<Member> members;
};

class GossipMember final : public sim::Component {
 public:
  GossipMember(const GossipMemberParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        self_(static_cast<std::size_t>(node_.index())),
        network_(context.network()),
        random_(context.stream("protocol")),
        timer_(node_, [this] { wake(); }) {
    const std::vector<sim::Node*> group = context.group();
    if (group.size() < 2 && self_ == 0) {
      context.problem("replicas", "a group of one has nobody to watch", "give 2 or more");
    }
    group_ = group;
    targets_.resize(group.size());
    protocol_ = params.protocol.make({.members = group.size(), .self = self_, .random = random_});
    if (self_ == 0) {
      truth_ = std::make_shared<Truth>();
      truth_->members.resize(group.size());
    } else {
      truth_ = static_cast<GossipMember&>(group.front()->component()).truth_;
    }
    alive_ = sim::CountGauge(sim::time_zero, static_cast<std::int64_t>(group.size()));
  }

  Task<Reply> handle(const Request& request) override {
    Reply reply = Reply::done(request);
    reply.value = static_cast<std::uint64_t>(alive_.value());
    co_return reply;
  }

  void start() override {
    Truth::Member& me = truth_->members[self_];
    if (!me.up) me = {.up = true, .since = now()};
    alive_.set(now(), static_cast<std::int64_t>(targets_.size()));
    dead_since_.assign(targets_.size(), sim::time_max);
    protocol_->start(since_start(), random_.uniform());
    act();
  }
  void crashed() override {
    timer_.cancel();
    truth_->members[self_] = {.up = false, .since = now()};
  }
  void receive(sim::Node& from, sim::Message& message) override {
    const auto& content = static_cast<Letter<MembershipMessage>&>(message).content;
    protocol_->receive(since_start(), static_cast<std::size_t>(from.index()), content);
    act();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.histogram("detection_seconds", detection_);
    statistics.histogram("first_detection_seconds", first_detection_);
    statistics.histogram("rejoin_seconds", rejoin_);
    const auto count = [&](const char* name, const sim::Counter& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter.value()); });
    };
    count("false_positives", false_positives_);
    count("false_suspicions", false_suspicions_);
    const auto rate = [&](const char* name, const sim::Counter& counter) {
      statistics.scalar(name, [this, &counter](Time time) {
        const double seconds = sim::to_seconds(time - reset_);
        return seconds > 0 ? static_cast<double>(counter.value()) / seconds : 0;
      });
    };
    rate("messages_per_second", messages_);
    rate("bytes_per_second", bytes_);
    statistics.scalar("members_alive",
                      [this](Time) { return static_cast<double>(alive_.value()); });
    statistics.series_part("members_alive", [this](Time time) {
      return static_cast<double>(alive_.area(time)) / 1e9;
    });
    statistics.on_reset([this](Time time) {
      detection_ = first_detection_ = rejoin_ = {};
      for (sim::Counter* counter : {&false_positives_, &false_suspicions_, &messages_, &bytes_}) {
        counter->reset();
      }
      alive_.reset(time);
      reset_ = time;
    });
  }

 private:
  Time now() const { return node_.kernel().now(); }
  sim::Duration since_start() const { return now().time_since_epoch(); }

  /// The way to a member, found when it is first used: of a large group, most pairs never talk.
  const sim::Target& target(std::size_t member) {
    sim::Target& target = targets_[member];
    if (!target.node) {
      target = network_.target_of(node_, *group_[member]);
      target.transport = sim::Transport::datagram;
    }
    return target;
  }

  void wake() {
    protocol_->wake(since_start());
    act();
  }
  /// Does what the protocol wants done.
  void act() {
    for (const MembershipProtocol::Change& change : protocol_->take_changes()) note(change);
    for (MembershipProtocol::Outgoing& outgoing : protocol_->take_outbox()) {
      const std::int64_t bytes = outgoing.message.bytes();
      messages_.add();
      bytes_.add(static_cast<std::uint64_t>(bytes));
      sim::post(node_, target(outgoing.to),
                std::make_unique<Letter<MembershipMessage>>(std::move(outgoing.message)),
                sim::Bytes{bytes});
    }
    const sim::Duration next = protocol_->wakeup();
    if (next == sim::Duration::max()) return timer_.cancel();
    timer_.set(std::max(now(), Time(next)));
  }

  /// Compares an opinion with the truth.
  void note(const MembershipProtocol::Change& change) {
    Truth::Member& member = truth_->members[change.member];
    const sim::Duration passed = now() - member.since;
    switch (change.state) {
      case MemberState::dead:
        alive_.add(now(), -1);
        dead_since_[change.member] = now();
        if (member.up) return false_positives_.add();
        detection_.record(passed.count());
        if (!std::exchange(member.found, true)) first_detection_.record(passed.count());
        return;
      case MemberState::suspect:
        if (member.up) false_suspicions_.add();
        return;
      case MemberState::alive:
        if (dead_since_[change.member] == sim::time_max) return;  // It was suspect only.
        alive_.add(now(), 1);
        if (member.up && dead_since_[change.member] < member.since) rejoin_.record(passed.count());
        dead_since_[change.member] = sim::time_max;
    }
  }

  sim::Node& node_;
  std::size_t self_;
  sim::Network& network_;
  StreamSource random_;
  std::vector<sim::Node*> group_;
  std::vector<sim::Target> targets_;  ///< By member; those that were needed so far.
  std::unique_ptr<MembershipProtocol> protocol_;
  std::shared_ptr<Truth> truth_;  ///< Of the group.
  sim::NodeTimer timer_;
  std::vector<Time> dead_since_;    ///< By member, when it took it for dead. State.
  sim::CountGauge alive_;           ///< Members taken for alive, this one included. Statistic.
  sim::Histogram detection_;        ///< Statistic.
  sim::Histogram first_detection_;  ///< Statistic.
  sim::Histogram rejoin_;           ///< Statistic.
  sim::Counter false_positives_;    ///< Statistic.
  sim::Counter false_suspicions_;   ///< Statistic.
  sim::Counter messages_;           ///< Sent. Statistic.
  sim::Counter bytes_;              ///< Sent. Statistic.
  Time reset_{};                    ///< When the statistics began.
};

const sim::Registration<sim::Component, GossipMember, GossipMemberParams> registered{
    {.name = "gossip_member",
     .title = "Gossip member",
     .summary = "Members of a group who watch over each other by a membership protocol, and how "
                "soon and how rightly they know who is there.",
     .source = "Das, Gupta, Motivala, SWIM, DSN 2002",
     .does_not_model = "work for messages, what others do with the opinion",
     .example = R"json({"type": "gossip_member", "protocol": "swim"})json",
     .category = sim::Category::coordination}};

}  // namespace
}  // namespace faultline::models
