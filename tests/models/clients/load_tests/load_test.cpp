#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;
using tests::scenario;

std::string load(const std::string& test) {
  return scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(50/s)", "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "10ms"})json",
      "60s",
      fmt::format(
          R"json("load_test": "{}", "slos": [{{"name": "fast", "good": "latency < 50ms", "target": "90%"}}])json",
          test));
}

TEST(LoadTest, SaysThatTheObjectiveWasKept) {
  // Up to 90/s in 20 s, then 40 s of that: 900 + 3600.
  const auto result = run_checked(load("load(factor=1.8, rise=20s)"));
  EXPECT_NEAR(static_cast<double>(result.requests.counts.sent), 4500, 2);
  EXPECT_EQ(result.load_test.broken_runs, 0u);
  EXPECT_NEAR(result.load_test.highest_rate_per_second, 90, 1e-9);
  EXPECT_TRUE(std::isnan(result.load_test.broken_at_seconds));
}

TEST(LoadTest, SaysWhenItWasNot) {
  // 120/s at a server for 100/s: a fifth of a second of work more every second. 50 ms of waiting
  // are there after a quarter of a second.
  const auto result = run_checked(load("load(factor=2.4, window=1s)"));
  EXPECT_EQ(result.load_test.broken_at_seconds, 0);
  EXPECT_NEAR(result.load_test.rate_per_second, 120, 1e-9);
  // The run goes on all the same.
  EXPECT_DOUBLE_EQ(result.virtual_seconds, 60);
}

}  // namespace
}  // namespace faultline
