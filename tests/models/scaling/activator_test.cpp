#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;

/// One request at 10 s and then every 10 s, before a group that sleeps after 3 s without work.
std::string sleeper(const std::string& activator, const std::string& rate = "0.1/s",
                    const std::string& scaler = R"("idle_after": "3s", "interval": "1s")",
                    const std::string& duration = "65s") {
  return fmt::format(
      R"json({{"faultline": 1, "nodes": {{
    "users": {{"type": "clients", "arrivals": "constant({1})", "target": "activator"}},
    "activator": {{"type": "activator", "backends": ["app"]{0}}},
    "app": {{"type": "app_server", "replicas": 2, "workers": 8, "endpoints": {{"default": ["cpu(100ms)"]}}}},
    "scaler": {{"type": "autoscaler", "group": "app", "concurrency": 4, "replicas_min": 0, "activator": "activator",
       "boot": "2s", "readiness_interval": "0s", {2}}}}},
    "network": {{"default_latency": "0s"}}, "cost": {{"node_hour": {{"app": 3600}}}},
    "run": {{"duration": "{3}", "seed": 1}}}})json",
      activator, rate, scaler, duration);
}

/// Each request finds nobody and waits the two seconds of a start; the work takes a tenth of one.
TEST(Activator, HoldsTheFirstRequestUntilSomebodyIsThere) {
  const auto result = run_checked(sleeper(""));
  const auto& scaler = result.groups.at("scaler");
  const auto& activator = result.groups.at("activator");
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(scaler.scalars.at("activations"), static_cast<double>(result.requests.counts.sent));
  EXPECT_EQ(activator.histograms.at("activation_wait_seconds").min(), 2000 * tests::millisecond);
  EXPECT_EQ(activator.histograms.at("activation_wait_seconds").max(), 2000 * tests::millisecond);
  EXPECT_NEAR(result.requests.latency.mean(), 2100 * tests::millisecond, 10 * tests::millisecond);
  // There for two seconds of start, a tenth of work and three to four of idleness, out of ten. At
  // one a second, that is the cost.
  const double instances = static_cast<double>(result.requests.counts.sent);
  EXPECT_GT(result.cost.all.total(), instances * 5.0);
  EXPECT_LT(result.cost.all.total(), instances * 6.3);
}

/// Nobody comes, and nothing is there.
TEST(Activator, WithoutRequestsNothingRuns) {
  const auto result = run_checked(sleeper("", "0.001/s"));
  EXPECT_EQ(result.groups.at("scaler").scalars.at("starts"), 0);
  EXPECT_EQ(result.cost.all.total(), 0);
}

/// Ten a second and room for two that wait: of the twenty of the two seconds, two are served.
TEST(Activator, RejectsWhoFindsTheQueueFull) {
  const auto result =
      run_checked(sleeper(R"(, "queue_limit": 2)", "10/s", R"("idle_after": "60s")", "3s"));
  EXPECT_EQ(result.groups.at("activator").scalars.at("waited"), 2);
  const auto rejected = result.requests.counts.errors.at("rejected");
  EXPECT_GE(rejected, 17u);
  EXPECT_LE(rejected, 19u);
}

TEST(Activator, RejectsWhoHasWaitedTooLong) {
  const auto result =
      run_checked(sleeper(R"(, "patience": "1500ms")", "10/s", R"("idle_after": "60s")", "3s"));
  EXPECT_GE(result.groups.at("activator").scalars.at("given_up"), 4);
  EXPECT_EQ(result.groups.at("activator").histograms.at("activation_wait_seconds").max(),
            1500 * tests::millisecond);
}

/// 40/s of 100 ms are four at once; with one at a time for the one instance the rest waits, and the
/// queue shows it.
TEST(Activator, KeepsToTheConcurrencyOfItsBackends) {
  const std::string scaler = R"("idle_after": "60s", "replicas_initial": 1, "replicas_max": 1)";
  const auto free = run_checked(sleeper("", "40/s", scaler, "10s"));
  const auto bound = run_checked(sleeper(R"(, "concurrency": 1)", "40/s", scaler, "10s"));
  EXPECT_EQ(free.groups.at("activator").scalars.at("queue_length_max"), 0);
  EXPECT_GT(bound.groups.at("activator").scalars.at("queue_length_max"), 250);
  EXPECT_NEAR(static_cast<double>(bound.requests.counts.ok), 100, 2);
}

}  // namespace
}  // namespace faultline
