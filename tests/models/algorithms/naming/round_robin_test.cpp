#include <gtest/gtest.h>

#include "tests/models/algorithms/naming/policy_fixture.hpp"

namespace faultline::models {
namespace {

TEST(RoundRobinAnswer, TakesTurnsAmongTheHealthy) {
  PolicyUnderTest policy("round_robin");
  const std::vector<DnsCandidate> three{{}, {.healthy = false}, {}};
  for (const std::size_t expected : {0u, 2u, 0u, 2u}) EXPECT_EQ(policy.pick(three), expected);
  EXPECT_EQ(policy.pick({{.healthy = false}}), DnsPolicy::none);
  EXPECT_EQ(policy.pick({}), DnsPolicy::none);
}

}  // namespace
}  // namespace faultline::models
