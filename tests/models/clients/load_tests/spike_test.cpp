#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;
using tests::scenario;

std::string spike(const std::string& test) {
  return scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(50/s)", "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "10ms"})json",
      "100s",
      fmt::format(
          R"json("load_test": "{}", "slos": [{{"name": "fast", "good": "latency < 50ms", "target": "90%"}}])json",
          test));
}

TEST(SpikeTest, SaysWhenTheSystemHasRecovered) {
  // 200/s for 10 s at a server for 100/s: 1000 wait at 30 s, and half of the server's time is free
  // to work them off: 20 s more. The last to wait less than 50 ms come at 50 s.
  const auto result = run_checked(spike("spike(factor=4, at=20s, for=10s, window=1s)"));
  EXPECT_EQ(result.load_test.broken_at_seconds, 20);
  EXPECT_NEAR(result.load_test.recovered_at_seconds, 50, 1);
  EXPECT_NEAR(result.load_test.highest_rate_per_second, 200, 1e-9);
}

TEST(SpikeTest, ASystemMayNotNotice) {
  const auto result = run_checked(spike("spike(factor=1.9, at=20s, for=10s, window=1s)"));
  EXPECT_EQ(result.load_test.broken_runs, 0u);
  EXPECT_TRUE(std::isnan(result.load_test.recovered_at_seconds));
}

}  // namespace
}  // namespace faultline
