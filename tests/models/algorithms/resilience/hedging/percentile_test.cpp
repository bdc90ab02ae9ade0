#include <gtest/gtest.h>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/resilience/hedging/hedge_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

TEST(PercentileHedge, DoesNotHedgeBeforeItHasSeenEnough) {
  const auto policy = sim::Choice<HedgePolicy>("percentile").make({});
  EXPECT_EQ(policy->hedges(), 1);
  for (int i = 0; i < 99; ++i) policy->observed(10ms);
  EXPECT_EQ(policy->delay(), std::nullopt);
  policy->observed(10ms);
  ASSERT_TRUE(policy->delay());
  EXPECT_GE(*policy->delay(), 10ms);
  EXPECT_LE(*policy->delay(), 10313us);
}

TEST(PercentileHedge, FollowsTheCallee) {
  const auto policy = sim::Choice<HedgePolicy>("percentile(p=95%, window=200)").make({});
  SplitMixSource random(2);
  // Uniform in 0..100 ms, then in 0..1 s: the percentile of the last 200 follows.
  for (const sim::Duration most : {100ms, 1000ms}) {
    for (int i = 0; i < 400; ++i)
      policy->observed(sim::Duration(random.below(static_cast<std::uint64_t>(most.count()))));
    ASSERT_TRUE(policy->delay());
    EXPECT_NEAR(sim::to_seconds(*policy->delay()), 0.95 * sim::to_seconds(most),
                0.07 * sim::to_seconds(most));
  }
}

}  // namespace
}  // namespace faultline::models
