#include <gtest/gtest.h>

#include "tests/models/algorithms/naming/policy_fixture.hpp"

namespace faultline::models {
namespace {

using std::chrono::milliseconds;

TEST(GeographicAnswer, IsNear) {
  PolicyUnderTest policy("geographic");
  const DnsCandidate zone{.same_zone = true, .same_region = true, .latency = milliseconds(9)};
  const DnsCandidate region{.same_region = true, .latency = milliseconds(1)};
  const DnsCandidate far{.latency = milliseconds(80)};
  const DnsCandidate farther{.latency = milliseconds(150)};
  EXPECT_EQ(policy.pick({far, region, zone}), 2u);
  EXPECT_EQ(policy.pick({far, region, farther}), 1u);
  EXPECT_EQ(policy.pick({farther, far}), 1u);
}

TEST(GeographicAnswer, TakesTurnsInAZone) {
  PolicyUnderTest policy("geographic");
  const DnsCandidate zone{.same_zone = true, .same_region = true};
  for (const std::size_t expected : {0u, 1u, 0u})
    EXPECT_EQ(policy.pick({zone, zone, {}}), expected);
}

}  // namespace
}  // namespace faultline::models
