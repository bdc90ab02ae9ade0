#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// A disk of which only syncs take time: 10 ms each.
std::string store(const std::string& sync) {
  return fmt::format(R"json("db": {{"type": "database", "service_time": "0s", "storage": {{
      "type": "b_tree", "keys": 1000, "sync": "{}", "replay_time": "0s",
      "disk": {{"read_time": "0s", "write_time": "0s", "sync_time": "10ms", "bandwidth": "1000Tbit/s"}}}}}})json",
                     sync);
}

sim::Result five_writes(const std::string& sync) {
  return run_checked(
      scenario(burst(5, "db", [](int) { return R"(, "reads": "0%")"; }) + store(sync), "1900ms"));
}

std::vector<std::int64_t> latencies(const sim::Result& result) {
  std::vector<std::int64_t> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(latency_of(result, fmt::format("c{}", i)) / millisecond);
  return all;
}

/// Five writes at once, each with a sync of its own, one after the other.
TEST(LogSync, AlwaysSyncsOneWriteAfterTheOther) {
  const auto result = five_writes("always");
  EXPECT_EQ(latencies(result), (std::vector<std::int64_t>{10, 20, 30, 40, 50}));
  EXPECT_EQ(scalar_of(result, "db", "log_syncs"), 5);
  EXPECT_EQ(scalar_of(result, "db", "records_per_sync"), 1);
}

/// The first finds the disk idle; the four others come while it is synced, and share the next sync.
TEST(LogSync, AGroupIsWhoeverCameDuringTheSyncBefore) {
  const auto result = five_writes("group");
  EXPECT_EQ(latencies(result), (std::vector<std::int64_t>{10, 20, 20, 20, 20}));
  EXPECT_EQ(scalar_of(result, "db", "log_syncs"), 2);
  EXPECT_EQ(scalar_of(result, "db", "records_per_sync"), 2.5);
}

TEST(LogSync, AWindowWaitsForMore) {
  const auto result = five_writes("group(window=3ms)");
  EXPECT_EQ(latencies(result), (std::vector<std::int64_t>{13, 13, 13, 13, 13}));
  EXPECT_EQ(scalar_of(result, "db", "log_syncs"), 1);
  EXPECT_EQ(scalar_of(result, "db", "records_per_sync"), 5);
}

TEST(LogSync, NobodyWaitsForAnInterval) {
  for (const char* sync : {"interval(100ms)", "never"}) {
    const auto result = five_writes(sync);
    EXPECT_EQ(latencies(result), (std::vector<std::int64_t>{0, 0, 0, 0, 0})) << sync;
    EXPECT_EQ(scalar_of(result, "db", "log_syncs"), std::string(sync) == "never" ? 0 : 1);
  }
}

/// A hundred writes a second, a crash at 2.505 s. Syncs begin each second after the last one's end:
/// at 1 s and at 2.01 s. What was written by then is safe, and the 50 of 2.01 s (the write of that
/// instant comes first) to 2.5 s are not.
TEST(LogSync, ACrashLosesWhatWasAnsweredSinceTheLastSync) {
  const auto run = [](const std::string& sync) {
    return run_checked(scenario(
        R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "db", "reads": "0%"}, )json" +
            store(sync),
        "4s", R"json("faults": [{"at": "2505ms", "for": "100ms", "fault": "crash(db)"}])json"));
  };
  const auto interval = run("interval(1s)");
  EXPECT_NEAR(scalar_of(interval, "db", "lost_writes"), 50, 1);
  EXPECT_NEAR(scalar_of(interval, "db", "data_loss_seconds_max"), 0.495, 0.011);
  const auto never = run("never");
  EXPECT_EQ(scalar_of(never, "db", "lost_writes"), 250);
  EXPECT_NEAR(scalar_of(never, "db", "data_loss_seconds_max"), 2.495, 1e-9);
  // Nobody was told that it is done before it was.
  for (const char* sync : {"always", "group", "group(window=15ms)"}) {
    const auto result = run(sync);
    EXPECT_EQ(scalar_of(result, "db", "lost_writes"), 0) << sync;
    EXPECT_EQ(scalar_of(result, "db", "data_loss_seconds_max"), 0) << sync;
    EXPECT_GE(scalar_of(result, "db", "lost_records"), 1) << sync;
    EXPECT_EQ(result.requests.counts.unknown,
              static_cast<std::uint64_t>(scalar_of(result, "db", "lost_records")))
        << sync;
  }
}

/// Syncs of 10 ms, one after the other, are 100 a second; groups have no such bound.
TEST(LogSync, GroupCommitKeepsUpWhereASyncForEachDoesNot) {
  const auto run = [](const std::string& sync) {
    return run_checked(scenario(
        R"json("users": {"type": "clients", "arrivals": "poisson(1000/s)", "target": "db", "reads": "0%"}, )json" +
            store(sync),
        "2s"));
  };
  EXPECT_NEAR(static_cast<double>(run("always").requests.counts.ok), 200, 2);
  const auto group = run("group");
  EXPECT_GT(group.requests.counts.ok, 1800u);
  EXPECT_LE(group.requests.counts.in_flight, 30u);
  EXPECT_LE(group.requests.latency.max(), 20 * millisecond * 1.01);
}

}  // namespace
}  // namespace faultline
