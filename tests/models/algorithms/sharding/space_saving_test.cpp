#include "models/algorithms/sharding/space_saving.hpp"

#include <gtest/gtest.h>

#include "models/algorithms/hashing/key_hash.hpp"

namespace faultline::models {
namespace {

/// The stream of the paper's section 3.1 by hand, two counters: X, Y, Y, Z. Z takes over the
/// counter of X: count 2, error 1.
TEST(SpaceSaving, TheLowestCounterIsTakenOver) {
  SpaceSaving sketch(2);
  for (const std::uint64_t key : {1, 2, 2, 3}) sketch.count(key);
  EXPECT_EQ(sketch.estimate(2).count, 2u);
  EXPECT_EQ(sketch.estimate(2).error, 0u);
  EXPECT_EQ(sketch.estimate(3).count, 2u);
  EXPECT_EQ(sketch.estimate(3).error, 1u);
  EXPECT_EQ(sketch.estimate(1).count, 2u);  // Gone: the lowest count, none of it certain.
  EXPECT_EQ(sketch.estimate(1).certain(), 0u);
}

/// What the paper proves, on skewed random streams: estimates are never too low and too high by
/// their error at most; errors are at most total / counters; every key more frequent than that has
/// a counter.
TEST(SpaceSaving, KeepsItsPromises) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    constexpr std::size_t counters = 20;
    SpaceSaving sketch(counters);
    std::map<std::uint64_t, std::uint64_t> truth;
    for (std::uint64_t i = 0; i < 4000; ++i) {
      const std::uint64_t draw = hash_of_pair(seed, i);
      // Half of the draws among 5 keys, half among 500.
      const std::uint64_t key = draw % 2 == 0 ? draw / 2 % 5 : 5 + draw / 2 % 500;
      sketch.count(key);
      ++truth[key];
    }
    EXPECT_EQ(sketch.total(), 4000u);
    for (const auto& [key, count] : truth) {
      const auto found = sketch.estimate(key);
      ASSERT_GE(found.count, count);
      ASSERT_LE(found.certain(), count);
      ASSERT_LE(found.error, 4000u / counters);
    }
    // Each of the five comes some 400 times, of which 4000 / 20 at most are uncertain.
    const auto heavy = sketch.certain_at_least(150);
    ASSERT_EQ(heavy.size(), 5u);
    for (const auto& each : heavy) ASSERT_LT(each.key, 5u);
    for (std::size_t i = 1; i < 5; ++i) ASSERT_GE(heavy[i - 1].count, heavy[i].count);
  }
}

TEST(SpaceSaving, ForgetsAll) {
  SpaceSaving sketch(3);
  sketch.count(7);
  sketch.clear();
  EXPECT_EQ(sketch.total(), 0u);
  EXPECT_EQ(sketch.estimate(7).count, 0u);
  EXPECT_DEATH(SpaceSaving(0), "counters > 0");
}

}  // namespace
}  // namespace faultline::models
