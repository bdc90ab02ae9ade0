#include "sim/experiment/experiment.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/kernel/run_error.hpp"
#include "sim/measure/statistics.hpp"
#include "sim/scenario/run.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

using tests::expect_conservation;
using tests::run_spec;
using tests::spec_of;

const std::string queue = R"json({"faultline": 1, "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(80/s)", "target": "db", "timeout": "300ms"},
    "db": {"type": "database", "connections": 1, "queue_limit": 20, "service_time": "exponential(10ms)"}},
    "slos": [{"name": "fast", "good": "latency < 50ms", "target": "90%"}],
    "run": {"duration": "20s", "warmup": "1s", "seed": 3}})json";

/// Replication `replication` of `spec` alone.
Result single(const Spec& spec, std::uint64_t replication) {
  Problems problems;
  Run run(spec, static_cast<std::uint64_t>(spec.run.seed), replication, problems);
  EXPECT_TRUE(problems.empty());
  run.run_to_end();
  return run.result();
}

TEST(Experiment, PoolsItsReplications) {
  const Spec spec = spec_of(queue);
  const Result pooled = run_spec(spec, 4);
  OutcomeCounts counts;
  Histogram latency;
  Histogram wait;
  std::uint64_t events = 0;
  std::uint64_t good = 0;
  std::uint64_t total = 0;
  for (std::uint64_t replication = 0; replication < 4; ++replication) {
    const Result one = single(spec, replication);
    counts.sent += one.requests.counts.sent;
    counts.ok += one.requests.counts.ok;
    counts.fail += one.requests.counts.fail;
    counts.unknown += one.requests.counts.unknown;
    counts.in_flight += one.requests.counts.in_flight;
    latency.merge(one.requests.latency);
    wait.merge(one.nodes.at(0).histograms.at("queue_wait_seconds"));
    events += one.events;
    good += one.slos.at(0).good_count;
    total += one.slos.at(0).total;
  }
  expect_conservation(pooled);
  EXPECT_EQ(pooled.replications, 4u);
  EXPECT_EQ(pooled.requests.counts.sent, counts.sent);
  EXPECT_EQ(pooled.requests.counts.ok, counts.ok);
  EXPECT_EQ(pooled.requests.counts.fail, counts.fail);
  EXPECT_EQ(pooled.requests.counts.unknown, counts.unknown);
  EXPECT_EQ(pooled.requests.counts.in_flight, counts.in_flight);
  EXPECT_TRUE(pooled.requests.latency == latency);
  EXPECT_TRUE(pooled.nodes.at(0).histograms.at("queue_wait_seconds") == wait);
  EXPECT_EQ(pooled.events, events);
  EXPECT_EQ(pooled.slos.at(0).good_count, good);
  EXPECT_EQ(pooled.slos.at(0).total, total);
  EXPECT_DOUBLE_EQ(pooled.slos.at(0).ratio, static_cast<double>(good) / static_cast<double>(total));
  EXPECT_FALSE(pooled.cut_short);
}

TEST(Experiment, ItsIntervalsAreThoseOfSingleReplications) {
  // By hand: mean, standard deviation with n - 1, half width t(0.975, 4) s / sqrt(5) with t
  // = 2.776445.
  const Spec spec = spec_of(queue);
  const Result pooled = run_spec(spec, 5);
  std::vector<double> utilization;
  std::vector<double> p99;
  for (std::uint64_t replication = 0; replication < 5; ++replication) {
    const Result one = single(spec, replication);
    utilization.push_back(one.nodes.at(0).scalars.at("utilization"));
    p99.push_back(to_json(one).at("requests").at("latency_seconds").at("p99").get<double>());
  }
  for (const auto& [path, values] :
       {std::pair{"nodes.db.utilization", utilization}, {"requests.latency_seconds.p99", p99}}) {
    double mean = 0;
    for (const double value : values) mean += value / 5;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double stddev = std::sqrt(squares / 4);
    const Interval& interval = pooled.intervals.at(path);
    EXPECT_NEAR(interval.mean, mean, 1e-12) << path;
    EXPECT_NEAR(interval.stddev, stddev, 1e-12) << path;
    EXPECT_NEAR(interval.half_width, 2.776445 * stddev / std::sqrt(5.0), 1e-6 * interval.half_width)
        << path;
    EXPECT_EQ(interval.count, 5u);
    EXPECT_EQ(interval.confidence, 0.95);
  }
  EXPECT_NEAR(pooled.nodes.at(0).scalars.at("utilization"),
              pooled.intervals.at("nodes.db.utilization").mean, 1e-12);
}

TEST(Experiment, ReplicationsDifferAndAreReproducible) {
  const Spec spec = spec_of(queue);
  EXPECT_NE(single(spec, 0).order_digest, single(spec, 1).order_digest);
  EXPECT_EQ(single(spec, 1).order_digest, single(spec, 1).order_digest);
  // One replication is the first of several.
  EXPECT_EQ(run_spec(spec, 1).order_digest, single(spec, 0).order_digest);
  EXPECT_TRUE(run_spec(spec, 1).intervals.empty());
}

TEST(Experiment, AReasonThatOneReplicationDoesNotKnowCountsAsZeroThere) {
  // 1000 requests each, one in 500 fails: twice on average, in about one replication of seven
  // never.
  const Spec spec = spec_of(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["fail(0.2%)"]}}},
      "run": {"duration": "10005ms"}})json");
  bool none = false;
  for (std::uint64_t replication = 0; replication < 20; ++replication) {
    none = none || single(spec, replication).requests.counts.fail == 0;
  }
  ASSERT_TRUE(none);
  const Result pooled = run_spec(spec, 20);
  const Interval& errors = pooled.intervals.at("requests.errors.error");
  EXPECT_EQ(errors.count, 20u);
  EXPECT_DOUBLE_EQ(errors.mean,
                   static_cast<double>(pooled.requests.counts.errors.at("error")) / 20);
  EXPECT_EQ(pooled.intervals.at("nodes.app.errors.error").count, 20u);
}

TEST(Experiment, APointOfASeriesIsTheMeanOfThoseThatHaveIt) {
  // Sparse arrivals: most steps have no request and hence no latency. Where one of the replications
  // has one, the pooled point is its latency, not half of it: all services take 10 ms.
  const Result pooled = run_spec(spec_of(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "10ms"}},
      "run": {"duration": "100s"}})json"),
                                 3);
  int points = 0;
  for (const double value : pooled.series.at("latency_mean_seconds")) {
    if (std::isnan(value)) continue;
    ++points;
    EXPECT_NEAR(value, 0.010, 1e-12);
  }
  EXPECT_GT(points, 50);
  double sum = 0;
  for (const double value : pooled.series.at("throughput_per_second"))
    sum += value * pooled.series_step_seconds;
  EXPECT_NEAR(sum, static_cast<double>(pooled.requests.counts.ok) / 3, 1e-6);
}

TEST(Experiment, ARunErrorOfAnyReplicationLeavesThroughIt) {
  // Every replication fails, each at its own time; whichever thread is first, the error of the
  // first replication is told.
  const Spec spec = spec_of(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(1000/s)", "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "1h"}},
      "run": {"duration": "10s", "in_service_limit": 100}})json");
  Time first{};
  try {
    single(spec, 0);
  } catch (const RunError& error) {
    first = error.when();
  }
  for (const std::uint64_t jobs : {1u, 2u, 4u}) {
    ExperimentOptions options;
    options.seed = static_cast<std::uint64_t>(spec.run.seed);
    options.replications = 8;
    options.jobs = jobs;
    options.progress = [](const Progress&) {};
    Problems problems;
    try {
      run_experiment(spec, options, problems);
      FAIL() << "no RunError";
    } catch (const RunError& error) {
      EXPECT_EQ(error.where(), "db");
      if (jobs == 1) {
        EXPECT_EQ(error.when(), first);
      }
    }
  }
}

TEST(Experiment, TellsTheProblemsThatOnlyBuildingFinds) {
  const Spec spec = spec_of(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(10/s)", "target": "users"}}})json");
  Problems problems;
  ExperimentOptions options;
  options.replications = 3;
  options.jobs = 2;
  EXPECT_FALSE(run_experiment(spec, options, problems).has_value());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems.sorted()[0].to_text(), "nodes.users.target: \"users\" takes no requests");
}

/// Runs for hours of wall time unless it is stopped.
const std::string endless = R"json({"faultline": 1, "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(1000/s)", "target": "db"},
    "db": {"type": "database", "service_time": "exponential(1ms)"}},
    "run": {"duration": "10000h"}})json";

TEST(Experiment, StoppedFromOutsideItEndsInOrderWithWhatItHas) {
  for (const std::uint64_t replications : {1u, 3u}) {
    std::atomic<bool> stop{false};
    std::uint64_t events = 0;
    ExperimentOptions options;
    options.replications = replications;
    options.jobs = 2;
    options.stop = &stop;
    options.progress = [&](const Progress& progress) {
      EXPECT_EQ(progress.replications, replications);
      EXPECT_GE(progress.events, events);
      events = progress.events;
      if (progress.wall_seconds > 0.15) stop = true;
    };
    Problems problems;
    const auto result = run_experiment(spec_of(endless), options, problems);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(result->cut_short);
    EXPECT_GT(result->requests.counts.ok, 0u);
    EXPECT_LT(result->virtual_seconds, 36e6);
    EXPECT_EQ(result->replications, 1u);
    expect_conservation(*result);
  }
}

TEST(Experiment, StoppedBeforeItBeginsItEndsAtOnce) {
  std::atomic<bool> stop{true};
  ExperimentOptions options;
  options.replications = 2;
  options.jobs = 2;
  options.stop = &stop;
  Problems problems;
  const auto result = run_experiment(spec_of(endless), options, problems);
  if (result) {
    EXPECT_TRUE(result->cut_short);
  }
  EXPECT_TRUE(problems.empty());
}

TEST(Experiment, StoppedInTheMiddleItPoolsTheReplicationsThatWereFinished) {
  // Replications are stopped when at least two are done; those under way are left out, whichever of
  // the two threads has them.
  std::atomic<bool> stop{false};
  ExperimentOptions options;
  options.replications = 1000;
  options.jobs = 2;
  options.stop = &stop;
  options.progress = [&](const Progress& progress) {
    if (progress.replications_done >= 2) stop = true;
  };
  Problems problems;
  const auto result = run_experiment(spec_of(queue, {{"run.duration", "600s"}}), options, problems);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->cut_short);
  EXPECT_GE(result->replications, 2u);
  EXPECT_LT(result->replications, 1000u);
  EXPECT_DOUBLE_EQ(result->virtual_seconds, 600);
  expect_conservation(*result);
}

}  // namespace
}  // namespace faultline::sim
