#include <gtest/gtest.h>

#include "tests/models/algorithms/naming/policy_fixture.hpp"

namespace faultline::models {
namespace {

TEST(StaticAnswer, IsTheFirstEvenIfItIsDead) {
  PolicyUnderTest policy("static");
  EXPECT_EQ(policy.pick({{.healthy = false}, {}}), 0u);
  EXPECT_EQ(policy.pick({{.weight = 0}, {}}), 1u);
  EXPECT_EQ(policy.pick({}), DnsPolicy::none);
}

}  // namespace
}  // namespace faultline::models
