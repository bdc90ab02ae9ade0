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

TEST(CpuStep, TakesItsTimeOnACore) {
  const auto result = run_checked(scenario(
      burst(3, "app") +
          R"json("app": {"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(10ms)"]}})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 30 * millisecond);
}

TEST(CpuStep, StepsOfOneRequestWaitForTheCoreEachTime) {
  // First come, first served by step: c0's second step queues behind c1's first. 10 (c0), 20 (c1),
  // 30 (c0 done), 40 (c1 done).
  const auto result = run_checked(scenario(
      burst(2, "app") +
          R"json("app": {"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(10ms)", "cpu(10ms)"]}})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 30 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 40 * millisecond);
}

TEST(CpuStep, RandomWorkHasItsMean) {
  // 10,000 draws of mean 4 ms and standard deviation 4 ms: the mean is off by 0.04 ms, four times
  // that is 0.16 ms.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["cpu(exponential(4ms))"]}})json",
                                           "10s"));
  EXPECT_NEAR(result.requests.latency.mean() * 1e-6, 4.0, 0.16);
}

TEST(CpuStep, InsideAnotherStepItTakesTheSameCores) {
  // Two branches on one core: 10 ms one after the other.
  const auto result = run_checked(scenario(
      burst(1, "app") + R"json("app": {"type": "app_server", "cores": 1, "endpoints": {"default": [
          {"type": "parallel", "steps": ["cpu(10ms)", "cpu(10ms)"]}]}})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 20 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "utilization"), 0.020 / 1.9, 1e-12);
  const auto shared = run_checked(scenario(
      burst(1, "app") +
          R"json("app": {"type": "app_server", "cores": 1, "scheduling": "processor_sharing", "endpoints": {"default": [
          {"type": "parallel", "steps": ["cpu(10ms)", "cpu(5ms)"]}]}})json",
      "1900ms"));
  // At half speed each: 5 ms are done after 10; the other has 5 left: 15.
  EXPECT_EQ(latency_of(shared, "c0"), 15 * millisecond);
}

}  // namespace
}  // namespace faultline
