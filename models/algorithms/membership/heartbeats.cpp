/// Heartbeats: every member says that it is there at intervals, and every other one watches it with
/// a failure detector of its own.
///
/// all_to_all: to each of the others. The load of a member grows with their number, and a cut
/// between two of them shows to these two alone.
/// gossip: a member counts its heartbeats, and sends the counters of all to `fanout` others drawn
/// at random; of two counters the larger is the later. A counter that has grown is a heartbeat of
/// its member, however it came. Each message is as long as there are members.
/// Rule: whoever the detector suspects is dead, until a heartbeat of him comes.
/// Source: van Renesse, Minsky, Hayden, "A Gossip-Style Failure Detection Service", Middleware
/// 1998; Lakshman, Malik, "Cassandra", LADIS 2009 (gossip with an accrual detector); Hayashibara et
/// al., SRDS 2004. Does not model: Cassandra's generations and digests (counters are sent whole),
/// seeds.
#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "models/algorithms/membership/failure_detector.hpp"
#include "models/algorithms/membership/membership_protocol.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct HeartbeatParams {
  Duration interval = std::chrono::seconds(1);
  sim::Choice<FailureDetector> detector{"phi_accrual"};

  static void describe(sim::ParamList<HeartbeatParams>& list) {
    list.add("interval", &HeartbeatParams::interval, "Time between heartbeats").above(Duration(0));
    list.add("detector", &HeartbeatParams::detector, "When silence is taken for death");
  }
};

struct GossipParams {
  HeartbeatParams heartbeat;
  std::int64_t fanout = 1;

  /// Counters come at intervals that vary much: exponential ones describe them better.
  GossipParams() {
    heartbeat.detector = sim::Choice<FailureDetector>("phi_accrual(distribution=exponential)");
  }

  static void describe(sim::ParamList<GossipParams>& list) {
    list.include(&GossipParams::heartbeat);
    list.add("fanout", &GossipParams::fanout, "Others it is sent to, each interval")
        .unit("members")
        .between(1, 1000);
  }
};

/// A detector for each of the others.
class Watching : public MembershipProtocol {
 public:
  Duration wakeup() const override {
    return deadlines_.empty() ? next_ : std::min(next_, deadlines_.begin()->first);
  }
  void wake(Duration now) override {
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
      const std::size_t member = deadlines_.begin()->second;
      deadlines_.erase(deadlines_.begin());
      watched_[member].state = MemberState::dead;
      conclude(member, MemberState::dead);
    }
    if (next_ > now) return;
    next_ = now + interval_;
    beat();
  }
  MemberState state_of(std::size_t member) const override { return watched_[member].state; }

 protected:
  Watching(const HeartbeatParams& params, const MakeArgs& args)
      : self_(args.self),
        random_(args.random),
        interval_(params.interval),
        watched_(args.members),
        choice_(params.detector) {}

  virtual void beat() = 0;
  void begin(Duration now, double phase) {
    deadlines_.clear();
    next_ =
        now + Duration(static_cast<std::int64_t>(static_cast<double>(interval_.count()) * phase));
    for (std::size_t member = 0; member < watched_.size(); ++member) {
      if (member == self_) continue;
      Watched& watched = watched_[member];
      watched.state = MemberState::alive;
      watched.detector = choice_.make({.now = now, .interval = interval_});
      set_deadline(member);
    }
  }
  void heard(std::size_t member, Duration now) {
    Watched& watched = watched_[member];
    deadlines_.erase({watched.deadline, member});
    watched.detector->heartbeat(now);
    if (watched.state == MemberState::dead) {
      watched.state = MemberState::alive;
      conclude(member, MemberState::alive);
    }
    set_deadline(member);
  }
  std::size_t members() const { return watched_.size(); }

  std::size_t self_;
  RandomSource& random_;

 private:
  struct Watched {
    MemberState state = MemberState::alive;
    Duration deadline{};
    std::unique_ptr<FailureDetector> detector;
  };
  void set_deadline(std::size_t member) {
    watched_[member].deadline = watched_[member].detector->suspected_at();
    deadlines_.insert({watched_[member].deadline, member});
  }

  Duration interval_;             ///< Parameter.
  std::vector<Watched> watched_;  ///< By member; that of this one is not used. State.
  sim::Choice<FailureDetector> choice_;
  std::set<std::pair<Duration, std::size_t>> deadlines_;  ///< Of those who are alive.
  Duration next_{};                                       ///< When to say something.
};

class AllToAll final : public Watching {
 public:
  AllToAll(const HeartbeatParams& params, const MakeArgs& args) : Watching(params, args) {}

  void start(Duration now, double phase) override { begin(now, phase); }
  void receive(Duration now, std::size_t from, const MembershipMessage&) override {
    heard(from, now);
  }

 private:
  void beat() override {
    for (std::size_t member = 0; member < members(); ++member) {
      if (member != self_) send(member, {.kind = MembershipMessage::Kind::heartbeat});
    }
  }
};

class Gossip final : public Watching {
 public:
  Gossip(const GossipParams& params, const MakeArgs& args)
      : Watching(params.heartbeat, args),
        fanout_(static_cast<std::size_t>(params.fanout)),
        counters_(args.members) {}

  /// What it has counted of itself a member keeps on disk, or takes from the time of day: after a
  /// restart it goes on from there, or nobody would believe it.
  void start(Duration now, double phase) override {
    const std::uint64_t own = counters_[self_];
    counters_.assign(counters_.size(), 0);
    counters_[self_] = own;
    begin(now, phase);
  }
  void receive(Duration now, std::size_t, const MembershipMessage& message) override {
    const std::size_t count = std::min(counters_.size(), message.counters.size());
    for (std::size_t member = 0; member < count; ++member) {
      if (member == self_ || message.counters[member] <= counters_[member]) continue;
      counters_[member] = message.counters[member];
      heard(member, now);
    }
  }

 private:
  void beat() override {
    ++counters_[self_];
    std::set<std::size_t> told{self_};
    while (told.size() < std::min(fanout_ + 1, members())) {
      const auto member = static_cast<std::size_t>(random_.below(members()));
      if (!told.insert(member).second) continue;
      // Those it thinks dead too: else the sides of a cut would never find each other again.
      send(member, {.kind = MembershipMessage::Kind::heartbeat, .counters = counters_});
    }
  }

  std::size_t fanout_;                   ///< Parameter.
  std::vector<std::uint64_t> counters_;  ///< By member: the latest heartbeat known. State.
};

const sim::Registration<MembershipProtocol, AllToAll, HeartbeatParams> registered_all_to_all{
    {.name = "all_to_all",
     .title = "Heartbeats to all",
     .summary = "Each member tells all others at intervals that it is there; each of them watches "
                "it with a failure detector.",
     .source = "Hayashibara et al., The phi Accrual Failure Detector, SRDS 2004",
     .does_not_model = "agreement about who is dead",
     .example =
         R"json({"type": "all_to_all", "interval": "1s", "detector": "phi_accrual(threshold=8)"})json"}};

const sim::Registration<MembershipProtocol, Gossip, GossipParams> registered_gossip{
    {.name = "gossip",
     .title = "Gossiped heartbeats",
     .summary =
         "Each member sends the heartbeat counters of all to a few others at intervals; each "
         "watches the counters with failure detectors.",
     .source = "van Renesse, Minsky, Hayden, A Gossip-Style Failure Detection Service, 1998; "
               "Lakshman, Malik, Cassandra, 2009",
     .does_not_model = "Cassandra's generations and digests, seeds",
     .example = R"json({"type": "gossip", "interval": "1s", "fanout": 2})json"}};

}  // namespace
}  // namespace faultline::models
