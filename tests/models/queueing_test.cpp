/// Stations against the exact values of queueing theory. Each case: the exact value lies in the 95
/// % interval over 20 replications, and the interval's half width is at most 2 % of it. Mean
/// service time 1 s throughout.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

using tests::expect_interval_holds;

void expect_holds(tests::Runs runs, const std::string& path, double exact) {
  expect_interval_holds(runs, path, exact);
}

constexpr std::uint64_t seeds = 20;

/// One station with Poisson arrivals of `rate` a second and no network delay.
tests::Runs run_station(double rate, const std::string& station, double seconds) {
  return tests::Runs(fmt::format(R"json({{
    "faultline": 1,
    "nodes": {{
      "users": {{"type": "clients", "arrivals": "poisson({}/s)", "target": "station"}},
      "station": {}
    }},
    "run": {{"duration": "{}s", "warmup": "{}s"}}
  }})json",
                                 rate, station, seconds, seconds / 20),
                     seeds);
}

std::string database(int connections, const std::string& service) {
  return fmt::format(R"json({{"type": "database", "connections": {}, "service_time": "{}"}})json",
                     connections, service);
}

std::string shared_core(const std::string& work) {
  return fmt::format(R"json({{"type": "app_server", "cores": 1, "scheduling": "processor_sharing",
                         "endpoints": {{"default": ["cpu({})"]}}}})json",
                     work);
}

const std::string response = "nodes.station.latency_seconds.mean";
const std::string wait = "nodes.station.queue_wait_seconds.mean";

TEST(SlowQueueing, Mm1MeanTimeInSystem) {
  expect_holds(run_station(0.5, database(1, "exponential(1s)"), 100'000), response, 2.0);
  expect_holds(run_station(0.8, database(1, "exponential(1s)"), 200'000), response, 5.0);
  expect_holds(run_station(0.9, database(1, "exponential(1s)"), 800'000), response, 10.0);
}

TEST(SlowQueueing, Mm1TailOfTimeInSystem) {
  expect_holds(run_station(0.5, database(1, "exponential(1s)"), 100'000),
               "nodes.station.latency_seconds.p99", 9.2103);
  expect_holds(run_station(0.8, database(1, "exponential(1s)"), 400'000),
               "nodes.station.latency_seconds.p99", 23.0259);
  expect_holds(run_station(0.9, database(1, "exponential(1s)"), 1'500'000),
               "nodes.station.latency_seconds.p99", 46.0517);
}

TEST(SlowQueueing, MmcMeanWait) {
  // Wait = P(wait) / (c mu - lambda), so the mean checks the Erlang C formula too.
  expect_holds(run_station(1.6, database(2, "exponential(1s)"), 300'000), wait, 1.777778);
  expect_holds(run_station(3.2, database(4, "exponential(1s)"), 200'000), wait, 0.745541);
  expect_holds(run_station(12.8, database(16, "exponential(1s)"), 80'000), wait, 0.095276);
}

TEST(SlowQueueing, MmcMeanTimeInSystemUnderHeavyLoad) {
  expect_holds(run_station(1.8, database(2, "exponential(1s)"), 400'000), response, 5.263158);
  expect_holds(run_station(3.6, database(4, "exponential(1s)"), 300'000), response, 2.969383);
}

TEST(SlowQueueing, Mg1DependsOnTheServiceTimesVariation) {
  expect_holds(run_station(0.8, database(1, "1s"), 100'000), response, 3.0);
  expect_holds(run_station(0.8, database(1, "exponential(1s)"), 200'000), response, 5.0);
  expect_holds(run_station(0.8, database(1, "hyperexponential(mean=1s, cv=2)"), 800'000), response,
               11.0);
  expect_holds(run_station(0.8, database(1, "gamma(shape=0.1111111111111111, mean=1s)"), 2'000'000),
               response, 21.0);
}

TEST(SlowQueueing, ProcessorSharingForgetsTheShapeOfTheService) {
  expect_holds(run_station(0.8, shared_core("1s"), 200'000), response, 5.0);
  expect_holds(run_station(0.8, shared_core("exponential(1s)"), 400'000), response, 5.0);
  expect_holds(run_station(0.8, shared_core("hyperexponential(mean=1s, cv=3)"), 800'000), response,
               5.0);
}

TEST(SlowQueueing, Mm13LosesWhatFindsItFull) {
  // One in service and two waiting: K = 3.
  const std::string station =
      R"json({"type": "database", "connections": 1, "queue_limit": 2, "service_time": "exponential(1s)"})json";
  tests::Runs runs = run_station(0.8, station, 200'000);
  expect_interval_holds(runs, "requests.throughput_per_second", 0.661247);
  expect_interval_holds(runs, response, 1.852459);
  expect_interval_holds(runs, "nodes.station.in_service_mean", 1.224932);
  const sim::OutcomeCounts& counts = runs.with_seed(1).requests.counts;
  EXPECT_NEAR(static_cast<double>(counts.errors.at("rejected")) / static_cast<double>(counts.sent),
              0.173442, 0.001);
}

tests::Runs run_pair(const std::string& policy) {
  return tests::Runs(fmt::format(R"json({{
    "faultline": 1,
    "nodes": {{
      "users": {{"type": "clients", "arrivals": "poisson(1/s)", "target": "balancer"}},
      "balancer": {{"type": "l7_balancer", "backends": ["pair"], "policy": "{}"}},
      "pair": {{"type": "app_server", "replicas": 2, "cores": 1, "scheduling": "processor_sharing",
               "endpoints": {{"default": ["cpu(exponential(500ms))"]}}}}
    }},
    "run": {{"duration": "100000s", "warmup": "5000s"}}
  }})json",
                                 policy),
                     seeds);
}

TEST(SlowQueueing, RoundRobinBeatsARandomSplitOfTwoSharedServers) {
  // Two processor-sharing servers of rate 2, arrivals 1 each.
  expect_holds(run_pair("random"), "requests.latency_seconds.mean", 0.666667);
  expect_holds(run_pair("round_robin"), "requests.latency_seconds.mean", 0.577350);
}

tests::Runs run_fork_join(double load, double seconds) {
  return tests::Runs(fmt::format(R"json({{
    "faultline": 1,
    "nodes": {{
      "users": {{"type": "clients", "arrivals": "poisson({}/s)", "target": "fork"}},
      "fork": {{"type": "app_server", "endpoints": {{"default": [
        {{"type": "parallel", "steps": ["call(left)", "call(right)"]}}]}}}},
      "left": {{"type": "database", "connections": 1, "service_time": "exponential(1s)"}},
      "right": {{"type": "database", "connections": 1, "service_time": "exponential(1s)"}}
    }},
    "run": {{"duration": "{}s", "warmup": "{}s"}}
  }})json",
                                 load, seconds, seconds / 20),
                     seeds);
}

TEST(SlowQueueing, ForkJoinOfTwo) {
  expect_holds(run_fork_join(0.5, 100'000), "requests.latency_seconds.mean", 2.875);
  expect_holds(run_fork_join(0.8, 300'000), "requests.latency_seconds.mean", 7.0);
}

TEST(SlowQueueing, OpenJacksonNetworkWithReturns) {
  // Into 1 at rate 1; from 1 to 2 with .5, to 3 with .3, out with .2; 2 and 3 return to 1; rates 8,
  // 4, 3.
  tests::Runs runs(R"json({
    "faultline": 1,
    "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(1/s)", "target": "one"},
      "one": {"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(exponential(125ms))",
        {"type": "choose", "options": [
          {"weight": 5, "steps": ["call(two)"]}, {"weight": 3, "steps": ["call(three)"]}, {"weight": 2}]}]}},
      "two": {"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(exponential(250ms))", "call(one)"]}},
      "three": {"type": "app_server", "cores": 1,
                "endpoints": {"default": ["cpu(exponential(333333333ns))", "call(one)"]}}
    },
    "run": {"duration": "100000s", "warmup": "5000s"}
  })json",
                   seeds);
  expect_interval_holds(runs, "requests.latency_seconds.mean", 13.0 / 3);
  // L of a station is its jobs on the core and in its queue, not the requests that wait there for
  // others.
  for (const char* name : {"one", "two", "three"}) {
    const double jobs =
        runs.with_seed(1).intervals.at(fmt::format("nodes.{}.busy_mean", name)).mean +
        runs.with_seed(1).intervals.at(fmt::format("nodes.{}.queue_length_mean", name)).mean;
    EXPECT_NEAR(jobs, std::string(name) == "three" ? 1.0 : 5.0 / 3, 0.02) << name;
  }
}

}  // namespace
}  // namespace faultline
