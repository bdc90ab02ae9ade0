#include "models/algorithms/balancing/slow_start.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

TEST(SlowStart, RisesInAStraightLine) {
  const SlowStartParams params{.window = 60s};
  EXPECT_EQ(slow_start_share(params, 0s), 0.1);
  EXPECT_EQ(slow_start_share(params, 6s), 0.1);
  EXPECT_DOUBLE_EQ(slow_start_share(params, 30s), 0.5);
  EXPECT_DOUBLE_EQ(slow_start_share(params, 45s), 0.75);
  EXPECT_EQ(slow_start_share(params, 60s), 1);
  EXPECT_EQ(slow_start_share(params, 100s), 1);
}

/// Aggression 2: the square root. A quarter of the window gives half.
TEST(SlowStart, AggressionRisesFasterAtFirst) {
  const SlowStartParams params{.window = 40s, .aggression = 2};
  EXPECT_NEAR(slow_start_share(params, 10s), 0.5, 1e-12);
}

TEST(SlowStart, NeverSinks) {
  for (const double aggression : {0.1, 0.5, 1.0, 3.0, 10.0}) {
    const SlowStartParams params{.window = 10s, .aggression = aggression};
    double before = 0;
    for (sim::Duration age{}; age <= 11s; age += 10ms) {
      const double share = slow_start_share(params, age);
      ASSERT_GE(share, before);
      ASSERT_LE(share, 1);
      before = share;
    }
  }
}

}  // namespace
}  // namespace faultline::models
