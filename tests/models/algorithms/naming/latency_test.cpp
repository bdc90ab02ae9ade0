#include <gtest/gtest.h>

#include "tests/models/algorithms/naming/policy_fixture.hpp"

namespace faultline::models {
namespace {

using std::chrono::milliseconds;

TEST(LatencyAnswer, IsTheNearestThatIsHealthy) {
  PolicyUnderTest policy("latency");
  const DnsCandidate near{.latency = milliseconds(1)};
  const DnsCandidate far{.same_zone = true, .latency = milliseconds(80)};
  const DnsCandidate dead{.healthy = false};
  EXPECT_EQ(policy.pick({far, dead, near}), 2u);
  for (const std::size_t expected : {1u, 0u, 1u}) EXPECT_EQ(policy.pick({near, near}), expected);
}

}  // namespace
}  // namespace faultline::models
