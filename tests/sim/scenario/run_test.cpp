#include "sim/scenario/run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "sim/kernel/run_error.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using tests::expect_conservation;
using tests::node_of;
using tests::scenario;
using tests::spec_of;

/// A bit of everything: random arrivals, keys and services, a cache, a queue, a crash, time-outs, a
/// warm-up.
const std::string busy = R"json({
  "faultline": 1,
  "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(200/s)", "target": "lb", "keys": "zipf(n=1000, s=0.9)",
              "reads": "90%", "timeout": "200ms"},
    "lb": {"type": "l7_balancer", "policy": "least_connections", "backends": ["app"]},
    "app": {"type": "app_server", "replicas": 3, "workers": 4, "queue_limit": 50, "endpoints": {"default": [
        "cpu(exponential(4ms))", {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "2s"}]}},
    "cache": {"type": "cache", "capacity": 200, "service_time": "200us"},
    "db": {"type": "database", "connections": 4, "service_time": "exponential(12ms)"}
  },
  "network": {"default_latency": "exponential(250us)"},
  "faults": [{"at": "4s", "for": "2s", "fault": "crash(app[0])"}, {"at": "7s", "for": "1s", "fault": "slow(db, factor=3)"}],
  "slos": [{"name": "fast", "good": "latency < 50ms", "target": "99%"}],
  "run": {"duration": "10s", "warmup": "1s", "seed": 1}
})json";

/// One run of `spec`, with its luck.
std::unique_ptr<Run> run_of(const Spec& spec, std::uint64_t seed = 1) {
  Problems problems;
  auto run = std::make_unique<Run>(spec, seed, 0, problems);
  for (const Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return run;
}

Result result_in_one_go(const Spec& spec, std::uint64_t seed = 1) {
  const auto run = run_of(spec, seed);
  EXPECT_EQ(run->run_to_end(), StopReason::reached);
  return run->result();
}

/// A request each 10 ms, and an answer to it after 25 ms.
const std::string steady = tests::warmed_scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 10, "endpoints": {"default": ["sleep(25ms)"]}})json",
                                                  "20s", "7030ms");

void expect_same(const Result& result, const Result& expected) {
  EXPECT_EQ(result.order_digest, expected.order_digest);
  EXPECT_EQ(result.results_digest, expected.results_digest);
  EXPECT_EQ(result.events, expected.events);
  EXPECT_FALSE(result.cut_short);
}

class RunTest : public testing::Test {
 protected:
  const Spec spec = spec_of(busy);
  const Result expected = result_in_one_go(spec);
};

TEST_F(RunTest, DoesSomething) {
  // 9 s of 200/s, and some of everything that can go wrong.
  expect_conservation(expected);
  EXPECT_NEAR(static_cast<double>(expected.requests.counts.sent), 1800, 4 * 42.4);
  EXPECT_GT(expected.requests.counts.ok, 1500u);
  const OutcomeCounts& struck = node_of(expected, "app[0]").counts;
  EXPECT_GT(tests::errors_of(struck, "reset") + tests::errors_of(struck, "refused"), 0u);
  EXPECT_FALSE(expected.cut_short);
  EXPECT_DOUBLE_EQ(expected.virtual_seconds, 10);
  EXPECT_DOUBLE_EQ(expected.measured_seconds, 9);
}

TEST_F(RunTest, InPiecesIsTheSameAsInOneGo) {
  for (const Duration piece : {Duration(1ms), Duration(333'333'333ns), Duration(7s)}) {
    const auto run = run_of(spec);
    for (Time until = time_zero; !run->finished(); until += piece) {
      EXPECT_EQ(run->run_until(until), StopReason::reached);
      EXPECT_EQ(run->now(), std::min(until, run->end()));
    }
    expect_same(run->result(), expected);
  }
}

TEST_F(RunTest, EventByEventIsTheSameAsInOneGo) {
  const auto run = run_of(spec);
  std::uint64_t events = 0;
  while (run->step()) ++events;
  EXPECT_EQ(events, expected.events);
  EXPECT_TRUE(run->finished());
  EXPECT_EQ(run->now(), run->end());
  expect_same(run->result(), expected);
  EXPECT_FALSE(run->step());
}

TEST_F(RunTest, StepsAndPiecesMayBeMixed) {
  const auto run = run_of(spec);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(run->step());
  run->run_until(Time(3s));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(run->step());
  run->run_to_end();
  expect_same(run->result(), expected);
}

TEST_F(RunTest, GoesNoFurtherThanItsEndAndNoWayBack) {
  const auto run = run_of(spec);
  run->run_until(Time(5s));
  run->run_until(Time(2s));
  EXPECT_EQ(run->now(), Time(5s));
  run->run_until(Time(1h));
  EXPECT_EQ(run->now(), Time(10s));
  EXPECT_TRUE(run->finished());
  expect_same(run->result(), expected);
}

TEST_F(RunTest, PausedByAnotherThreadItResumes) {
  // The other thread asks for a pause again and again; each time the run is picked up where it
  // stopped.
  const auto run = run_of(spec);
  std::atomic<bool> over{false};
  std::atomic<bool> asked{false};
  std::thread other([&] {
    while (!over.load()) {
      run->request_pause();
      asked = true;
      std::this_thread::sleep_for(50us);
    }
  });
  while (!asked) std::this_thread::yield();
  int pauses = 0;
  while (run->run_to_end() == StopReason::paused) {
    ++pauses;
    EXPECT_LE(run->now(), run->end());
    std::this_thread::yield();
  }
  over = true;
  other.join();
  EXPECT_GT(pauses, 0);
  expect_same(run->result(), expected);
}

TEST_F(RunTest, APauseAskedForBeforeItStartsStopsItAtTheFirstEvent) {
  const auto run = run_of(spec);
  run->request_pause();
  EXPECT_EQ(run->run_to_end(), StopReason::paused);
  EXPECT_LE(run->events(), 1u);
  EXPECT_EQ(run->run_to_end(), StopReason::reached);
  expect_same(run->result(), expected);
}

TEST_F(RunTest, AResultInTheMiddleIsCutShortAndDisturbsNothing) {
  const auto run = run_of(spec);
  EXPECT_EQ(run->result().requests.counts.sent, 0u);  // Before it began.
  for (const Duration until :
       {Duration(500ms), Duration(1s), Duration(5s), Duration(9'999'999'999ns)}) {
    run->run_until(Time(until));
    const Result middle = run->result();
    EXPECT_TRUE(middle.cut_short);
    EXPECT_DOUBLE_EQ(middle.virtual_seconds, to_seconds(until));
    EXPECT_DOUBLE_EQ(middle.planned_seconds, 10);
    expect_conservation(middle);
  }
  run->run_to_end();
  expect_same(run->result(), expected);
  expect_same(run->result(), expected);  // And asking for it again changes nothing.
}

TEST_F(RunTest, TwoRunsInOneThreadDoNotDisturbEachOther) {
  const Result expected_other = result_in_one_go(spec, 2);
  const auto one = run_of(spec, 1);
  const auto other = run_of(spec, 2);
  for (Time until = time_zero; !one->finished(); until += 100ms) {
    one->run_until(until);
    other->run_until(until + 37ms);
  }
  other->run_to_end();
  expect_same(one->result(), expected);
  expect_same(other->result(), expected_other);
}

TEST_F(RunTest, MayBeBuiltInOneThreadRunInAnotherAndEndedInAThird) {
  auto run = run_of(spec);
  std::thread([&] { run->run_until(Time(5s)); }).join();
  std::thread([&] { run->run_to_end(); }).join();
  expect_same(run->result(), expected);
  std::thread([&] { run.reset(); }).join();
}

TEST_F(RunTest, MayBeDroppedAnywhere) {
  // Under the sanitizers: nothing leaks and nothing is touched after it is gone.
  for (const Duration until : {Duration(0), Duration(1ms), Duration(5s), Duration(10s)}) {
    run_of(spec)->run_until(Time(until));
  }
  run_of(spec);
}

TEST_F(RunTest, TellsHowFarItHasCome) {
  const auto run = run_of(spec);
  EXPECT_EQ(run->progress(), time_zero);
  run->run_until(Time(5s));
  EXPECT_GT(run->progress(), Time(4900ms));
  EXPECT_LE(run->progress(), Time(5s));
  EXPECT_GT(run->progress_events(), 0u);
  EXPECT_LE(run->progress_events(), run->events());
}

TEST_F(RunTest, ItsSeriesAddUpToItsCounts) {
  // Without a warm-up each answered request stands in one step of the series: rate times length of
  // a step.
  Spec cold = spec_of(busy, {{"run.warmup", "0s"}});
  const Result result = result_in_one_go(cold);
  double ok = 0;
  for (const double rate : result.series.at("throughput_per_second"))
    ok += rate * result.series_step_seconds;
  double failed = 0;
  for (const char* name : {"fail_per_second", "unknown_per_second"}) {
    for (const double rate : result.series.at(name)) failed += rate * result.series_step_seconds;
  }
  EXPECT_NEAR(ok, static_cast<double>(result.requests.counts.ok), 1e-6);
  EXPECT_NEAR(failed,
              static_cast<double>(result.requests.counts.fail + result.requests.counts.unknown),
              1e-6);
  // The mean of a node's utilisation over the steps is its mean over the run.
  for (const NodeResult& node : result.nodes) {
    const auto series = node.series.find("utilization");
    if (series == node.series.end()) continue;
    double sum = 0;
    for (const double value : series->second) sum += value;
    EXPECT_NEAR(sum / static_cast<double>(series->second.size()), node.scalars.at("utilization"),
                1e-9)
        << node.name;
  }
}

TEST_F(RunTest, PoolsTheNodesOfAGroup) {
  const NodeResult& group = expected.groups.at("app");
  OutcomeCounts sum;
  Histogram latency;
  double throughput = 0;
  double utilization = 0;
  for (const char* name : {"app[0]", "app[1]", "app[2]"}) {
    const NodeResult& node = node_of(expected, name);
    sum.sent += node.counts.sent;
    sum.ok += node.counts.ok;
    latency.merge(node.histograms.at("latency_seconds"));
    throughput += node.scalars.at("throughput_per_second");
    utilization += node.scalars.at("utilization") / 3;
  }
  EXPECT_EQ(group.counts.sent, sum.sent);
  EXPECT_EQ(group.counts.ok, sum.ok);
  EXPECT_TRUE(group.histograms.at("latency_seconds") == latency);
  EXPECT_DOUBLE_EQ(group.scalars.at("throughput_per_second"), throughput);
  EXPECT_DOUBLE_EQ(group.scalars.at("utilization"), utilization);
  const nlohmann::json json = to_json(expected);
  EXPECT_EQ(json.at("groups").at("app").at("served"), sum.ok);
}

TEST(Run, ARunErrorLeavesThroughTheStepThatMetIt) {
  // 1000/s at a store that never answers: the 101st request at 0.101 s is too many.
  const Spec spec = spec_of(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "1h"}},
      "run": {"duration": "10s", "in_service_limit": 100}})json");
  for (const bool by_steps : {false, true}) {
    const auto run = run_of(spec);
    try {
      if (by_steps) {
        while (run->step()) {
        }
      } else {
        run->run_to_end();
      }
      FAIL() << "no RunError";
    } catch (const RunError& error) {
      EXPECT_EQ(error.where(), "db");
      EXPECT_EQ(error.when(), Time(101ms));
    }
    // What was measured until then can be had.
    const Result result = run->result();
    EXPECT_TRUE(result.cut_short);
    EXPECT_EQ(node_of(result, "db").counts.in_flight, 100u);
  }
}

TEST(Run, LittlesLawHoldsAtEveryInstantANodeIsEmpty) {
  // The area under the number of requests at a node is the sum of their stays: exactly, in
  // nanoseconds, whenever none is there.
  const Spec spec = spec_of(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(100/s)", "target": "app"},
      "app": {"type": "app_server", "workers": 2, "cores": 1, "endpoints": {"default": [
          "cpu(exponential(2ms))", {"type": "parallel", "steps": ["call(db)", "sleep(uniform(low=1ms, high=3ms))"]}]}},
      "db": {"type": "database", "connections": 2, "service_time": "exponential(3ms)"}},
      "network": {"default_latency": "exponential(100us)"},
      "run": {"duration": "20s"}})json");
  const auto run = run_of(spec);
  std::map<std::string, int> checks;
  while (run->step()) {
    for (const auto& node : run->system().nodes()) {
      if (node->in_service() != 0 || node->tally().sent == 0) continue;
      ++checks[node->name()];
      ASSERT_TRUE(node->in_service_gauge().area(run->now()) ==
                  static_cast<Int128>(node->latency().sum()))
          << node->name() << " at " << to_seconds(run->now());
    }
  }
  EXPECT_GT(checks["app"], 100);
  EXPECT_GT(checks["db"], 100);
}

TEST(Run, TheLatencySeriesGoesOnOverTheEndOfTheWarmUp) {
  // The statistics begin at 7.03 s, inside a step of the series: what ended in it before belongs to
  // the step, and so does what was sent before and ended after. All take 25 ms.
  const Result result = result_in_one_go(spec_of(steady));
  for (const char* name : {"latency_p50_seconds", "latency_p99_seconds", "latency_mean_seconds",
                           "latency_max_seconds"}) {
    const std::vector<double>& series = result.series.at(name);
    ASSERT_EQ(series.size(), result.series.at("throughput_per_second").size());
    for (std::size_t i = 0; i < series.size(); ++i) EXPECT_NEAR(series[i], 0.025, 1e-4) << i;
  }
  // What was sent before counts nowhere else.
  EXPECT_EQ(result.requests.latency.count(), result.requests.counts.ok);
  EXPECT_NEAR(static_cast<double>(result.requests.counts.ok), 12.97 * 100 - 2.5, 1);
}

TEST(Run, SlowAnswersAreInTheSeriesWhenTheyWereSentInTheWarmUp) {
  // Of two kinds of requests one takes 3 s. Those that were sent before the end of the warm-up, at
  // 5 s, are answered until 8 s: in each step a half of the answers takes 3 s, before and after.
  const Result result = result_in_one_go(spec_of(tests::warmed_scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app"},
    "slow_users": {"type": "clients", "arrivals": "constant(100/s)", "target": "slow"},
    "app": {"type": "app_server", "workers": 10, "endpoints": {"default": ["sleep(25ms)"]}},
    "slow": {"type": "app_server", "workers": 1000, "endpoints": {"default": ["sleep(3s)"]}})json",
                                                                        "20s", "5s")));
  const std::vector<double>& mean = result.series.at("latency_mean_seconds");
  const double step = result.series_step_seconds;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double from = static_cast<double>(i) * step;
    if (from > 3.1) EXPECT_NEAR(mean[i], 1.5125, 0.2) << from;
  }
}

}  // namespace
}  // namespace faultline::sim
