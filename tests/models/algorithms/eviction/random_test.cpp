#include <gtest/gtest.h>

#include <array>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Ten residents, one eviction, 20000 seeds: each is evicted 2000 times; chi-square with 9 degrees
/// of freedom stays below 27.9 with probability .999.
TEST(Random, EveryEntryIsEquallyLikelyToGo) {
  std::array<double, 10> evicted{};
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    LetterCache cache("random", {10, CacheCapacity::Unit::entries}, seed);
    cache.ask("abcdefghij z");
    const std::string held = cache.held();
    ASSERT_EQ(held.size(), 10u);
    for (std::size_t place = 0; place < 10; ++place) {
      if (held.find(static_cast<char>('a' + place)) == std::string::npos) ++evicted[place];
    }
  }
  double chi_square = 0;
  for (const double count : evicted) chi_square += (count - 2000) * (count - 2000) / 2000;
  EXPECT_LT(chi_square, 27.9);
}

TEST(Random, TheSameSeedEvictsTheSame) {
  const std::string requests = "abcdefg abchij kla mnopq";
  LetterCache one("random", {5, CacheCapacity::Unit::entries}, 3);
  LetterCache two("random", {5, CacheCapacity::Unit::entries}, 3);
  EXPECT_EQ(one.ask(requests), two.ask(requests));
  EXPECT_EQ(one.held(), two.held());
}

}  // namespace
}  // namespace faultline::models
