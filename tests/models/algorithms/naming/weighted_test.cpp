#include <gtest/gtest.h>

#include "tests/models/algorithms/naming/policy_fixture.hpp"

namespace faultline::models {
namespace {

TEST(WeightedAnswer, IsDrawnByWeight) {
  // 3 : 1 of 4000: the standard deviation is sqrt(4000 * 3 / 16) = 27; four are 110.
  PolicyUnderTest policy("weighted");
  int first = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::size_t picked =
        policy.pick({{.weight = 3}, {.weight = 1}, {.weight = 9, .healthy = false}, {.weight = 0}});
    EXPECT_LE(picked, 1u);
    first += picked == 0 ? 1 : 0;
  }
  EXPECT_NEAR(first, 3000, 110);
  EXPECT_EQ(policy.pick({{.weight = 0}}), DnsPolicy::none);
}

}  // namespace
}  // namespace faultline::models
