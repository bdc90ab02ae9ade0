#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "models/algorithms/crdt/dotted_values.hpp"
#include "models/algorithms/crdt/lww_register.hpp"
#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using Elements = std::vector<std::uint64_t>;

Elements values(const DottedValues& state) {
  Elements all;
  for (const auto& entry : state.entries()) all.push_back(entry.value);
  return all;
}

TEST(LwwRegister, TheLargerStampStays) {
  LwwRegister a;
  a.assign(10, {1, 1}, 100);
  LwwRegister b;
  b.assign(12, {2, 1}, 200);
  a.merge(b);
  b.merge(a);
  EXPECT_EQ(a.value(), 200u);
  EXPECT_EQ(b.value(), 200u);
}

TEST(LwwRegister, EqualStampsAreDecidedByTheReplica) {
  LwwRegister a;
  a.assign(10, {1, 1}, 100);
  LwwRegister b;
  b.assign(10, {2, 1}, 200);
  LwwRegister c = b;
  c.merge(a);
  b.merge(a);
  a.merge(b);
  EXPECT_EQ(a.value(), 200u);
  EXPECT_EQ(b.value(), 200u);
  EXPECT_EQ(c.value(), 200u);
}

/// A clock that is 50 ms behind: the write that came after is gone, without a word.
TEST(LwwRegister, ALaterWriteByASlowClockIsLost) {
  LwwRegister state;
  state.assign(1'000, {1, 1}, 100);
  const LwwRegister delta = state.assign(950, {2, 1}, 200);
  EXPECT_TRUE(delta.empty());
  EXPECT_EQ(state.value(), 100u);
}

TEST(MvRegister, WritesAtTheSameTimeAreSiblings) {
  MvRegister a;
  a.assign(1, 100);
  MvRegister b;
  b.merge(a);
  a.assign(1, 101);
  b.assign(2, 102);
  a.merge(b);
  b.merge(a);
  EXPECT_EQ(values(a), (Elements{101, 102}));
  EXPECT_EQ(a, b);
  // The next write has seen both.
  b.assign(2, 103);
  a.merge(b);
  EXPECT_EQ(values(a), (Elements{103}));
  EXPECT_EQ(a.siblings(), 1u);
}

/// Shapiro et al., section 3.2.2, figure 9 in short: three writes, two of them at the same time as
/// the third, which saw the first only.
TEST(MvRegister, ASiblingReplacesOnlyWhatItSaw) {
  MvRegister one;
  one.assign(1, 1);
  MvRegister two = one;
  two.assign(2, 2);
  MvRegister three = one;
  three.assign(3, 3);
  one.merge(two);    // {2}
  one.merge(three);  // {2, 3}
  EXPECT_EQ(values(one), (Elements{2, 3}));
  two.assign(2, 4);  // Replaces 2, has not seen 3.
  one.merge(two);
  Elements both = values(one);
  std::sort(both.begin(), both.end());
  EXPECT_EQ(both, (Elements{3, 4}));
}

/// Shapiro et al., section 3.3.5, figure 14: add(a) at one replica and remove(a) at another at the
/// same time: it is there.
TEST(OrSet, AdditionWins) {
  OrSet a;
  a.add(1, 7);
  OrSet b = a;
  a.remove(7);
  b.add(2, 7);
  a.merge(b);
  b.merge(a);
  EXPECT_TRUE(a.contains(7));
  EXPECT_EQ(a, b);
}

/// The figure itself: b is added at two replicas; a third saw one of the two and removes it.
TEST(OrSet, ARemovalTakesWhatItSaw) {
  OrSet one;
  OrSet two;
  OrSet three;
  one.add(1, 7);
  two.add(2, 7);
  three.merge(one);
  three.remove(7);
  EXPECT_FALSE(three.contains(7));
  three.merge(two);
  EXPECT_TRUE(three.contains(7));  // The addition of two was never seen when it was removed.
  three.merge(one);                // That of one was.
  one.merge(three);
  two.merge(three);
  EXPECT_EQ(one, three);
  EXPECT_EQ(two, three);
  EXPECT_EQ(three.entries().size(), 1u);
}

TEST(OrSet, WhatWasRemovedDoesNotComeBack) {
  OrSet a;
  const OrSet addition = a.add(1, 7);
  const OrSet removal = a.remove(7);
  OrSet late;
  late.merge(removal);  // The removal overtakes the addition.
  late.merge(addition);
  EXPECT_FALSE(late.contains(7));
  EXPECT_EQ(late, a);
}

/// 10,000 additions and removals at three replicas that hear of each other: the state stays as
/// small as what is in it and the number of replicas. No tombstones.
TEST(OrSet, DoesNotGrowWithItsPast) {
  SplitMixSource chance(5);
  std::vector<OrSet> replicas(3);
  for (int step = 0; step < 10'000; ++step) {
    const auto replica = chance.below(3);
    const auto element = chance.below(8);
    if (chance.below(2) == 0) {
      replicas[replica].add(static_cast<ReplicaId>(replica), element);
    } else {
      replicas[replica].remove(element);
    }
    replicas[chance.below(3)].merge(replicas[chance.below(3)]);
    for (const OrSet& set : replicas) {
      ASSERT_LE(set.entries().size(), 8u * 3u);
      ASSERT_TRUE(set.context().cloud().empty());
      ASSERT_LE(set.context().size(), 3u);
    }
  }
}

/// Against the definition with tombstones (specification 15): sets of unique tags per element, and
/// tags removed.
TEST(OrSet, IsTheSetWithTombstones) {
  struct Slow {
    std::set<std::pair<std::uint64_t, Dot>> added;
    std::set<std::pair<std::uint64_t, Dot>> removed;
    Elements elements() const {
      std::set<std::uint64_t> there;
      for (const auto& tag : added) {
        if (removed.count(tag) == 0) there.insert(tag.first);
      }
      return {there.begin(), there.end()};
    }
  };
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed);
    std::vector<OrSet> sets(4);
    std::vector<Slow> slow(4);
    std::uint64_t events = 0;
    for (int step = 0; step < 300; ++step) {
      const auto replica = chance.below(4);
      const auto element = chance.below(5);
      switch (chance.below(3)) {
        case 0:
          sets[replica].add(static_cast<ReplicaId>(replica), element);
          slow[replica].added.insert({element, {static_cast<ReplicaId>(replica), ++events}});
          break;
        case 1:
          sets[replica].remove(element);
          for (const auto& tag : slow[replica].added) {
            if (tag.first == element) slow[replica].removed.insert(tag);
          }
          break;
        default: {
          const auto other = chance.below(4);
          sets[replica].merge(sets[other]);
          slow[replica].added.insert(slow[other].added.begin(), slow[other].added.end());
          slow[replica].removed.insert(slow[other].removed.begin(), slow[other].removed.end());
        }
      }
      ASSERT_EQ(sets[replica].elements(), slow[replica].elements());
    }
  }
}

}  // namespace
}  // namespace faultline::models
