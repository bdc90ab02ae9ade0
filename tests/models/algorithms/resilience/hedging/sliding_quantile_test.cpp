#include "models/algorithms/resilience/hedging/sliding_quantile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

/// The smallest value that at least the share of all does not exceed.
std::int64_t exact(const std::deque<std::int64_t>& values, double share) {
  std::vector<std::int64_t> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double wanted = share * static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::ceil(wanted));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(SlidingQuantile, SmallValuesAreExact) {
  SlidingQuantile quantile(0.75, 4);
  for (const auto& [value, expected] :
       {std::pair{7, 7}, {3, 7}, {5, 7}, {9, 7}, {60, 9}, {1, 9}, {1, 9}, {1, 1}}) {
    // Of 7; 7 3; 7 3 5; 7 3 5 9; 3 5 9 60; 5 9 60 1; 9 60 1 1; 60 1 1 1 three quarters are at most
    // the expected one.
    quantile.add(value);
    EXPECT_EQ(quantile.quantile(), expected) << value;
  }
}

TEST(SlidingQuantile, IsAtMostAThirtySecondAboveThatOfAListOfAllValues) {
  for (const double share : {0.05, 0.5, 0.95, 0.99}) {
    for (const std::size_t window : {1u, 10u, 1000u}) {
      SplitMixSource random(window);
      SlidingQuantile quantile(share, window);
      std::deque<std::int64_t> values;
      for (int i = 0; i < 4'000; ++i) {
        // From nanoseconds to centuries, and in between a while of one magnitude.
        const std::uint64_t shift = i / 500 % 2 == 0 ? random.below(63) : 40;
        const auto value = static_cast<std::int64_t>(random.next() >> 1 >> shift);
        quantile.add(value);
        values.push_back(value);
        if (values.size() > window) values.pop_front();
        const auto of_list = exact(values, share);
        ASSERT_GE(quantile.quantile(), of_list);
        ASSERT_LE(quantile.quantile() - of_list, of_list / 32) << of_list;
      }
      EXPECT_EQ(quantile.count(), window);
    }
  }
}

}  // namespace
}  // namespace faultline::models
