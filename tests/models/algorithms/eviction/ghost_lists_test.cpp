#include "models/algorithms/eviction/ghost_lists.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

TEST(GhostLists, FindAndForgetKeys) {
  GhostLists ghosts(2);
  ghosts.add(0, 100, 3);
  ghosts.add(1, 200, 4);
  ghosts.add(1, 300, 5);
  EXPECT_EQ(ghosts.total_weight(0), 3);
  EXPECT_EQ(ghosts.total_weight(1), 9);
  EXPECT_EQ(ghosts.count(1), 2);
  const GhostLists::Ghost ghost = ghosts.find(200);
  ASSERT_NE(ghost, GhostLists::none);
  EXPECT_EQ(ghosts.list(ghost), 1u);
  EXPECT_EQ(ghosts.key(ghost), 200u);
  EXPECT_EQ(ghosts.weight(ghost), 4);
  ghosts.remove(ghost);
  EXPECT_EQ(ghosts.find(200), GhostLists::none);
  EXPECT_EQ(ghosts.total_weight(1), 5);
}

TEST(GhostLists, TheOldestGoesFirst) {
  GhostLists ghosts(1);
  for (CacheKey key = 1; key <= 3; ++key) ghosts.add(0, key, 1);
  EXPECT_EQ(ghosts.key(ghosts.oldest(0)), 1u);
  ghosts.remove_oldest(0);
  EXPECT_EQ(ghosts.key(ghosts.oldest(0)), 2u);
  ghosts.remove_oldest(0);
  ghosts.remove_oldest(0);
  EXPECT_TRUE(ghosts.empty(0));
  EXPECT_EQ(ghosts.oldest(0), GhostLists::none);
  ghosts.add(0, 1, 7);
  EXPECT_EQ(ghosts.total_weight(0), 7);
}

}  // namespace
}  // namespace faultline::models
