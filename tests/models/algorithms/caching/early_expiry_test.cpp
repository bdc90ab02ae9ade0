#include "models/algorithms/caching/early_expiry.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

TEST(EarlyExpiry, TheNearerTheEndAndTheLongerTheLoadTheSooner) {
  EXPECT_FALSE(expires_early(10, 1, 1, 9.99));
  EXPECT_TRUE(expires_early(10, 1, 1, 10));
  EXPECT_TRUE(expires_early(10, 2, 1, 5));
  EXPECT_TRUE(expires_early(10, 1, 2, 5));
  EXPECT_FALSE(expires_early(10, 0, 1, 1000));
  EXPECT_TRUE(expires_early(0, 1, 1, 0.001));
}

TEST(EarlyExpiry, AReadAtAGivenTimeIsEarlyWithTheProbabilityOfTheExponentialLaw) {
  // Left 2 s, a load takes 1 s, beta 1: exp(-2) = 0.1353. 100,000 draws: standard error 0.0011.
  SplitMixSource random(1);
  int early = 0;
  for (int i = 0; i < 100'000; ++i) early += expires_early(2, 1, 1, -std::log(random.uniform()));
  EXPECT_NEAR(early / 100'000.0, 0.1353, 0.0044);
}

}  // namespace
}  // namespace faultline::models
