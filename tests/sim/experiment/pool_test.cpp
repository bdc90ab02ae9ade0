#include "sim/experiment/pool.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace faultline::sim {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The result of a replication with one node, `ok` ok requests of 1 ms each, and `timeouts` others.
Result result_with(std::uint64_t ok, std::uint64_t timeouts) {
  Result result;
  result.measured_seconds = result.virtual_seconds = result.planned_seconds = 10;
  result.events = 100;
  result.order_digest = "order" + std::to_string(ok);
  result.results_digest = "results" + std::to_string(ok);
  OutcomeCounts& counts = result.requests.counts;
  counts.sent = ok + timeouts;
  counts.ok = ok;
  counts.fail = timeouts;
  if (timeouts > 0) counts.errors["timeout"] = timeouts;
  result.requests.latency.record_n(1'000'000, ok);
  result.requests.throughput_per_second = static_cast<double>(ok) / 10;
  result.by_class["default"] = result.requests;
  NodeResult node;
  node.name = node.group = "db";
  node.counts = counts;
  node.scalars["utilization"] = 0.1 * static_cast<double>(ok);
  node.histograms["latency_seconds"] = result.requests.latency;
  result.nodes.push_back(node);
  result.groups["db"] = node;
  result.slos.push_back({.name = "fast",
                         .good = "ok",
                         .window = "1h",
                         .target = 0.5,
                         .good_count = ok,
                         .total = ok + timeouts});
  return result;
}

Result pooled(const std::vector<Result>& results) {
  ResultPool pool;
  for (const Result& result : results) pool.add(result);
  EXPECT_EQ(pool.count(), results.size());
  return pool.pooled();
}

TEST(ResultPool, OfOneResultIsThatResult) {
  const Result one = pooled({result_with(4, 1)});
  EXPECT_EQ(one.order_digest, "order4");
  EXPECT_EQ(one.results_digest, "results4");
  EXPECT_EQ(one.replications, 1u);
  EXPECT_TRUE(one.intervals.empty());
}

TEST(ResultPool, SumsCountsMergesHistogramsAndAveragesTheRest) {
  const Result both = pooled({result_with(2, 0), result_with(6, 3)});
  EXPECT_EQ(both.replications, 2u);
  EXPECT_EQ(both.requests.counts.sent, 11u);
  EXPECT_EQ(both.requests.counts.ok, 8u);
  EXPECT_EQ(both.requests.counts.errors.at("timeout"), 3u);
  EXPECT_EQ(both.requests.latency.count(), 8u);
  EXPECT_DOUBLE_EQ(both.requests.throughput_per_second, 0.4);
  EXPECT_DOUBLE_EQ(both.by_class.at("default").throughput_per_second, 0.4);
  EXPECT_EQ(both.events, 200u);
  EXPECT_EQ(both.nodes.at(0).counts.ok, 8u);
  EXPECT_DOUBLE_EQ(both.nodes.at(0).scalars.at("utilization"), 0.4);
  EXPECT_DOUBLE_EQ(both.groups.at("db").scalars.at("utilization"), 0.4);
  EXPECT_EQ(both.groups.at("db").histograms.at("latency_seconds").count(), 8u);
  EXPECT_EQ(both.slos.at(0).good_count, 8u);
  EXPECT_EQ(both.slos.at(0).total, 11u);
  EXPECT_DOUBLE_EQ(both.slos.at(0).ratio, 8.0 / 11);
}

TEST(ResultPool, MakesAnIntervalOfEveryScalar) {
  // 2 and 6: mean 4, standard deviation sqrt(8); Student's t with one degree of freedom is 12.7062.
  const Result both = pooled({result_with(2, 0), result_with(6, 3)});
  const Interval& ok = both.intervals.at("requests.ok");
  EXPECT_DOUBLE_EQ(ok.mean, 4);
  EXPECT_DOUBLE_EQ(ok.stddev, std::sqrt(8.0));
  EXPECT_NEAR(ok.half_width, 12.7062 * std::sqrt(8.0) / std::sqrt(2.0), 1e-3);
  EXPECT_EQ(ok.count, 2u);
  for (const char* path : {"events", "requests.latency_seconds.p99", "requests.by_class.default.ok",
                           "nodes.db.utilization", "nodes.db.latency_seconds.mean",
                           "groups.db.utilization", "slos.fast.ratio"}) {
    EXPECT_EQ(both.intervals.count(path), 1u) << path;
  }
  for (const char* path : {"seed", "faultline", "replications", "virtual_seconds", "wall_seconds",
                           "slos.fast.target"}) {
    EXPECT_EQ(both.intervals.count(path), 0u) << path;
  }
}

TEST(ResultPool, AReasonNotNamedOccurredZeroTimes) {
  // Never, three times, never, once: mean 1, whichever replication knows of it first.
  const Result four =
      pooled({result_with(1, 0), result_with(2, 3), result_with(3, 0), result_with(4, 1)});
  for (const char* path : {"requests.errors.timeout", "requests.by_class.default.errors.timeout",
                           "nodes.db.errors.timeout"}) {
    EXPECT_EQ(four.intervals.at(path).count, 4u) << path;
    EXPECT_DOUBLE_EQ(four.intervals.at(path).mean, 1) << path;
    EXPECT_DOUBLE_EQ(four.intervals.at(path).stddev, std::sqrt((1 + 4 + 1 + 0) / 3.0)) << path;
  }
}

TEST(ResultPool, AValueThatAReplicationDoesNotHaveIsLeftOut) {
  // Without an ok request there is no latency.
  const Result both = pooled({result_with(0, 1), result_with(2, 1), result_with(2, 1)});
  EXPECT_EQ(both.intervals.at("requests.latency_seconds.mean").count, 2u);
  EXPECT_DOUBLE_EQ(both.intervals.at("requests.latency_seconds.mean").mean, 0.001);
}

TEST(ResultPool, AveragesEachPointOfASeriesOverTheResultsThatHaveIt) {
  Result one = result_with(1, 0);
  Result two = result_with(1, 0);
  one.series["latency"] = {nan, 2, nan, 4};
  two.series["latency"] = {1, 4, nan, nan};
  one.nodes.at(0).series["utilization"] = one.groups.at("db").series["utilization"] = {0.5, nan};
  two.nodes.at(0).series["utilization"] = two.groups.at("db").series["utilization"] = {0.7, 0.3};
  const Result both = pooled({one, two});
  const std::vector<double>& latency = both.series.at("latency");
  ASSERT_EQ(latency.size(), 4u);
  EXPECT_DOUBLE_EQ(latency[0], 1);
  EXPECT_DOUBLE_EQ(latency[1], 3);
  EXPECT_TRUE(std::isnan(latency[2]));
  EXPECT_DOUBLE_EQ(latency[3], 4);
  EXPECT_DOUBLE_EQ(both.nodes.at(0).series.at("utilization").at(0), 0.6);
  EXPECT_DOUBLE_EQ(both.nodes.at(0).series.at("utilization").at(1), 0.3);
  EXPECT_DOUBLE_EQ(both.groups.at("db").series.at("utilization").at(1), 0.3);
}

TEST(ResultPool, ItsDigestsDependOnAllResultsAndTheirOrder) {
  const Result ab = pooled({result_with(1, 0), result_with(2, 0)});
  const Result ba = pooled({result_with(2, 0), result_with(1, 0)});
  const Result aa = pooled({result_with(1, 0), result_with(1, 0)});
  EXPECT_EQ(ab.order_digest, pooled({result_with(1, 0), result_with(2, 0)}).order_digest);
  EXPECT_NE(ab.order_digest, ba.order_digest);
  EXPECT_NE(ab.results_digest, ba.results_digest);
  EXPECT_NE(ab.results_digest, aa.results_digest);
}

TEST(ResultPool, IsCutShortIfOneOfItsResultsWas) {
  Result cut = result_with(1, 0);
  cut.cut_short = true;
  EXPECT_TRUE(pooled({result_with(1, 0), cut}).cut_short);
  EXPECT_FALSE(pooled({result_with(1, 0), result_with(2, 0)}).cut_short);
}

}  // namespace
}  // namespace faultline::sim
