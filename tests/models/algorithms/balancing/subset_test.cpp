#include "models/algorithms/balancing/subset.hpp"

#include <gtest/gtest.h>

#include <set>

namespace faultline::models {
namespace {

TEST(Subset, IsTheSameEveryTime) {
  EXPECT_EQ(deterministic_subset(100, 7, 10), deterministic_subset(100, 7, 10));
  EXPECT_NE(deterministic_subset(100, 7, 10), deterministic_subset(100, 8, 10));
}

TEST(Subset, OfAsManyAsItWantsIsAll) {
  EXPECT_EQ(deterministic_subset(3, 5, 3), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(deterministic_subset(3, 5, 9), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_TRUE(deterministic_subset(0, 0, 2).empty());
}

/// The book's example: 300 balancers, 300 backends, subsets of 30. Ten balancers are a round and
/// have each backend once; 30 rounds give each backend exactly 30 balancers.
TEST(Subset, EveryBackendHasEquallyManyBalancers) {
  std::vector<int> balancers(300);
  for (std::uint64_t balancer = 0; balancer < 300; ++balancer) {
    const auto subset = deterministic_subset(300, balancer, 30);
    EXPECT_EQ(std::set<std::size_t>(subset.begin(), subset.end()).size(), 30u);
    for (const std::size_t backend : subset) ++balancers[backend];
  }
  for (const int count : balancers) EXPECT_EQ(count, 30);
}

/// 11 backends in subsets of 3: three subsets a round and two left over, others in each round. So
/// after many rounds nobody is left behind: 9/11 of 1000 rounds, give or take 5 sqrt(1000 * 9 * 2)
/// / 11 = 61.
TEST(Subset, WhatIsLeftOverTakesTurns) {
  std::vector<int> balancers(11);
  for (std::uint64_t balancer = 0; balancer < 3000; ++balancer) {
    for (const std::size_t backend : deterministic_subset(11, balancer, 3)) ++balancers[backend];
  }
  for (const int count : balancers) EXPECT_NEAR(count, 1000 * 9.0 / 11, 61);
}

}  // namespace
}  // namespace faultline::models
