#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

TEST(ErrorRate, FailsItsShareAtOnce) {
  // Of 10,000 at a quarter: 2500 with a standard deviation of 43; four are 173. They take no time.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "db"},
      "db": {"type": "database", "service_time": "1ms"})json",
      "10s", R"json("faults": [{"at": "0s", "fault": "error_rate(db, 25%)"}])json"));
  EXPECT_NEAR(static_cast<double>(errors_of(result.requests.counts, "error")), 2500, 173);
  EXPECT_NEAR(scalar_of(result, "db", "busy_mean"), 0.75, 0.02);
}

TEST(ErrorRate, AfterTheWorkAWriteHasTakenEffect) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "reads": "0%"},
      "db": {"type": "database", "service_time": "10ms"})json",
      "1050ms", R"json("faults": [{"at": "0s", "fault": "error_rate(db, 100%, after)"}])json"));
  EXPECT_EQ(result.requests.counts.unknown, 10u);
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_NEAR(scalar_of(result, "db", "busy_mean"), 10 * 0.01 / 1.05, 1e-9);
}

TEST(ErrorRate, SeveralHaveTheirOwnLuck) {
  // Half, and half of the rest: 7500 of 10,000, four standard deviations of 43.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
      "10s",
      R"json("faults": [{"at": "0s", "fault": "error_rate(db, 50%)"}, {"at": "0s", "fault": "error_rate(db, 50%)"}])json"));
  EXPECT_NEAR(static_cast<double>(errors_of(result.requests.counts, "error")), 7500, 173);
}

TEST(ErrorRate, AfterTheWorkOfABalancerThatPassesConnectionsOn) {
  // Such a balancer looks at the message that its request came in, whatever is to become of it.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "lb"},
      "lb": {"type": "l4_balancer", "policy": "round_robin", "backends": ["app"]},
      "app": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["cpu(1ms)"]}})json",
      "10s", R"json("faults": [{"at": "0s", "fault": "error_rate(lb, 25%, after)"}])json"));
  EXPECT_NEAR(static_cast<double>(errors_of(result.requests.counts, "error")), 2500, 173);
}

}  // namespace
}  // namespace faultline
