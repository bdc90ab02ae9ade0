#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;
using tests::scenario;

TEST(LinkLoss, DelaysWhatIsSentWhileItLasts) {
  // A hundred requests a second, for 50 s with 5 % loss: 5000 requests and as many replies.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "db"},
             "db": {"type": "database", "service_time": "0s"})json",
      "110s",
      R"json("network": {"default_latency": "1ms"}, "faults": [{"at": "10s", "for": "50s", "fault": "link_loss(users, db, loss=5%)"}])json"));
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 0u);
  // On average a message is 0.2 * 0.05 / (1 - 2 * 0.05) = 11.1 ms late, with a standard deviation
  // of about 57 ms: 10,000 of them 111 s, give or take 5.7 s.
  const double late = static_cast<double>(result.requests.latency.sum()) * 1e-9 -
                      static_cast<double>(result.requests.latency.count()) * 0.002;
  EXPECT_NEAR(late, 10'000 * 0.2 * 0.05 / 0.9, 4 * 5.7);
  EXPECT_EQ(result.requests.latency.min(), 2 * tests::millisecond);
}

}  // namespace
}  // namespace faultline
