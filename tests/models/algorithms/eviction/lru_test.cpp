#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// a was asked for again, so b is the one not asked for longest when d comes.
TEST(Lru, EvictsTheOneNotAskedForLongest) {
  LetterCache cache("lru", 3);
  EXPECT_EQ(cache.ask("abc a d"), "mmmhm");
  EXPECT_EQ(cache.held(), "acd");
}

TEST(Lru, PuttingAgainIsAUse) {
  LetterCache cache("lru", 2);
  cache.ask("ab");
  cache.put('a');
  cache.ask("c");
  EXPECT_EQ(cache.held(), "ac");
}

/// The string of Belady's anomaly: 10 misses with 3 places, 8 with 4.
TEST(Lru, KnownCounts) {
  const auto trace = keys_of("abcd abe abcde");
  EXPECT_EQ(misses("lru", 3, trace), 10);
  EXPECT_EQ(misses("lru", 4, trace), 8);
}

/// The stack property: what a cache of C entries holds, one of C + 1 holds too, so no request hits
/// in the smaller one alone.
TEST(Lru, ALargerCacheHoldsAllThatASmallerOneHolds) {
  SplitMixSource random(7);
  std::vector<std::unique_ptr<LetterCache>> caches;
  for (std::int64_t entries = 1; entries <= 12; ++entries)
    caches.push_back(std::make_unique<LetterCache>("lru", entries));
  for (int step = 0; step < 5000; ++step) {
    const char letter = static_cast<char>('a' + random.below(16));
    std::string smaller_answer = "m";
    for (const auto& cache : caches) {
      const std::string answer = cache->ask(std::string(1, letter));
      ASSERT_FALSE(smaller_answer == "h" && answer == "m");
      smaller_answer = answer;
    }
    for (std::size_t larger = 1; larger < caches.size(); ++larger) {
      for (const char held : caches[larger - 1]->held())
        ASSERT_NE(caches[larger]->held().find(held), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace faultline::models
