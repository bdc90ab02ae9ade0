#include <gtest/gtest.h>

#include <cmath>

#include "models/algorithms/computing/computation.hpp"

namespace faultline::models {
namespace {

Computation::Outcome run(std::string_view name, std::int64_t n, std::uint64_t seed = 1) {
  SplitMixSource random(seed);
  return sim::Choice<Computation>(name).make({})->run(n, random);
}

TEST(FindDuplicates, ComparesEachPairOnce) {
  for (const std::int64_t n : {0, 1, 2, 3, 100, 1000}) {
    EXPECT_EQ(run("find_duplicates_quadratic", n).operations,
              static_cast<std::uint64_t>(n * (n - 1) / 2))
        << n;
  }
}

/// Of n numbers from 0 to n - 1 about n (1 - 1/e) = 0.632 n are different: 0.368 n are repetitions.
TEST(FindDuplicates, BothWaysFindTheSame) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const std::uint64_t found = run("find_duplicates_linear", 5000, seed).answer;
    EXPECT_EQ(found, run("find_duplicates_quadratic", 5000, seed).answer);
    EXPECT_NEAR(static_cast<double>(found), 0.368 * 5000, 100);
  }
}

/// The exponent of the growth: log2 of the ratio when n doubles.
TEST(FindDuplicates, GrowAsTheirNamesSay) {
  const auto exponent = [](std::string_view name, std::int64_t n) {
    return std::log2(static_cast<double>(run(name, 8 * n).operations) /
                     static_cast<double>(run(name, n).operations)) /
           3;
  };
  EXPECT_NEAR(exponent("find_duplicates_quadratic", 1000), 2.0, 0.01);
  EXPECT_NEAR(exponent("find_duplicates_linear", 1000), 1.0, 0.03);
  EXPECT_NEAR(exponent("find_duplicates_linear", 70000), 1.0, 0.03);
}

}  // namespace
}  // namespace faultline::models
