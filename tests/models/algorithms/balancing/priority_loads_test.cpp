#include "models/algorithms/balancing/priority_loads.hpp"

#include <gtest/gtest.h>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

/// Levels of 100 hosts each, of which so many are healthy; Envoy's defaults.
PriorityLoads loads(const std::vector<std::size_t>& healthy) {
  std::vector<LevelHealth> levels;
  for (const std::size_t count : healthy) levels.push_back({count, 100});
  return priority_loads(levels, 1.4, 0.5);
}

using Loads = std::vector<int>;

/// The tables of Envoy's documentation, "Priority levels".
TEST(PriorityLoads, EnvoysTablesOfTwoLevels) {
  EXPECT_EQ(loads({100, 100}).load, (Loads{100, 0}));
  EXPECT_EQ(loads({72, 100}).load, (Loads{100, 0}));
  EXPECT_EQ(loads({71, 100}).load, (Loads{99, 1}));
  EXPECT_EQ(loads({50, 100}).load, (Loads{70, 30}));
  EXPECT_EQ(loads({25, 100}).load, (Loads{35, 65}));
  EXPECT_EQ(loads({0, 100}).load, (Loads{0, 100}));
  EXPECT_EQ(loads({72, 72}).load, (Loads{100, 0}));
  EXPECT_EQ(loads({71, 71}).load, (Loads{99, 1}));
  EXPECT_EQ(loads({50, 50}).load, (Loads{70, 30}));
  EXPECT_EQ(loads({25, 25}).load, (Loads{50, 50}));
}

TEST(PriorityLoads, EnvoysTableOfThreeLevels) {
  EXPECT_EQ(loads({100, 100, 100}).load, (Loads{100, 0, 0}));
  EXPECT_EQ(loads({72, 72, 100}).load, (Loads{100, 0, 0}));
  EXPECT_EQ(loads({71, 71, 100}).load, (Loads{99, 1, 0}));
  EXPECT_EQ(loads({50, 50, 100}).load, (Loads{70, 30, 0}));
  EXPECT_EQ(loads({25, 100, 100}).load, (Loads{35, 65, 0}));
  EXPECT_EQ(loads({25, 25, 100}).load, (Loads{35, 35, 30}));
  EXPECT_EQ(loads({25, 25, 20}).load, (Loads{36, 36, 28}));
}

/// "Panic threshold": no panic while the levels together are healthy enough.
TEST(PriorityLoads, EnvoysTableOfPanic) {
  using Panic = std::vector<bool>;
  for (const auto& healthy :
       std::vector<std::vector<std::size_t>>{{72, 72}, {71, 71}, {50, 60}, {25, 100}, {0, 100}}) {
    EXPECT_EQ(loads(healthy).panic, (Panic{false, false})) << healthy[0];
    EXPECT_EQ(loads(healthy).total_health, 100) << healthy[0];
  }
  EXPECT_EQ(loads({25, 25}).panic, (Panic{true, true}));
  EXPECT_EQ(loads({25, 25}).total_health, 70);
  EXPECT_EQ(loads({5, 65}).load, (Loads{7, 93}));
  EXPECT_EQ(loads({5, 65}).panic, (Panic{true, false}));
  EXPECT_EQ(loads({5, 65}).total_health, 98);
}

TEST(PriorityLoads, NobodyHealthy) {
  EXPECT_EQ(loads({0, 0}).load, (Loads{100, 0}));
  EXPECT_EQ(loads({0, 0}).panic, (std::vector<bool>{true, true}));
  // A threshold of 0 never panics; a level without hosts gets nothing.
  EXPECT_EQ(priority_loads({{0, 0}, {0, 4}}, 1.4, 0).load, (Loads{0, 100}));
  EXPECT_EQ(priority_loads({{0, 0}, {0, 4}}, 1.4, 0).panic, (std::vector<bool>{false, false}));
}

/// With one level everything goes there, and it panics below 50 %.
TEST(PriorityLoads, OneLevel) {
  for (std::size_t healthy = 0; healthy <= 100; ++healthy) {
    EXPECT_EQ(loads({healthy}).load, Loads{100});
    EXPECT_EQ(loads({healthy}).panic[0], healthy < 50) << healthy;
  }
}

TEST(PriorityLoads, AlwaysAddUp) {
  SplitMixSource chance(4);
  for (int trial = 0; trial < 20'000; ++trial) {
    std::vector<LevelHealth> levels(1 + chance.below(5));
    for (LevelHealth& level : levels) {
      level.hosts = chance.below(12);
      level.healthy = level.hosts == 0 ? 0 : chance.below(level.hosts + 1);
    }
    levels[chance.below(levels.size())].hosts += 1;
    const auto result = priority_loads(levels, 1.4, 0.5);
    int sum = 0;
    for (std::size_t level = 0; level < levels.size(); ++level) {
      sum += result.load[level];
      ASSERT_GE(result.load[level], 0);
      if (levels[level].healthy == 0 && result.total_health > 0) {
        ASSERT_EQ(result.load[level], 0);
      }
    }
    ASSERT_EQ(sum, 100);
  }
}

}  // namespace
}  // namespace faultline::models
