#include "gui/run/comparison.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/scenario_runner.hpp"

namespace faultline::gui {
namespace {

sim::Result resultWith(double throughput, double spread, std::uint64_t replications) {
  sim::Result result;
  result.requests.throughput_per_second = throughput;
  result.requests.counts.ok = 7;
  result.slos.push_back({.name = "fast", .target = 0.9, .budget_used = throughput / 100});
  if (replications > 1) {
    result.intervals["requests.throughput_per_second"] = {
        .mean = throughput, .stddev = spread, .count = replications};
  }
  return result;
}

const ComparisonRow* find(const std::vector<ComparisonRow>& rows, const char* path) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const ComparisonRow& row) {
    return row.path == QLatin1String(path);
  });
  return found == rows.end() ? nullptr : &*found;
}

TEST(Comparison, TellsDifferenceAndShare) {
  const auto rows = compare(resultWith(20, 0, 1), resultWith(23, 0, 1));
  const ComparisonRow* row = find(rows, "requests.throughput_per_second");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->a, 20);
  EXPECT_EQ(row->b, 23);
  EXPECT_EQ(row->difference, 3);
  EXPECT_DOUBLE_EQ(row->relative, 0.15);
  // Of single runs nobody knows whether it is luck.
  EXPECT_FALSE(row->hasInterval());
  EXPECT_FALSE(row->significant);
  const ComparisonRow* slo = find(rows, "slos.fast.budget_used");
  ASSERT_TRUE(slo);
  EXPECT_NEAR(slo->difference, 0.03, 1e-12);
  // Requests come before objectives.
  EXPECT_EQ(rows.front().path.section(QLatin1Char('.'), 0, 0), QStringLiteral("requests"));
}

TEST(Comparison, ReplicationsSayWhetherItIsLuck) {
  // Welch: variances of the means 2^2/10 = 0.4 and 4^2/8 = 2, together 2.4; degrees of freedom
  // 2.4^2 / (0.4^2/9 + 2^2/7) = 9.776, t = 2.2353; half width 2.2353 * sqrt(2.4) = 3.463.
  const auto rows = compare(resultWith(20, 2, 10), resultWith(23, 4, 8));
  const ComparisonRow* row = find(rows, "requests.throughput_per_second");
  ASSERT_TRUE(row && row->hasInterval());
  EXPECT_NEAR(row->low, 3 - 3.463, 0.002);
  EXPECT_NEAR(row->high, 3 + 3.463, 0.002);
  EXPECT_DOUBLE_EQ(row->confidence, 0.95);
  EXPECT_FALSE(row->significant);
  const auto clear = compare(resultWith(20, 2, 10), resultWith(24, 4, 8));
  EXPECT_TRUE(find(clear, "requests.throughput_per_second")->significant);
  const auto fewer = compare(resultWith(24, 4, 8), resultWith(20, 2, 10));
  EXPECT_TRUE(find(fewer, "requests.throughput_per_second")->significant);
}

TEST(Comparison, WhatOnlyOneHasIsShownWithout) {
  sim::Result a = resultWith(20, 0, 1);
  sim::Result b = resultWith(20, 0, 1);
  b.slos.push_back({.name = "new", .target = 0.9, .budget_used = 0.5});
  const auto rows = compare(a, b, {.unchanged = false});
  EXPECT_FALSE(find(rows, "requests.throughput_per_second"));
  const ComparisonRow* row = find(rows, "slos.new.budget_used");
  ASSERT_TRUE(row);
  EXPECT_TRUE(std::isnan(row->a));
  EXPECT_DOUBLE_EQ(row->b, 0.5);
  EXPECT_TRUE(std::isnan(row->difference));
}

TEST(Comparison, OfARunWithItselfNothingIsDifferent) {
  const sim::Result result = tests::run_text(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(100/s)", "target": "app"},
      "app": {
  "type" : "app_server", "replicas" : 2, "workers" : 2, "endpoints" : {
    "default" : ["cpu(exponential(5ms))"]
  }
}
}
, "run" : { "duration" : "20s" }
})json",
                                             3);
  EXPECT_TRUE(compare(result, result, {.nodes = true, .unchanged = false}).empty());
  const auto rows = compare(result, result);
  const ComparisonRow* row = find(rows, "groups.app.utilization");
  ASSERT_TRUE(row && row->hasInterval());
  EXPECT_LT(row->low, 0);
  EXPECT_GT(row->high, 0);
  EXPECT_FALSE(find(rows, "nodes.app[0].utilization"));
  EXPECT_TRUE(find(compare(result, result, {.nodes = true}), "nodes.app[0].utilization"));
}

}  // namespace
}  // namespace faultline::gui
