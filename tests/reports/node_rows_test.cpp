#include "reports/node_rows.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace faultline::reports {
namespace {

sim::Result result_with(int replicas) {
  sim::Result result;
  for (int i = 0; i < replicas; ++i) {
    sim::NodeResult node;
    node.name = "app[" + std::to_string(i) + "]";
    node.group = "app";
    node.counts = {10, 8, 1, 1, 0, {{"timeout", 2}}};
    node.scalars["utilization"] = i / 10.0;
    node.series["utilization"] = {i / 10.0, std::nan("")};
    node.histograms["latency_seconds"].record(1'000'000 * (i + 1));
    result.nodes.push_back(node);
  }
  return result;
}

TEST(NodeRows, EightReplicasHaveARowEachAndNineShareOne) {
  const sim::Result eight = result_with(8);
  EXPECT_EQ(node_rows(eight).size(), 8U);
  const sim::Result nine = result_with(9);
  const auto rows = node_rows(nine);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].name(), "app ×9");
}

TEST(NodeRows, PoolsReplicasThatNobodyPooled) {
  const sim::Result result = result_with(9);
  const NodeRow row = node_rows(result).front();
  EXPECT_EQ(row.values().counts.sent, 90U);
  EXPECT_EQ(row.values().counts.errors.at("timeout"), 18U);
  EXPECT_NEAR(row.scalar("utilization"), 0.4, 1e-12);  // The mean of 0, 0.1 ... 0.8.
  EXPECT_EQ(row.range("utilization").low, 0.0);
  EXPECT_EQ(row.range("utilization").high, 0.8);
  EXPECT_EQ(row.histogram("latency_seconds")->count(), 9U);
  EXPECT_NEAR(row.values().series.at("utilization")[0], 0.4, 1e-12);
  EXPECT_TRUE(std::isnan(row.values().series.at("utilization")[1]));
}

TEST(NodeRows, TakesThePooledGroupOfTheResult) {
  sim::Result result = result_with(9);
  result.groups["app"].group = "app";
  result.groups["app"].scalars["utilization"] = 0.77;
  EXPECT_EQ(node_rows(result).front().scalar("utilization"), 0.77);
}

TEST(NodeRows, HasNoNumberWhereThereIsNone) {
  const sim::Result result = result_with(1);
  const NodeRow row = node_rows(result).front();
  EXPECT_TRUE(std::isnan(row.scalar("hit_ratio")));
  EXPECT_TRUE(std::isnan(row.range("hit_ratio").low));
  EXPECT_EQ(row.histogram("queue_wait_seconds"), nullptr);
  EXPECT_TRUE(std::isnan(quantile_seconds(nullptr, 0.5)));
}

TEST(HighestRows, KeepsTheHighestInTheirOrder) {
  const sim::Result result = result_with(8);
  const auto rows = highest_rows(node_rows(result), "utilization", 3);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name(), "app[5]");
  EXPECT_EQ(rows[2].name(), "app[7]");
}

}  // namespace
}  // namespace faultline::reports
