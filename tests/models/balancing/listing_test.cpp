/// Balancers and names of every kind know only who is in service.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;

/// Users before `front`, and four servers of which two serve until 60 s, then four, then one.
std::string with(const std::string& front, const std::string& target = "front") {
  return fmt::format(
      R"json({{"faultline": 1, "nodes": {{
    "users": {{"type": "clients", "arrivals": "poisson(200/s)", "target": "{1}"}},
    {0}
    "app": {{"type": "app_server", "replicas": 4, "workers": 8, "endpoints": {{"default": ["cpu(5ms)"]}}}},
    "scaler": {{"type": "autoscaler", "group": "app", "requests": "1000/s", "replicas_initial": 2, "boot": "1s",
      "readiness_interval": "0s", "interval": "10s", "down": {{"window": "0s"}}, "pre_stop": "3s",
      "schedule": [{{"at": "1s", "replicas": 2}}, {{"at": "60s", "replicas": 4}}, {{"at": "120s", "replicas": 1}}]}}}},
    "network": {{"default_latency": "1ms"}}, "run": {{"duration": "180s", "seed": 1}}}})json",
      front, target);
}

std::uint64_t received(const sim::Result& result, const std::string& name) {
  for (const sim::NodeResult& node : result.nodes) {
    if (node.name == name) return node.counts.sent;
  }
  return 0;
}

/// Each gets its share of the time that it is there: 12,000 of the first minute on two, 12,000 of
/// the second on four, 12,000 of the third on one, and nobody is sent anywhere in vain.
void expect_shares(const sim::Result& result, double tolerance) {
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 0u);
  EXPECT_EQ(result.groups.at("app").counts.errors.count("refused"), 0u);
  EXPECT_NEAR(static_cast<double>(received(result, "app[0]")), 21'000, tolerance);
  EXPECT_NEAR(static_cast<double>(received(result, "app[1]")), 9'000, tolerance);
  EXPECT_NEAR(static_cast<double>(received(result, "app[2]")), 3'000, tolerance);
  EXPECT_NEAR(static_cast<double>(received(result, "app[3]")), 3'000, tolerance);
}

TEST(Listing, AnL7BalancerKnowsWhoServes) {
  for (const std::string extra : {R"("policy": "round_robin")", R"("policy": "least_connections")",
                                  R"("policy": "round_robin", "health_check": {"interval": "2s"})",
                                  R"("policy": "random", "outlier": {})"}) {
    expect_shares(run_checked(with(fmt::format(
                      R"("front": {{"type": "l7_balancer", "backends": ["app"], {}}},)", extra))),
                  1000);
  }
}

TEST(Listing, AnL4BalancerKnowsWhoServes) {
  expect_shares(
      run_checked(with(
          R"("front": {"type": "l4_balancer", "backends": ["app"], "policy": "round_robin"},)")),
      1000);
}

/// A caller that picks by itself.
TEST(Listing, ACallerOfAGroupKnowsWhoServes) { expect_shares(run_checked(with("", "app")), 1000); }

/// A name is as old as its time to live: with one second, hardly anybody is late.
TEST(Listing, ANameKnowsWhoServes) {
  const auto result =
      run_checked(with(R"("front": {"type": "dns", "records": ["app"], "ttl": "1s"},)"));
  EXPECT_LT(result.requests.counts.fail, 10u);
  EXPECT_GT(received(result, "app[2]"), 1000u);
}

/// Of one who is off nothing counts for the panic of a balancer: one of four serves, and that is
/// all of them.
TEST(Listing, WhoIsOffIsNobodysPanic) {
  const auto result = run_checked(with(
      R"("front": {"type": "l7_balancer", "backends": ["app"], "health_check": {"interval": "2s"}},)"));
  EXPECT_EQ(result.groups.at("front").scalars.at("panic_picks"), 0);
}

}  // namespace
}  // namespace faultline
