#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::run_checked;

/// Users at `rate` before a balancer and a group of 10; one node does 100/s.
std::string shop(const std::string& scaler, const std::string& rate = "100/s",
                 const std::string& duration = "300s", const std::string& more = "") {
  return fmt::format(
      R"json({{"faultline": 1, "nodes": {{
    "users": {{"type": "clients", "arrivals": "poisson({1})", "target": "balancer"{3}}},
    "balancer": {{"type": "l7_balancer", "policy": "least_connections", "backends": ["app"]}},
    "app": {{"type": "app_server", "replicas": 10, "workers": 1, "endpoints": {{"default": ["cpu(10ms)"]}}}},
    "scaler": {{"type": "autoscaler", "group": "app", {0}}}}},
    "network": {{"default_latency": "0s"}}, "run": {{"duration": "{2}", "seed": 1}}}})json",
      scaler, rate, duration, more);
}

const sim::NodeResult& scaler_of(const sim::Result& result) { return result.groups.at("scaler"); }

/// 300/s at 50/s a node: six, whatever there was before. Nodes that are off have got nothing.
TEST(Autoscaler, FindsTheNumberThatTheRateAsksFor) {
  for (const int first : {2, 10}) {
    const auto result = run_checked(shop(
        fmt::format(R"("requests": "50/s", "replicas_initial": {}, "down": {{"window": "0s"}})",
                    first),
        "300/s"));
    const auto& scaler = scaler_of(result);
    EXPECT_EQ(scaler.series.at("replicas_ready").back(), 6) << first;
    EXPECT_EQ(result.requests.counts.fail, 0u);
    EXPECT_EQ(result.nodes.size(), 13u);
  }
  const auto few = run_checked(shop(R"("requests": "50/s", "replicas_initial": 2)", "60/s"));
  for (const sim::NodeResult& node : few.nodes) {
    if (node.name == "app[7]") EXPECT_EQ(node.counts.sent, 0u);
    if (node.name == "app[0]") EXPECT_GT(node.counts.sent, 0u);
  }
}

/// 300/s of 10 ms are three busy nodes; at 60 % that is five.
TEST(Autoscaler, FindsTheNumberThatTheProcessorAsksFor) {
  const auto result = run_checked(shop(R"("cpu": "60%", "replicas_initial": 5)", "300/s", "600s"));
  EXPECT_EQ(scaler_of(result).series.at("replicas_ready").back(), 5);
  EXPECT_EQ(scaler_of(result).scalars.at("scale_ups"), 0);
}

/// Four at most in the first step (Kubernetes' limit), looked at every 15 s, ready 20 s after: at
/// 15 s from one to five, at 30 s to ten.
TEST(Autoscaler, RisesAtTheLimitsOfKubernetes) {
  const auto result = run_checked(shop(R"("requests": "50/s", "image_pull": "10s", "boot": "10s")",
                                       "480/s", "60s", R"(, "timeout": "1s")"));
  ASSERT_GE(result.log.size(), 2u);
  EXPECT_EQ(result.log[0].at_seconds, 15);
  EXPECT_EQ(result.log[0].text.substr(0, 13), "app: 1 -> 5 (");
  EXPECT_EQ(result.log[1].at_seconds, 30);
  EXPECT_EQ(result.log[1].text.substr(0, 14), "app: 5 -> 10 (");
  const auto& start = scaler_of(result).histograms.at("start_seconds");
  EXPECT_EQ(start.min(), 20'000 * tests::millisecond);
  EXPECT_EQ(start.max(), 20'000 * tests::millisecond);
  // From 15 s to when ten are ready, at 50 s.
  EXPECT_EQ(scaler_of(result).histograms.at("scaling_lag_seconds").max(),
            35'000 * tests::millisecond);
}

/// Nobody is stopped before the load has been low for five minutes.
TEST(Autoscaler, FallsAfterItsWindow) {
  const auto result =
      run_checked(shop(R"("requests": "50/s", "replicas_initial": 8)", "90/s", "400s"));
  ASSERT_EQ(result.log.size(), 1u);
  EXPECT_EQ(result.log[0].at_seconds, 315) << "the first look is at 15 s";
  EXPECT_EQ(result.log[0].text.substr(0, 13), "app: 8 -> 2 (");
  EXPECT_EQ(result.requests.counts.fail, 0u) << "they finish what they have";
}

TEST(Autoscaler, KeepsToItsSchedule) {
  const auto result =
      run_checked(shop(R"("requests": "50/s", "replicas_initial": 2, "down": {"window": "0s"},
              "schedule": [{"at": "100s", "replicas": 7}, {"at": "200s", "replicas": 0}])",
                       "60/s"));
  const auto& ready = scaler_of(result).series.at("replicas_ready");
  const double step = result.series_step_seconds;
  const auto at = [&](double seconds) { return ready[static_cast<std::size_t>(seconds / step)]; };
  EXPECT_EQ(at(90), 2);
  EXPECT_EQ(at(150), 7);
  EXPECT_EQ(at(250), 2);
}

/// The load climbs by 1/s each second. Who foresees a minute has the nodes before they are needed.
TEST(Autoscaler, ForeseesALoadThatClimbs) {
  const std::string climb =
      R"json(, "profile": "ramp(from=1, to=9, over=400s)", "timeout": "1s")json";
  const std::string usual = R"("requests": "60/s", "replicas_initial": 2, "boot": "55s")";
  const auto late = run_checked(shop(usual, "50/s", "400s", climb));
  const auto early =
      run_checked(shop(usual + R"json(, "forecast": "linear(lookback=2min)", "ahead": "75s")json",
                       "50/s", "400s", climb));
  EXPECT_GT(late.requests.counts.fail, 200u);
  EXPECT_LT(early.requests.counts.fail, late.requests.counts.fail / 4);
}

/// A new node is five times as slow at first, and as fast as the others after its warm-up: at
/// 90/s on two nodes the old one has to do most of it meanwhile.
TEST(Autoscaler, NewNodesWarmUp) {
  const std::string usual =
      R"("requests": "80/s", "replicas_initial": 1, "boot": "10s", "replicas_max": 2, "warmup": "100s")";
  const auto cold = run_checked(shop(usual + R"(, "cold_factor": 5)", "90/s", "150s"));
  const auto warm = run_checked(shop(usual, "90/s", "150s"));
  EXPECT_EQ(cold.groups.at("app").counts.ok, warm.groups.at("app").counts.ok);
  EXPECT_GT(cold.requests.latency.mean(), 1.1 * warm.requests.latency.mean());
}

/// What a node held in memory is gone when it has been off: a cache that comes back asks the store
/// once more, however often it was asked before. Counted from 85 s on, it comes back at 90 s.
TEST(Autoscaler, ANodeThatWasOffForgets) {
  const auto with = [](const std::string& last) {
    return run_checked(R"json({"faultline": 1, "nodes": {
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "uniform(n=1)"},
    "app": {"type": "app_server", "workers": 10,
      "endpoints": {"default": [{"type": "cache_aside", "cache": "caches", "store": "db"}]}},
    "caches": {"type": "l7_balancer", "policy": "random", "backends": ["cache"]},
    "cache": {"type": "cache", "replicas": 2, "capacity": 10, "service_time": "1ms"},
    "db": {"type": "database", "service_time": "1ms"},
    "scaler": {"type": "autoscaler", "group": "cache", "requests": "100/s", "replicas_initial": 2,
      "boot": "0s", "readiness_interval": "0s", "down": {"window": "0s"},
      "schedule": [{"at": "0s", "replicas": 2}, )json" +
                       last + R"json(]}},
    "network": {"default_latency": "0s"},
    "run": {"duration": "120s", "warmup": "85s", "seed": 1}})json");
  };
  const auto came_back = with(R"({"at": "60s", "replicas": 1}, {"at": "90s", "replicas": 2})");
  EXPECT_EQ(scaler_of(came_back).scalars.at("starts"), 1);
  EXPECT_GE(came_back.groups.at("db").counts.sent, 1u);
  const auto stayed = with(R"({"at": "60s", "replicas": 2})");
  EXPECT_EQ(stayed.groups.at("db").counts.sent, 0u);
}

/// Of several targets the one that asks for most counts: 300/s at 100/s a node are three, 300/s of
/// 10 ms at 40 % are eight.
TEST(Autoscaler, OfSeveralTargetsTheLargestNumberCounts) {
  const auto result = run_checked(
      shop(R"("requests": "100/s", "cpu": "40%", "replicas_initial": 5)", "300/s", "200s"));
  EXPECT_EQ(scaler_of(result).series.at("replicas_ready").back(), 8);
}

/// Little's law sizes by concurrency: 300/s of some 10 ms are three at once; at half of one a node
/// that is six or seven, whatever a busy node waits for.
TEST(Autoscaler, FindsTheNumberThatConcurrencyAsksFor) {
  const auto result =
      run_checked(shop(R"("concurrency": 0.5, "replicas_initial": 6)", "300/s", "200s"));
  const double ready = scaler_of(result).series.at("replicas_ready").back();
  EXPECT_GE(ready, 6);
  EXPECT_LE(ready, 8);
}

/// A queue that is longer than it is to be asks for more, until it is not.
TEST(Autoscaler, FindsTheNumberThatAQueueAsksFor) {
  const auto result = run_checked(shop(R"("queue": 1, "replicas_initial": 2)", "195/s", "300s"));
  EXPECT_GT(scaler_of(result).scalars.at("scale_ups"), 0);
  EXPECT_LE(scaler_of(result).series.at("replicas_ready").back(), 6);
}

/// A crash is no scaling: the node that is down counts as missing, and the others do its work.
TEST(Autoscaler, LeavesCrashesToOthers) {
  std::string text = shop(R"("requests": "50/s", "replicas_initial": 4)", "180/s", "200s");
  const std::string faults =
      R"json("faults": [{"at": "50s", "for": "60s", "fault": "crash(app[1])"}], "run")json";
  text.replace(text.rfind("\"run\""), 5, faults);
  const auto result = run_checked(text);
  EXPECT_EQ(scaler_of(result).scalars.at("starts"), 0);
  EXPECT_EQ(scaler_of(result).series.at("replicas_ready").back(), 4);
}

TEST(Autoscaler, SaysWhatIsWrong) {
  EXPECT_EQ(problems_of(shop(R"("replicas_initial": 2)")),
            "nodes.scaler: there is no target; give cpu, queue, requests or concurrency: \"cpu\": "
            "\"60%\"\n");
  EXPECT_EQ(problems_of(shop(R"("cpu": "60%", "replicas_max": 11)")),
            "nodes.scaler.replicas_max: expected at most 10, got 11: group \"app\" has no more "
            "nodes; give \"app\" more `replicas`: all that may ever run are built\n");
  EXPECT_EQ(problems_of(shop(R"("cpu": "60%", "replicas_min": 0)")),
            "nodes.scaler.replicas_min: without any node requests fail, and nobody learns that one "
            "is wanted; name an `activator`, or keep one node at least\n");
  EXPECT_EQ(problems_of(shop(
                R"("cpu": "60%"}, "other": {"type": "autoscaler", "group": "app", "cpu": "60%")")),
            "nodes.scaler.group: \"app\" is scaled or deployed by somebody else already; let one "
            "node do it\n");
}

/// What it says in the log and the result is the same whatever thread ran it.
TEST(Autoscaler, IsRepeatable) {
  const std::string text = shop(R"json("cpu": "60%", "boot": "lognormal(mean=10s, cv=0.5)")json",
                                "300/s", "120s", R"(, "timeout": "1s")");
  const auto one = run_checked(text);
  const auto two = run_checked(text);
  EXPECT_EQ(one.order_digest, two.order_digest);
  EXPECT_EQ(one.results_digest, two.results_digest);
}

}  // namespace
}  // namespace faultline
