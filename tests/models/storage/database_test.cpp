#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

TEST(Database, ReadsAndWritesTakeTheirOwnTimes) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db",
                "mix": [{"endpoint": "look"}, {"endpoint": "buy", "reads": "0%"}]},
      "db": {"type": "database", "service_time": "5ms", "write_service_time": "20ms"})json",
                                           "10050ms"));
  EXPECT_EQ(result.by_class.at("look").latency.min(), 5 * millisecond);
  EXPECT_EQ(result.by_class.at("look").latency.max(), 5 * millisecond);
  EXPECT_EQ(result.by_class.at("buy").latency.min(), 20 * millisecond);
  EXPECT_EQ(result.by_class.at("buy").latency.max(), 20 * millisecond);
}

TEST(Database, AWriteTakesAsLongAsAReadUnlessSaidOtherwise) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "reads": "0%"},
      "db": {"type": "database", "service_time": "5ms"})json",
                                           "1050ms"));
  EXPECT_EQ(result.requests.latency.min(), 5 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 5 * millisecond);
}

TEST(Database, QueriesWaitForAConnectionInTheirOrder) {
  // Five at once, two connections, 10 ms each: 10, 10, 20, 20, 30 ms. Waits of 0, 0, 10, 10, 20 ms:
  // 40 ms in all.
  const auto result = run_checked(scenario(
      burst(5, "db") + R"("db": {"type": "database", "connections": 2, "service_time": "10ms"})",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c3"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c4"), 30 * millisecond);
  EXPECT_EQ(node_of(result, "db").histograms.at("latency_seconds").max(), 30 * millisecond);
  const auto& waits = node_of(result, "db").histograms.at("queue_wait_seconds");
  EXPECT_EQ(waits.count(), 5u);
  EXPECT_EQ(static_cast<std::int64_t>(waits.sum()), 40 * millisecond);
  EXPECT_EQ(scalar_of(result, "db", "queue_length_max"), 3);
  // 40 ms of waiting in 1.9 s; 50 ms of work on two connections.
  EXPECT_NEAR(scalar_of(result, "db", "queue_length_mean"), 0.040 / 1.9, 1e-12);
  EXPECT_NEAR(scalar_of(result, "db", "utilization"), 0.050 / 1.9 / 2, 1e-12);
  EXPECT_NEAR(scalar_of(result, "db", "busy_mean"), 0.050 / 1.9, 1e-12);
}

TEST(Database, WhoFindsTheQueueFullIsRejected) {
  // One works, two wait, two of five are rejected, and a rejected write certainly had no effect.
  const auto result = run_checked(scenario(
      burst(5, "db", [](int) { return R"(, "reads": "0%")"; }) +
          R"("db": {"type": "database", "connections": 1, "queue_limit": 2, "service_time": "10ms"})",
      "1900ms"));
  EXPECT_EQ(result.requests.counts.ok, 3u);
  EXPECT_EQ(result.requests.counts.fail, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 2u);
  for (const char* name : {"c3", "c4"}) EXPECT_EQ(result.by_class.at(name).counts.fail, 1u) << name;
  EXPECT_EQ(node_of(result, "db").counts.fail, 2u);
}

TEST(Database, NobodyWaitsWhenTheQueueHasNoPlace) {
  const auto result = run_checked(scenario(
      burst(5, "db") +
          R"("db": {"type": "database", "connections": 2, "queue_limit": 0, "service_time": "10ms"})",
      "1900ms"));
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 3u);
  EXPECT_EQ(result.requests.latency.max(), 10 * millisecond);
}

TEST(Database, ServedAreTheQueriesThatGotAnAnswer) {
  // Two of five are turned away; the answers a second are those of the other three.
  const auto result = run_checked(scenario(
      burst(5, "db") +
          R"("db": {"type": "database", "connections": 1, "queue_limit": 2, "service_time": "10ms"})",
      "1900ms"));
  EXPECT_EQ(scalar_of(result, "db", "served"), 3);
  EXPECT_NEAR(scalar_of(result, "db", "throughput_per_second"), 3 / 1.9, 1e-12);
}

}  // namespace
}  // namespace faultline
