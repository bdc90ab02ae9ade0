/// Tails, retries and overload against arithmetic: fan-out, amplification, the retry storm and the
/// metastable failure.
#include <cmath>

#include "tests/models/resilience/caller_scenario.hpp"

namespace faultline {
namespace {

using tests::received;
using tests::run_text;
using tests::scenario;
using tests::spec_of;
using tests::warmed_scenario;

TEST(SlowTails, AHundredLeavesOfWhichOneInAHundredIsSlowMakeMostRequestsSlow) {
  // 1 - 0.99^100 = 63.397 % of the requests have at least one slow leaf.
  std::string leaves;
  for (int i = 0; i < 100; ++i)
    leaves += fmt::format(R"json({}"call(leaf)")json", i == 0 ? "" : ", ");
  tests::Runs runs(
      scenario(
          fmt::format(
              R"json("users": {{"type": "clients", "arrivals": "poisson(20/s)", "target": "root"}},
      "root": {{"type": "app_server", "endpoints": {{"default": [{{"type": "parallel", "steps": [{}]}}]}}}},
      "leaf": {{"type": "database", "connections": 1000000, "service_time":
        "mixture([99, 1], constant(1ms), constant(1s))"}})json",
              leaves),
          "60s",
          R"json("slos": [{"name": "quick", "good": "latency < 500ms", "target": "50%", "window": "30d"}])json"),
      20);
  tests::expect_interval_holds(runs, "slos.quick.ratio", std::pow(0.99, 100), 0.05);
}

/// `layers` callers in a row, each with `caller`, above a server that always fails, and how many
/// calls come to it for one of the users'.
double calls_at_the_bottom(int layers, const std::string& caller) {
  std::string nodes =
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "layer0"}, )json";
  for (int i = 0; i < layers; ++i) {
    nodes += fmt::format(
        R"json("layer{}": {{"type": "app_server", "endpoints": {{"default": [{{"type": "call", "target": "layer{}", {}}}]}}}}, )json",
        i, i + 1, caller);
  }
  nodes += fmt::format(
      R"json("layer{}": {{"type": "app_server", "endpoints": {{"default": ["fail(100%)"]}}}})json",
      layers);
  const auto result = run_text(warmed_scenario(nodes, "320s", "20s"));
  return static_cast<double>(received(result, fmt::format("layer{}", layers))) /
         static_cast<double>(result.requests.counts.sent);
}

TEST(Retries, OfSeveralLayersMultiply) {
  EXPECT_DOUBLE_EQ(calls_at_the_bottom(1, R"json("retry": "fixed(3, base=0s)")json"), 3);
  EXPECT_DOUBLE_EQ(calls_at_the_bottom(2, R"json("retry": "fixed(3, base=0s)")json"), 9);
  EXPECT_DOUBLE_EQ(calls_at_the_bottom(3, R"json("retry": "fixed(3, base=0s)")json"), 27);
  EXPECT_DOUBLE_EQ(calls_at_the_bottom(3, R"json("retry": "fixed(4, base=0s)")json"), 64);
}

TEST(Retries, WithABudgetMultiplyByLess) {
  for (const int layers : {1, 2, 3}) {
    for (const int percent : {10, 50}) {
      const double share = percent / 100.0;
      EXPECT_NEAR(
          calls_at_the_bottom(
              layers,
              fmt::format(
                  R"json("retry": "fixed(9, base=0s)", "retry_budget": "finagle({}%, retries_min=0/s)")json",
                  percent)),
          std::pow(1 + share, layers), 0.01 * std::pow(1 + share, layers))
          << layers << " layers, " << percent << " %";
    }
  }
}

/// The API and the database of scenarios/incidents/retry_storm.json.
std::string storm(int rate) {
  return warmed_scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "poisson({}/s)", "target": "api", "timeout": "3s"}},
      "api": {{"type": "app_server", "workers": 32, "queue_limit": 256, "endpoints": {{"default": [
        "cpu(gamma(6.25, 5ms))",
        {{"type": "call", "target": "db", "timeout": "250ms", "retry": "fixed(3, base=0s)"}}]}}}},
      "db": {{"type": "database", "connections": 4, "queue_limit": 64, "service_time": "gamma(4, 40ms)"}})json",
          rate),
      "40s", "30s", R"("network": {"default_latency": "250us"})");
}

struct Storms {
  int tipped = 0;             ///< Runs that answer less than half in their last ten seconds.
  int failed = 0;             ///< Runs with a failure among all requests of these seconds.
  double utilization = 1;     ///< The least of the database.
  double throughput_max = 0;  ///< Of the tipped ones.
};

Storms storms(int rate, int runs) {
  sim::Spec spec = spec_of(storm(rate));
  Storms storms;
  for (int seed = 1; seed <= runs; ++seed) {
    spec.run.seed = seed;
    const sim::Result result = tests::run_spec(spec);
    const double throughput = static_cast<double>(result.requests.counts.ok) / 10;
    const bool tipped = throughput < 0.5 * rate;
    storms.tipped += tipped ? 1 : 0;
    storms.failed += result.requests.counts.fail > 0 ? 1 : 0;
    if (tipped) storms.throughput_max = std::max(storms.throughput_max, throughput);
    storms.utilization =
        std::min(storms.utilization, tests::scalar_of(result, "db", "utilization"));
  }
  return storms;
}

TEST(SlowRetryStorm, TipsBetween85And90ASecond) {
  // It tips by luck, once a burst has made the queue long enough: what is sharp is how soon. Half
  // of all runs of 40 s have tipped at a load between 85 and 90 a second.
  constexpr int runs = 41;
  EXPECT_LT(storms(85, runs).tipped, runs / 2);
  EXPECT_GT(storms(90, runs).tipped, runs / 2);
}

TEST(SlowRetryStorm, At80ASecondAllIsWellAndAt100NothingIs) {
  constexpr int runs = 20;
  const Storms at_80 = storms(80, runs);
  // A run in thirty tips within a minute even here; the others have no failure at all.
  EXPECT_LE(at_80.tipped, 1);
  EXPECT_LE(at_80.failed, 2);
  const Storms at_100 = storms(100, runs);
  EXPECT_EQ(at_100.tipped, runs);
  EXPECT_GT(at_100.utilization, 0.99);
  EXPECT_LT(at_100.throughput_max, 0.05 * 100);
}

/// A store good for 300/s, slow for five seconds, then given time to heal: the share of requests
/// that are answered afterwards.
double answered_after_the_trigger(int rate, const std::string& caller = "") {
  const auto result = run_text(warmed_scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "poisson({}/s)", "target": "store",
        "timeout": "1s", "retry": "fixed(2, base=0s, retry_on=[timeout])"{}{}}},
      "store": {{"type": "database", "connections": 30, "queue_limit": 1000, "service_time": "100ms"}})json",
          rate, caller.empty() ? "" : ", ", caller),
      "320s", "300s",
      R"json("faults": [{"at": "20s", "for": "5s", "fault": "slow(store, factor=50)"}])json"));
  return static_cast<double>(result.requests.counts.ok) /
         static_cast<double>(result.requests.counts.sent - result.requests.counts.in_flight);
}

TEST(SlowMetastableFailure, HealsByItselfBelow150ASecondAndNotAbove) {
  // In the failure each request is two, so the store can clear its queue if 2 x load < 300.
  for (const int rate : {100, 130, 145}) EXPECT_EQ(answered_after_the_trigger(rate), 1) << rate;
  for (const int rate : {155, 200, 280}) EXPECT_EQ(answered_after_the_trigger(rate), 0) << rate;
}

TEST(SlowMetastableFailure, HealsAt280ASecondWithABudgetOrABreaker) {
  for (const char* caller : {R"json("retry_budget": "grpc")json",
                             // (1 + r) x 280 < 300 for r < 7.1 %.
                             R"json("retry_budget": "finagle(3%, retries_min=0/s)")json",
                             R"json("breaker": "count_window(open_for=10s)")json",
                             R"json("breaker": "count_window")json",
                             R"json("breaker": "time_window(10s, open_for=10s)")json",
                             R"json("breaker": "consecutive_failures(5, open_for=10s)")json"}) {
    EXPECT_EQ(answered_after_the_trigger(280, caller), 1) << caller;
  }
}

TEST(SlowMetastableFailure, ABudgetThatIsLargerThanTheHeadroomDoesNotHelp) {
  EXPECT_EQ(answered_after_the_trigger(280, R"json("retry_budget": "finagle(20%)")json"), 0);
}

}  // namespace
}  // namespace faultline
