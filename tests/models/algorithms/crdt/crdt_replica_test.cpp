#include "models/algorithms/crdt/crdt_replica.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/algorithms/crdt/counters.hpp"
#include "models/algorithms/crdt/delta_sync.hpp"
#include "models/algorithms/crdt/dotted_values.hpp"
#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using What = DeltaSync::What;

TEST(DeltaSync, SendsEachIntervalOnce) {
  DeltaSync sync(2, 0, 1s);
  EXPECT_EQ(sync.next(1, 0s).what, What::nothing);
  sync.record();
  sync.record();
  auto decision = sync.next(1, 0s);
  EXPECT_EQ(decision.what, What::interval);
  EXPECT_EQ(decision.interval, (Interval{0, 2}));
  EXPECT_EQ(sync.next(1, 100ms).what, What::nothing);
  sync.record();
  EXPECT_EQ(sync.next(1, 200ms).interval, (Interval{2, 3}));
  sync.acknowledged(1, {2, 3}, 300ms);  // They overtake each other.
  EXPECT_EQ(sync.acknowledged_by_all(), 0u);
  sync.acknowledged(1, {0, 2}, 300ms);
  EXPECT_EQ(sync.acknowledged_by_all(), 3u);
  EXPECT_TRUE(sync.idle());
}

TEST(DeltaSync, ASilentPeerIsProbedAndThenSentAllItLacks) {
  DeltaSync sync(2, 0, 1s);
  for (int change = 0; change < 5; ++change) sync.record();
  EXPECT_EQ(sync.next(1, 0s).interval, (Interval{0, 5}));
  sync.record();
  EXPECT_EQ(sync.next(1, 500ms).interval, (Interval{5, 6}));
  EXPECT_EQ(sync.next(1, 999ms).what, What::nothing);
  EXPECT_EQ(sync.next(1, 1s).what, What::probe);
  EXPECT_TRUE(sync.silent(1));
  sync.record();
  EXPECT_EQ(sync.next(1, 1500ms).what, What::nothing);
  EXPECT_EQ(sync.next(1, 2s).what, What::probe);
  sync.heard(1);
  EXPECT_EQ(sync.next(1, 2100ms).interval, (Interval{0, 7}));
}

TEST(DeltaSync, SendsEverythingWhenTheChangesAreGone) {
  DeltaSync sync(3, 0, 1s);
  for (int change = 0; change < 5; ++change) sync.record();
  sync.next(1, 0s);
  sync.acknowledged(1, {0, 5}, 0s);
  sync.dropped(3);
  EXPECT_EQ(sync.next(2, 0s).what, What::everything);
  sync.record();
  EXPECT_EQ(sync.next(2, 0s).interval, (Interval{5, 6}));
  sync.needs_everything(1);
  auto decision = sync.next(1, 0s);
  EXPECT_EQ(decision.what, What::everything);
  EXPECT_EQ(decision.interval, (Interval{0, 7}));
  sync.acknowledged(1, decision.interval, 0s);
  EXPECT_EQ(sync.next(1, 0s).what, What::nothing);
}

/// Replicas over a network that loses, doubles and reorders; one that crashes comes back with its
/// states, or with some of them gone.
template <class State>
class Cluster {
 public:
  using Replica = CrdtReplica<State>;
  Cluster(std::size_t members, std::uint64_t seed, std::size_t buffer_limit, bool forward)
      : chance(seed) {
    for (std::size_t self = 0; self < members; ++self) {
      replicas.emplace_back(typename Replica::Config{.members = members,
                                                     .self = self,
                                                     .retry = 1s,
                                                     .buffer_limit = buffer_limit,
                                                     .forward = forward});
    }
  }

  void tick(double loss) {
    now += 100ms;
    for (std::size_t from = 0; from < replicas.size(); ++from) {
      for (std::size_t to = 0; to < replicas.size(); ++to) {
        if (to == from) continue;
        if (auto message = replicas[from].next(to, now)) send(from, to, std::move(*message), loss);
      }
    }
    for (auto turns = mail.size(); turns > 0 && !mail.empty(); --turns) {
      const auto which = chance.below(mail.size());
      Letter letter = mail[which];
      if (chance.below(8) != 0) mail.erase(mail.begin() + static_cast<std::ptrdiff_t>(which));
      auto answer = replicas[letter.to].receive(letter.from, letter.message, now);
      if (answer) send(letter.to, letter.from, std::move(*answer), loss);
    }
  }
  void send(std::size_t from, std::size_t to, CrdtMessage<State> message, double loss) {
    bytes += message.bytes();
    if (message.kind == CrdtMessage<State>::Kind::everything) ++everything;
    if (chance.uniform() >= loss && !(cut && (from == 0) != (to == 0))) {
      mail.push_back({from, to, std::move(message)});
    }
  }
  bool equal() const {
    for (const Replica& replica : replicas) {
      for (std::uint64_t key = 0; key < 10; ++key) {
        const State* mine = replica.find(key);
        const State* first = replicas[0].find(key);
        if ((mine ? *mine : State()) != (first ? *first : State())) return false;
      }
    }
    return true;
  }

  struct Letter {
    std::size_t from;
    std::size_t to;
    CrdtMessage<State> message;
  };
  SplitMixSource chance;
  sim::Duration now{};
  std::vector<Replica> replicas;
  std::vector<Letter> mail;
  bool cut = false;  ///< Replica 0 from the others.
  std::int64_t bytes = 0;
  int everything = 0;
};

TEST(CrdtReplica, ConvergesThroughLossDoublingReorderingAndRestarts) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const std::size_t limit = seed % 2 == 0 ? 5 : 1000;
    Cluster<OrSet> cluster(4, seed, limit, seed % 3 == 0);
    for (int step = 0; step < 150; ++step) {
      const auto one = cluster.chance.below(4);
      auto& replica = cluster.replicas[one];
      const auto element = cluster.chance.below(6);
      const bool add = cluster.chance.below(3) != 0;
      replica.mutate(cluster.chance.below(10), [&](OrSet& set) {
        return add ? set.add(replica.id(), element) : set.remove(element);
      });
      if (cluster.chance.below(40) == 0) replica.restart(false);
      cluster.cut = step > 50 && step < 90;
      cluster.tick(0.3);
    }
    for (int tick = 0; tick < 1500; ++tick) cluster.tick(0.3);
    EXPECT_TRUE(cluster.equal());
    for (const auto& replica : cluster.replicas) {
      EXPECT_EQ(replica.buffered(), 0u);
      EXPECT_TRUE(replica.sync().idle());
    }
  }
}

/// Nothing is lost and nothing counts twice: the counters say how many increments there were.
TEST(CrdtReplica, CountsAllIncrements) {
  for (const bool forward : {false, true}) {
    Cluster<GCounter> cluster(3, 9, 1000, forward);
    std::map<std::uint64_t, std::uint64_t> increments;
    for (int step = 0; step < 400; ++step) {
      auto& replica = cluster.replicas[cluster.chance.below(3)];
      const auto key = cluster.chance.below(10);
      replica.mutate(key, [&](GCounter& counter) { return counter.increment(replica.id()); });
      ++increments[key];
      cluster.cut = step > 100 && step < 300;
      cluster.tick(0.1);
    }
    for (int tick = 0; tick < 100; ++tick) cluster.tick(0.1);
    ASSERT_TRUE(cluster.equal());
    for (const auto& [key, count] : increments) {
      EXPECT_EQ(cluster.replicas[0].find(key)->value(), count);
    }
    EXPECT_EQ(cluster.everything, 0);  // Deltas were enough.
  }
}

/// While a peer is cut off it is sent probes, so that what is sent does not grow with the square of
/// the time; after it, one group with all that was missed.
TEST(CrdtReplica, ACutCostsProbes) {
  Cluster<GCounter> cluster(2, 1, 100'000, false);
  cluster.cut = true;
  auto& replica = cluster.replicas[0];
  for (int step = 0; step < 1000; ++step) {
    replica.mutate(step % 10, [&](GCounter& counter) { return counter.increment(0); });
    cluster.tick(0);
  }
  // 100 s: 10 groups of the first second, then a probe a second from each side that has something.
  EXPECT_LT(cluster.bytes, 10 * (48 + 10 * 20) + 2 * 101 * 48);
  cluster.cut = false;
  for (int tick = 0; tick < 20; ++tick) cluster.tick(0);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster.replicas[1].find(3)->value(), 100u);
}

/// A replica that lost its last events and goes on under its old name gives dots twice, and the
/// others would take its new element for one they know; under a new name they do not.
TEST(CrdtReplica, ALossGivesItANewNameAndBringsBackWhatTheOthersHave) {
  Cluster<OrSet> cluster(2, 1, 1000, false);
  auto& loser = cluster.replicas[0];
  auto& other = cluster.replicas[1];
  loser.mutate(1, [&](OrSet& set) { return set.add(loser.id(), 7); });
  const OrSet survives = *loser.find(1);
  loser.mutate(1, [&](OrSet& set) { return set.add(loser.id(), 8); });
  other.mutate(2, [&](OrSet& set) { return set.add(other.id(), 9); });
  for (int tick = 0; tick < 20; ++tick) cluster.tick(0);
  ASSERT_TRUE(cluster.equal());
  const ReplicaId before = loser.id();
  loser.restore(1, survives);
  loser.restore(2, std::nullopt);
  loser.restart(true);
  EXPECT_NE(loser.id(), before);
  EXPECT_EQ(loser.find(1)->elements(), (std::vector<std::uint64_t>{7}));
  loser.mutate(1, [&](OrSet& set) { return set.add(loser.id(), 6); });
  for (int tick = 0; tick < 30; ++tick) cluster.tick(0);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(other.find(1)->elements(), (std::vector<std::uint64_t>{6, 7, 8}));
  EXPECT_EQ(loser.find(2)->elements(), (std::vector<std::uint64_t>{9}));
}

/// Enes et al.: what is passed on is not sent back to where it came from, nor what was known. In a
/// line of three the change of one end reaches the other once; in a full mesh of three nobody sends
/// more than one group to each other.
TEST(CrdtReplica, ForwardsWhatIsNewAndNotBack) {
  Cluster<GCounter> cluster(3, 1, 1000, true);
  cluster.replicas[0].mutate(1, [](GCounter& counter) { return counter.increment(0); });
  auto to_one = cluster.replicas[0].next(1, 0s);
  ASSERT_TRUE(to_one);
  cluster.replicas[1].receive(0, *to_one, 0s);
  EXPECT_TRUE(cluster.replicas[1].next(0, 0s)->changes.empty());
  auto to_two = cluster.replicas[1].next(2, 0s);
  ASSERT_TRUE(to_two);
  EXPECT_EQ(to_two->changes.size(), 1u);
  cluster.replicas[2].receive(1, *to_two, 0s);
  EXPECT_EQ(cluster.replicas[2].find(1)->value(), 1u);
  cluster.replicas[2].receive(0, *cluster.replicas[0].next(2, 0s), 0s);  // Known already.
  EXPECT_EQ(cluster.replicas[2].sync().newest(), 1u);
}

}  // namespace
}  // namespace faultline::models
