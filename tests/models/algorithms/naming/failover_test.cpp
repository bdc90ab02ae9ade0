#include <gtest/gtest.h>

#include "tests/models/algorithms/naming/policy_fixture.hpp"

namespace faultline::models {
namespace {

TEST(FailoverAnswer, IsTheFirstThatIsHealthy) {
  PolicyUnderTest policy("failover");
  EXPECT_EQ(policy.pick({{}, {}}), 0u);
  EXPECT_EQ(policy.pick({{.healthy = false}, {}}), 1u);
  EXPECT_EQ(policy.pick({{}, {}}), 0u);
  EXPECT_EQ(policy.pick({{.healthy = false}}), DnsPolicy::none);
}

}  // namespace
}  // namespace faultline::models
