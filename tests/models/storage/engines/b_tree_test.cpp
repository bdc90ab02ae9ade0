#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;
using tests::warmed_scenario;

constexpr std::int64_t microsecond = 1'000;

/// A read or a write of a page takes 1 ms; transfers, syncs and queries take none.
std::string store(const std::string& more, const std::string& disk = "") {
  return fmt::format(
      R"json("db": {{"type": "database", "service_time": "0s", "connections": 1000, "storage": {{
      "type": "b_tree", "sync": "group", "replay_time": "0s", {}
      "disk": {{"read_time": "1ms", "write_time": "1ms", "sync_time": "0s", "bandwidth": "1000Tbit/s"{}}}}}}})json",
      more, disk);
}
std::string users(const std::string& arrivals, const std::string& more) {
  return fmt::format(R"("users": {{"type": "clients", "arrivals": "{}", "target": "db", {}}}, )",
                     arrivals, more);
}

/// A million keys: a root, 193 pages above the leaves, 90,580 leaves. A read of a key whose path is
/// not in memory reads three pages, another one of it none.
TEST(BTreeEngine, AReadCostsThePagesThatAreNotInMemory) {
  const auto read = [](const std::string& start) {
    return run_checked(scenario(users("constant(10/s)", R"json("keys": "uniform(1)")json") +
                                    store(R"("keys": 1000000, "start": ")" + start + "\","),
                                "1050ms"));
  };
  const auto cold = read("empty");
  EXPECT_EQ(cold.requests.latency.max(), 3 * millisecond);
  EXPECT_EQ(cold.requests.latency.min(), 0);
  EXPECT_EQ(scalar_of(cold, "db", "pages_read"), 3);
  EXPECT_EQ(scalar_of(cold, "db", "tree_height"), 3);
  EXPECT_NEAR(scalar_of(cold, "db", "read_amplification"), 0.3, 1e-9);
  const auto warm = read("settled");
  EXPECT_EQ(warm.requests.latency.max(), 0);
  EXPECT_EQ(scalar_of(warm, "db", "pages_read"), 0);
}

/// Keys 0 to 7999 of 1,000,000 are asked for alike and the cache holds a few of their pages: nearly
/// all reads miss the leaf, and the disk makes 4 accesses of 1 ms at once: 4,000 a second.
TEST(BTreeEngine, TheDiskBoundsWhatMissesTheCache) {
  const auto result = run_checked(warmed_scenario(
      users("poisson(6000/s)", R"json("keys": "uniform(1000000)", "timeout": "100ms")json") +
          store(R"("keys": 1000000, "cache": "5MiB",)", R"(, "queue_depth": 4)"),
      "2s", "500ms"));
  EXPECT_NEAR(scalar_of(result, "db", "disk_utilization"), 1, 0.001);
  EXPECT_NEAR(scalar_of(result, "db", "pages_read") / 1.5, 4000, 40);
}

TEST(BTreeEngine, ASlowDiskTakesSoManyTimesAsLong) {
  const auto result = run_checked(scenario(
      users("constant(10/s)", R"json("keys": "uniform(1)")json") +
          store(R"("keys": 1000000, "start": "empty",)"),
      "1050ms", R"json("faults": [{"at": "0s", "fault": "disk_slow(db, factor=7)"}])json"));
  EXPECT_EQ(result.requests.latency.max(), 21 * millisecond);
}

/// A thousand writes of ten keys in a second, then a checkpoint: a page each is written, and the
/// log is cut.
TEST(BTreeEngine, ACheckpointWritesEachDirtyPageOnce) {
  const auto result = run_checked(
      scenario(users("constant(1000/s)", R"json("reads": "0%", "keys": "uniform(10)")json") +
                   store(R"("keys": 100000, "key_order": "in_order", "torn_pages": "none",
                   "checkpoint_every": "1s", "checkpoint_spread": "50%",)"),
               "1900ms"));
  EXPECT_EQ(scalar_of(result, "db", "checkpoints"), 1);
  // In order, ten keys are on one page.
  EXPECT_EQ(scalar_of(result, "db", "pages_written"), 1);
  EXPECT_EQ(scalar_of(result, "db", "dirty_pages"), 1);
}

/// 1,000 records a second for 3 s, a crash, no checkpoint before it: 3,000 records at 100 us each
/// are played again in 300 ms, and the pages they are on are read, 1 ms each. Until then queries
/// are refused.
TEST(BTreeEngine, ARecoveryTakesTheLogSinceTheLastCheckpoint) {
  const auto run = [](const std::string& checkpoint_every) {
    return run_checked(scenario(
        users("constant(1000/s)", R"json("reads": "0%", "keys": "uniform(20)")json") +
            fmt::format(
                R"json("db": {{"type": "database", "service_time": "0s", "storage": {{
      "type": "b_tree", "keys": 100000, "key_order": "in_order", "replay_time": "100us", "torn_pages": "none",
      "checkpoint_every": "{}", "checkpoint_spread": "0%",
      "disk": {{"read_time": "1ms", "write_time": "0s", "sync_time": "10us", "bandwidth": "1000Tbit/s"}}}}}})json",
                checkpoint_every),
        "6s", R"json("faults": [{"at": "3000500us", "for": "1s", "fault": "crash(db)"}])json"));
  };
  const auto without = run("1h");
  EXPECT_EQ(scalar_of(without, "db", "recoveries"), 1);
  // Two pages of ten records each; the log itself is one access, without a transfer.
  EXPECT_NEAR(scalar_of(without, "db", "recovery_seconds"), 0.300 + 3 * 0.001, 0.0002);
  EXPECT_NEAR(static_cast<double>(errors_of(without.requests.counts, "refused")), 1303, 2);
  EXPECT_EQ(scalar_of(without, "db", "lost_writes"), 0);
  // The last checkpoint was at 2.7 s: 300 records are left.
  const auto with = run("900ms");
  EXPECT_NEAR(scalar_of(with, "db", "recovery_seconds"), 0.030 + 3 * 0.001, 0.0002);
}

/// Records of 1 KiB and a header of 32 bytes; without checkpoints and evictions all that is written
/// is the log.
TEST(BTreeEngine, WriteAmplificationCountsLogAndPages) {
  const auto log_only = run_checked(
      scenario(users("constant(1000/s)", R"json("reads": "0%", "keys": "uniform(1000)")json") +
                   store(R"("keys": 10000, "torn_pages": "none",)"),
               "1s"));
  EXPECT_NEAR(scalar_of(log_only, "db", "write_amplification"), 1056.0 / 1024, 1e-9);
  // Each page that is changed is logged once as a whole.
  const auto whole_pages = run_checked(
      scenario(users("constant(1000/s)", R"json("reads": "0%", "keys": "uniform(1)")json") +
                   store(R"("keys": 10000, "torn_pages": "full_page_log",)"),
               "1050ms"));
  const double writes = scalar_of(whole_pages, "db", "log_records");
  EXPECT_NEAR(scalar_of(whole_pages, "db", "write_amplification"),
              1056.0 / 1024 + 16384 / (writes * 1024), 1e-9);
}

/// Dirty pages that have to make room are written by whoever needs it.
TEST(BTreeEngine, WritesBackWhatMakesRoom) {
  const auto result = run_checked(warmed_scenario(
      users("constant(100/s)", R"json("reads": "0%", "keys": "uniform(1000000)")json") +
          store(R"("keys": 1000000, "cache": "10MiB", "torn_pages": "double_write",)"),
      "12s", "6s"));
  // The leaf is read, a page before it written twice, and the log written.
  EXPECT_EQ(result.requests.latency.quantile(0.5) / (100 * microsecond), 40);
  EXPECT_GT(scalar_of(result, "db", "write_amplification"), 25);
}

}  // namespace
}  // namespace faultline
