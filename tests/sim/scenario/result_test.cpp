#include "sim/scenario/result.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace faultline::sim {
namespace {

using nlohmann::json;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Result sample() {
  Result result;
  result.version = "0.1.0";
  result.title = "One server";
  result.scenario_sha256 = "abc";
  result.scenario_text = "{}";
  result.seed = 7;
  result.virtual_seconds = result.planned_seconds = 60;
  result.warmup_seconds = 5;
  result.measured_seconds = 55;
  result.wall_seconds = 0.25;
  result.events = 1000;
  result.order_digest = "01";
  result.results_digest = "02";
  result.requests.counts = {104, 100, 3, 1, 0, {{"rejected", 3}, {"timeout", 1}}};
  result.requests.throughput_per_second = 2;
  for (int i = 1; i <= 100; ++i) result.requests.latency.record(i);
  result.by_class["read"] = result.requests;
  NodeResult node;
  node.name = "app[0]";
  node.group = "app";
  node.type = "app_server";
  node.counts = {104, 101, 3, 0, 0, {{"rejected", 3}}};
  node.scalars = {{"utilization", 0.7}, {"queue_length_mean", nan}};
  node.histograms["queue_wait_seconds"].record(2'000'000'000);
  node.series["utilization"] = {0.5, nan};
  result.nodes.push_back(node);
  node.name = "app";
  result.groups["app"] = node;
  result.slos.push_back({"fast",
                         "latency < 50ms",
                         "30d",
                         0.99,
                         100,
                         104,
                         0.96,
                         false,
                         3.8,
                         {{"fast: breach", "breach", 10, 12}}});
  result.faults.push_back({"crash(app)", "fault", 10, 11});
  result.expectations.push_back({"requests.ok == 104", 100, false, true});
  result.expectations.push_back({"requests.nothing > 1", 0, false, false});
  result.series_step_seconds = 0.5;
  result.series["throughput_per_second"] = {nan, 2, std::numeric_limits<double>::infinity()};
  result.replications = 3;
  result.intervals["requests.ok"] = {100, 2, 1.5, 0.95, 3};
  return result;
}

TEST(ResultJson, HasTheKeysOfTheFormat) {
  const json out = to_json(sample());
  EXPECT_EQ(out.at("faultline"), 1);
  EXPECT_EQ(out.at("version"), "0.1.0");
  EXPECT_EQ(out.at("scenario"), (json{{"title", "One server"}, {"sha256", "abc"}}));
  EXPECT_EQ(out.at("seed"), 7);
  EXPECT_EQ(out.at("virtual_seconds"), 60.0);
  EXPECT_EQ(out.at("wall_seconds"), 0.25);
  EXPECT_EQ(out.at("events"), 1000);
  EXPECT_EQ(out.at("digest"), (json{{"order", "01"}, {"results", "02"}}));
  EXPECT_EQ(out.at("replications"), 3);
  EXPECT_EQ(out.at("cut_short"), false);
  EXPECT_EQ(out.at("consistency"), json::object());
  EXPECT_FALSE(out.contains("scenario_text"));
}

TEST(ResultJson, CountsRequestsByOutcomeClassAndReason) {
  const json requests = to_json(sample()).at("requests");
  EXPECT_EQ(requests.at("sent"), 104);
  EXPECT_EQ(requests.at("ok"), 100);
  EXPECT_EQ(requests.at("fail"), 3);
  EXPECT_EQ(requests.at("unknown"), 1);
  EXPECT_EQ(requests.at("in_flight"), 0);
  EXPECT_EQ(requests.at("errors"), (json{{"rejected", 3}, {"timeout", 1}}));
  EXPECT_EQ(requests.at("throughput_per_second"), 2.0);
  EXPECT_EQ(requests.at("by_class").at("read").at("ok"), 100);
}

TEST(ResultJson, GivesLatencyInSeconds) {
  // 1 ns to 100 ns, one each, all in exact buckets: mean 50.5, the q quantile the value of rank 100
  // q.
  const json latency = to_json(sample()).at("requests").at("latency_seconds");
  EXPECT_EQ(latency.at("count"), 100);
  EXPECT_DOUBLE_EQ(latency.at("mean"), 50.5e-9);
  EXPECT_DOUBLE_EQ(latency.at("min"), 1e-9);
  EXPECT_DOUBLE_EQ(latency.at("p50"), 50e-9);
  EXPECT_DOUBLE_EQ(latency.at("p90"), 90e-9);
  EXPECT_DOUBLE_EQ(latency.at("p95"), 95e-9);
  EXPECT_DOUBLE_EQ(latency.at("p99"), 99e-9);
  EXPECT_DOUBLE_EQ(latency.at("p999"), 100e-9);
  EXPECT_DOUBLE_EQ(latency.at("max"), 100e-9);
}

TEST(ResultJson, HasNoLatencyWithoutASample) {
  EXPECT_EQ(
      to_json(Histogram{}).dump(),
      R"({"count":0,"max":null,"mean":null,"min":null,"p50":null,"p90":null,"p95":null,"p99":null,"p999":null})");
}

TEST(ResultJson, InlinesWhatANodeMeasured) {
  const json node = to_json(sample()).at("nodes").at("app[0]");
  EXPECT_EQ(node.at("group"), "app");
  EXPECT_EQ(node.at("type"), "app_server");
  EXPECT_EQ(node.at("received"), 104);
  EXPECT_EQ(node.at("served"), 101);
  EXPECT_EQ(node.at("ok"), 101);
  EXPECT_EQ(node.at("utilization"), 0.7);
  EXPECT_TRUE(node.at("queue_length_mean").is_null());
  EXPECT_EQ(node.at("queue_wait_seconds").at("max"), 2.0);
  EXPECT_EQ(node.at("series").at("utilization"), (json{0.5, nullptr}));
  EXPECT_EQ(to_json(sample()).at("groups").at("app").at("received"), 104);
}

TEST(ResultJson, ListsSlosFaultsAndExpectations) {
  const json out = to_json(sample());
  const json slo = out.at("slos").at(0);
  EXPECT_EQ(slo.at("name"), "fast");
  EXPECT_EQ(slo.at("indicator"), "latency < 50ms");
  EXPECT_EQ(slo.at("good"), 100);
  EXPECT_EQ(slo.at("total"), 104);
  EXPECT_EQ(slo.at("ratio"), 0.96);
  EXPECT_EQ(slo.at("target"), 0.99);
  EXPECT_EQ(slo.at("met"), false);
  EXPECT_EQ(slo.at("budget_used"), 3.8);
  EXPECT_EQ(slo.at("breaches").at(0).at("from_seconds"), 10.0);
  EXPECT_EQ(out.at("faults").at(0).at("name"), "crash(app)");
  EXPECT_EQ(out.at("expectations").at(0).at("value"), 100.0);
  EXPECT_TRUE(out.at("expectations").at(1).at("value").is_null());
  EXPECT_EQ(out.at("intervals").at("requests.ok"), (json{{"mean", 100.0},
                                                         {"stddev", 2.0},
                                                         {"half_width", 1.5},
                                                         {"confidence", 0.95},
                                                         {"count", 3}}));
}

TEST(ResultJson, WritesNullWhereASeriesHasNoNumber) {
  const json series = to_json(sample()).at("series");
  EXPECT_EQ(series.at("step_seconds"), 0.5);
  EXPECT_EQ(series.at("start_seconds"), 0.0);
  EXPECT_EQ(series.at("throughput_per_second"), (json{nullptr, 2.0, nullptr}));
}

TEST(ResultDigest, LeavesOutWhatDoesNotBelongToTheResults) {
  const std::string digest = digest_of(sample());
  EXPECT_EQ(digest.size(), 16U);
  Result other = sample();
  other.version = "9";
  other.title = "Another";
  other.scenario_sha256 = other.scenario_text = other.order_digest = other.results_digest = "other";
  other.wall_seconds = 99;
  EXPECT_EQ(digest_of(other), digest);
}

TEST(ResultDigest, SeesEveryMeasurement) {
  const std::string digest = digest_of(sample());
  const auto differs = [&](const auto& change) {
    Result other = sample();
    change(other);
    return digest_of(other) != digest;
  };
  EXPECT_TRUE(differs([](Result& result) { ++result.requests.counts.in_flight; }));
  EXPECT_TRUE(differs([](Result& result) { result.requests.latency.record(5); }));
  EXPECT_TRUE(differs(
      [](Result& result) { result.nodes[0].scalars["utilization"] = std::nextafter(0.7, 1); }));
  EXPECT_TRUE(differs([](Result& result) { result.nodes[0].series["utilization"][1] = 0; }));
  EXPECT_TRUE(differs([](Result& result) { result.slos[0].breaches[0].to_seconds = 13; }));
  EXPECT_TRUE(differs([](Result& result) { result.seed = 8; }));
  EXPECT_TRUE(differs([](Result& result) { result.series["throughput_per_second"][1] = 3; }));
}

TEST(ResultDigest, TakesZeroAndNegativeZeroForTheSame) {
  Result zero = sample();
  zero.nodes[0].scalars["utilization"] = 0.0;
  Result negative = sample();
  negative.nodes[0].scalars["utilization"] = -0.0;
  EXPECT_EQ(digest_of(zero), digest_of(negative));
}

TEST(ResultDigest, TakesTextThatIsNoUtf8) {
  Result result = sample();
  result.nodes[0].name = "\xff";
  EXPECT_EQ(digest_of(result).size(), 16U);
}

}  // namespace
}  // namespace faultline::sim
