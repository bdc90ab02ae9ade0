#include "models/algorithms/balancing/sticky_table.hpp"

#include <gtest/gtest.h>

#include <map>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

TEST(StickyTable, RemembersForTheTimeToLiveAfterTheLastUse) {
  StickyTable table(10s, 100);
  EXPECT_EQ(table.find(7, 0s), StickyTable::none);
  table.put(7, 3, 0s);
  EXPECT_EQ(table.find(7, 9s), 3u);
  table.put(7, 3, 9s);
  EXPECT_EQ(table.find(7, 18s), 3u);
  EXPECT_EQ(table.find(7, 19s), StickyTable::none);
  EXPECT_EQ(table.size(), 0u);
}

TEST(StickyTable, AFullTableForgetsTheOneNotSeenForLongest) {
  StickyTable table(1h, 2);
  table.put(1, 0, 1s);
  table.put(2, 0, 2s);
  table.put(1, 5, 3s);  // Again: now 2 is the oldest.
  table.put(3, 0, 4s);
  EXPECT_EQ(table.find(2, 5s), StickyTable::none);
  EXPECT_EQ(table.find(1, 5s), 5u);
  EXPECT_EQ(table.find(3, 5s), 0u);
  table.clear();
  EXPECT_EQ(table.find(1, 5s), StickyTable::none);
  EXPECT_EQ(table.size(), 0u);
}

TEST(StickyTable, EqualsAMap) {
  SplitMixSource chance(3);
  StickyTable table(50s, 40);
  struct Known {
    std::size_t backend;
    sim::Duration used;
  };
  std::map<std::uint64_t, Known> map;
  sim::Duration now{};
  for (int step = 0; step < 50'000; ++step) {
    now += sim::Duration(chance.below(2'000'000'000));
    std::erase_if(map, [&](const auto& known) { return now - known.second.used >= 50s; });
    const std::uint64_t caller = chance.below(100);
    const auto known = map.find(caller);
    ASSERT_EQ(table.find(caller, now),
              known == map.end() ? StickyTable::none : known->second.backend);
    ASSERT_EQ(table.size(), map.size());
    if (chance.below(2) == 0) continue;
    if (known == map.end() && map.size() == 40) {
      auto oldest = map.begin();
      for (auto one = map.begin(); one != map.end(); ++one) {
        if (one->second.used < oldest->second.used) oldest = one;
      }
      map.erase(oldest);
    }
    const std::size_t backend = chance.below(9);
    map[caller] = {backend, now};
    table.put(caller, backend, now);
  }
}

}  // namespace
}  // namespace faultline::models
