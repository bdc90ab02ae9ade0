#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::latency_of;
using tests::millisecond;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

TEST(SleepStep, HoldsTheWorker) {
  const auto result = run_checked(scenario(
      burst(2, "app") +
          R"json("app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["sleep(100ms)"]}})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 200 * millisecond);
}

TEST(SleepStep, HoldsNoCore) {
  const auto result = run_checked(scenario(
      burst(2, "app") +
          R"json("app": {"type": "app_server", "cores": 1, "endpoints": {"default": ["sleep(100ms)"]}})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 100 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "utilization"), 0);
}

TEST(SleepStep, RandomTimesHaveTheirMean) {
  // 10,000 draws uniform in 2 ms .. 6 ms: mean 4 ms, standard deviation 1.155 ms, of the mean
  // 0.0115 ms; four times 0.046 ms.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["sleep(uniform(low=2ms, high=6ms))"]}})json",
                                           "10s"));
  EXPECT_NEAR(result.requests.latency.mean() * 1e-6, 4.0, 0.046);
  EXPECT_GE(result.requests.latency.min(), 2 * millisecond);
  EXPECT_LE(result.requests.latency.max(), 6 * millisecond);
}

}  // namespace
}  // namespace faultline
