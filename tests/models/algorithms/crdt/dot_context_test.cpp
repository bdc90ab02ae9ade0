#include "models/algorithms/crdt/dot_context.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

TEST(VersionVector, KeepsTheLargerNumbers) {
  VersionVector left;
  left.set(1, 5);
  left.set(3, 2);
  VersionVector right;
  right.set(1, 4);
  right.set(2, 9);
  EXPECT_TRUE(left.merge(right));
  EXPECT_EQ(left.entries(), (std::vector<Dot>{{1, 5}, {2, 9}, {3, 2}}));
  EXPECT_FALSE(left.merge(right));
  EXPECT_EQ(left.of(7), 0u);
  EXPECT_TRUE(left.contains({2, 9}));
  EXPECT_FALSE(left.contains({2, 10}));
}

TEST(DotContext, TheCloudDissolvesWhenTheGapIsFilled) {
  DotContext context;
  context.add({1, 1});
  context.add({1, 3});
  context.add({1, 4});
  context.add({2, 2});
  EXPECT_EQ(context.cloud(), (std::vector<Dot>{{1, 3}, {1, 4}, {2, 2}}));
  EXPECT_EQ(context.contiguous(1), 1u);
  EXPECT_EQ(context.next(1), (Dot{1, 5}));
  EXPECT_FALSE(context.contains({1, 2}));
  context.add({1, 2});
  EXPECT_EQ(context.cloud(), (std::vector<Dot>{{2, 2}}));
  EXPECT_EQ(context.contiguous(1), 4u);
}

/// Against sets of dots: whatever is added and merged in whatever order, it holds the same, and
/// once all is there nothing is in the cloud.
TEST(DotContext, IsASetOfDots) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed);
    std::vector<Dot> all;
    for (ReplicaId replica = 0; replica < 4; ++replica) {
      for (std::uint64_t counter = 1; counter <= 12; ++counter) all.push_back({replica, counter});
    }
    std::vector<DotContext> contexts(3);
    std::vector<std::set<Dot>> sets(3);
    for (int step = 0; step < 200; ++step) {
      const auto one = chance.below(3);
      const auto other = chance.below(3);
      if (chance.below(6) == 0) {
        const std::set<Dot> before = sets[one];
        sets[one].insert(sets[other].begin(), sets[other].end());
        ASSERT_EQ(contexts[one].merge(contexts[other]), before != sets[one]);
      } else {
        const Dot dot = all[chance.below(all.size())];
        contexts[one].add(dot);
        sets[one].insert(dot);
      }
      for (const Dot& dot : all) {
        ASSERT_EQ(contexts[one].contains(dot), sets[one].count(dot) == 1);
      }
      // One set has one form.
      ASSERT_EQ(contexts[one] == contexts[other], sets[one] == sets[other]);
    }
    for (const Dot& dot : all) contexts[0].add(dot);
    EXPECT_TRUE(contexts[0].cloud().empty());
    EXPECT_EQ(contexts[0].size(), 4u);
  }
}

}  // namespace
}  // namespace faultline::models
