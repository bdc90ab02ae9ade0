#include <gtest/gtest.h>

#include <cmath>

#include "models/algorithms/computing/computation.hpp"

namespace faultline::models {
namespace {

Computation::Outcome run(std::string_view name, std::int64_t n) {
  SplitMixSource random(1);
  return sim::Choice<Computation>(name).make({})->run(n, random);
}

TEST(Sorting, TheResultIsInOrder) {
  for (const char* name : {"merge_sort", "insertion_sort"}) {
    for (const std::int64_t n : {0, 1, 2, 3, 17, 1000}) EXPECT_EQ(run(name, n).answer, 0U) << name;
  }
}

/// For n = 2^k: n k moves, and n k - 1.26 n comparisons (Knuth, 5.2.4: n lg n - 1.2645 n for
/// merging from the bottom up, on average).
TEST(Sorting, MergingTakesTwoNLogN) {
  const double n = 65536;
  EXPECT_NEAR(static_cast<double>(run("merge_sort", 65536).operations), 2 * n * 16 - 1.2645 * n,
              0.01 * n * 16);
}

/// n^2 / 4 inversions on average, each one move, and each with its comparison.
TEST(Sorting, InsertionTakesHalfOfNSquared) {
  const double n = 10'000;
  EXPECT_NEAR(static_cast<double>(run("insertion_sort", 10'000).operations), n * n / 2,
              0.02 * n * n / 2);
}

}  // namespace
}  // namespace faultline::models
