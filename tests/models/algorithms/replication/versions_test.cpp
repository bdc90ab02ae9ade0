#include "models/algorithms/replication/versions.hpp"

#include <gtest/gtest.h>

#include <set>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

Version version(ReplicaId actor, std::uint64_t counter, std::uint64_t value,
                std::int64_t stamp = 0) {
  return {.dot = {actor, counter}, .value = value, .stamp = stamp};
}

VersionVector random_vector(SplitMixSource& chance) {
  VersionVector vector;
  for (std::uint32_t actor = 0; actor < 4; ++actor) {
    if (const auto counter = static_cast<std::uint32_t>(chance.below(3))) {
      vector.set(actor, counter);
    }
  }
  return vector;
}

TEST(VersionVector, TheOrderIsPartialAndTheJoinIsTheLeastUpperBound) {
  // Every pair of random vectors over four actors against the definition, actor by actor.
  SplitMixSource chance(1);
  for (int round = 0; round < 3000; ++round) {
    const VersionVector a = random_vector(chance);
    const VersionVector b = random_vector(chance);
    const VersionVector c = random_vector(chance);
    bool below = true;
    bool above = true;
    for (std::uint32_t actor = 0; actor < 4; ++actor) {
      below &= a.of(actor) <= b.of(actor);
      above &= a.of(actor) >= b.of(actor);
    }
    const Causality expected = below && above ? Causality::equal
                               : below        ? Causality::before
                               : above        ? Causality::after
                                              : Causality::concurrent;
    ASSERT_EQ(compare(a, b), expected);
    VersionVector ab = a;
    ab.merge(b);
    VersionVector ba = b;
    ba.merge(a);
    ASSERT_EQ(ab, ba);
    VersionVector again = ab;
    again.merge(a);
    ASSERT_EQ(again, ab);
    VersionVector ab_c = ab;
    ab_c.merge(c);
    VersionVector bc = b;
    bc.merge(c);
    VersionVector a_bc = a;
    a_bc.merge(bc);
    ASSERT_EQ(ab_c, a_bc);
    for (std::uint32_t actor = 0; actor < 4; ++actor) {
      ASSERT_EQ(ab.of(actor), std::max(a.of(actor), b.of(actor)));
    }
  }
}

TEST(VersionedValue, AWriterReplacesWhatHeHasSeenAndNothingElse) {
  VersionedValue key;
  key.write(version(1, 1, 100), {});
  const VersionVector seen = key.context;
  key.write(version(2, 1, 200), {});  // By one who had seen nothing: a sibling.
  EXPECT_EQ(key.versions.size(), 2u);
  key.write(version(1, 2, 101), seen);  // Replaces 100, which he had seen, and not 200.
  ASSERT_EQ(key.versions.size(), 2u);
  EXPECT_EQ(key.versions[0].value, 101u);
  EXPECT_EQ(key.versions[1].value, 200u);
  key.write(version(2, 2, 300), key.context);  // He had seen both.
  ASSERT_EQ(key.versions.size(), 1u);
  EXPECT_EQ(key.versions[0].value, 300u);
}

TEST(VersionedValue, WhatWasReplacedDoesNotComeBackFromAReplicaThatSleptThroughIt) {
  VersionedValue awake;
  awake.write(version(1, 1, 100), {});
  const VersionedValue asleep = awake;
  awake.write(version(1, 2, 101), awake.context);
  EXPECT_FALSE(awake.merge(asleep, VersionRule::vector_clock));
  VersionedValue woken = asleep;
  EXPECT_TRUE(woken.merge(awake, VersionRule::vector_clock));
  EXPECT_EQ(woken, awake);
}

TEST(VersionedValue, TheLatestStampWinsAndOfEqualOnesTheGreaterDot) {
  VersionedValue one;
  VersionedValue other;
  one.versions = {version(1, 9, 10, 500)};
  other.versions = {version(2, 1, 20, 400)};
  EXPECT_FALSE(one.merge(other, VersionRule::last_write_wins));
  EXPECT_TRUE(other.merge(one, VersionRule::last_write_wins));
  EXPECT_EQ(other.latest()->value, 10u);
  VersionedValue equal;
  equal.versions = {version(2, 1, 30, 500)};
  EXPECT_TRUE(other.merge(equal, VersionRule::last_write_wins));
  EXPECT_EQ(other.latest()->value, 30u);
}

/// Random replicas that write, with or without having read, and compare in random pairs. The model:
/// each write's true causal past, as a set of writes; a write is obsolete when another one has it
/// in its past.
class RandomReplicas {
 public:
  explicit RandomReplicas(std::uint64_t seed) : chance_(seed), replicas_(4) {}

  void step() {
    const std::size_t at = chance_.below(replicas_.size());
    switch (chance_.below(3)) {
      case 0: {  // A client reads here and writes there.
        const std::size_t there = chance_.below(replicas_.size());
        write(there, replicas_[at].context, past_of(at));
        break;
      }
      case 1:
        write(at, {}, {});
        break;
      default:
        replicas_[at].merge(replicas_[chance_.below(replicas_.size())], VersionRule::vector_clock);
    }
  }
  void converge() {
    for (auto& to : replicas_) {
      for (auto& from : replicas_) to.merge(from, VersionRule::vector_clock);
    }
    for (auto& to : replicas_) {
      for (auto& from : replicas_) to.merge(from, VersionRule::vector_clock);
    }
  }
  const VersionedValue& replica(std::size_t index) const { return replicas_[index]; }
  std::size_t size() const { return replicas_.size(); }
  std::set<std::uint64_t> current() const {
    std::set<std::uint64_t> values;
    for (std::uint64_t each = 1; each <= pasts_.size(); ++each) values.insert(each);
    for (const auto& past : pasts_) {
      for (const std::uint64_t old : past) values.erase(old);
    }
    return values;
  }

 private:
  std::set<std::uint64_t> past_of(std::size_t at) const {
    std::set<std::uint64_t> past;
    for (const Version& each : replicas_[at].versions) {
      past.insert(each.value);
      past.insert(pasts_[each.value - 1].begin(), pasts_[each.value - 1].end());
    }
    return past;
  }
  void write(std::size_t at, const VersionVector& seen, std::set<std::uint64_t> past) {
    const auto actor = static_cast<std::uint32_t>(at);
    const std::uint64_t counter = std::max(replicas_[at].context.of(actor), seen.of(actor)) + 1;
    pasts_.push_back(std::move(past));
    replicas_[at].write(version(actor, counter, pasts_.size()), seen);
  }

  SplitMixSource chance_;
  std::vector<VersionedValue> replicas_;
  std::vector<std::set<std::uint64_t>> pasts_;  ///< By value - 1.
};

TEST(VersionedValue, ReplicasEndWithExactlyTheWritesThatNoOtherKnewOf) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomReplicas world(seed);
    for (int step = 0; step < 40; ++step) world.step();
    world.converge();
    std::set<std::uint64_t> found;
    for (const Version& each : world.replica(0).versions) found.insert(each.value);
    ASSERT_EQ(found, world.current());
    for (std::size_t i = 1; i < world.size(); ++i) {
      ASSERT_EQ(world.replica(i), world.replica(0));
      ASSERT_EQ(world.replica(i).digest(), world.replica(0).digest());
    }
  }
}

TEST(VersionedValue, MergingIsASemilattice) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomReplicas world(seed);
    for (int step = 0; step < 25; ++step) world.step();
    const auto joined = [](VersionedValue one, const VersionedValue& other) {
      one.merge(other, VersionRule::vector_clock);
      return one;
    };
    const VersionedValue& a = world.replica(0);
    const VersionedValue& b = world.replica(1);
    const VersionedValue& c = world.replica(2);
    ASSERT_EQ(joined(a, b), joined(b, a));
    ASSERT_EQ(joined(joined(a, b), c), joined(a, joined(b, c)));
    ASSERT_EQ(joined(joined(a, b), a), joined(a, b));
    ASSERT_EQ(joined(a, a), a);
  }
}

}  // namespace
}  // namespace faultline::models
