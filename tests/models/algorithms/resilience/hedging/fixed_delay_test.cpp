#include <gtest/gtest.h>

#include "models/algorithms/resilience/hedging/hedge_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

TEST(FixedDelayHedge, WaitsTheSameWhateverItSees) {
  const auto policy = sim::Choice<HedgePolicy>("fixed_delay(20ms, hedges=2)").make({});
  EXPECT_EQ(policy->delay(), 20ms);
  EXPECT_EQ(policy->hedges(), 2);
  for (int i = 0; i < 100; ++i) policy->observed(1s);
  EXPECT_EQ(policy->delay(), 20ms);
}

}  // namespace
}  // namespace faultline::models
