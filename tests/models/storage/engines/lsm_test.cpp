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

std::string store(const std::string& more, const std::string& disk) {
  return fmt::format(
      R"json("db": {{"type": "database", "service_time": "0s", "connections": 10000, "storage": {{
      "type": "lsm", "keys": 20000, "replay_time": "0s", {}
      "disk": {{{}}}}}}})json",
      more, disk);
}
std::string users(const std::string& arrivals, const std::string& more) {
  return fmt::format(R"("users": {{"type": "clients", "arrivals": "{}", "target": "db", {}}}, )",
                     arrivals, more);
}
constexpr const char* slow_reads =
    R"("read_time": "1ms", "write_time": "0s", "sync_time": "0s", "bandwidth": "1000Tbit/s")";

/// All records are in the last level: a read that is not in memory is one block of one run, filters
/// keep it from the others.
TEST(LsmEngine, AReadCostsOneBlockOfTheRunThatHasIt) {
  const auto result =
      run_checked(scenario(users("constant(1000/s)", R"json("keys": "uniform(20000)")json") +
                               store(R"("start": "empty", "cache": "4KiB",)", slow_reads),
                           "2s"));
  EXPECT_NEAR(scalar_of(result, "db", "read_amplification"), 1, 0.01);
  EXPECT_EQ(result.requests.latency.max(), millisecond);
}

/// Without filters each level on the way is read in vain.
TEST(LsmEngine, WithoutFiltersEveryRunOnTheWayIsRead) {
  const auto run = [](const std::string& bits) {
    return run_checked(scenario(
        users("constant(1000/s)", R"json("keys": "uniform(20000)")json") +
            store(R"("memtable": "64KiB", "size_ratio": 4, "cache": "4KiB", "filter_bits": )" +
                      bits + ",",
                  slow_reads),
        "2s"));
  };
  // 20,000 records of 1 KiB in levels of 256 KiB, 1, 4 and 16 MiB, and the last.
  EXPECT_GT(scalar_of(run("0"), "db", "read_amplification"), 3);
  EXPECT_LT(scalar_of(run("10"), "db", "read_amplification"), 1.05);
}

/// A write waits for the log alone, and compaction goes on behind it.
TEST(LsmEngine, WritesAreCheapAndPaidForInTheBackground) {
  const auto result = run_checked(warmed_scenario(
      users("constant(2000/s)", R"json("reads": "0%", "keys": "uniform(20000)")json") +
          store(
              R"json("memtable": "256KiB", "file_size": "256KiB", "size_ratio": 4, "sync": "interval(1s)",)json",
              R"("bandwidth": "500MB/s")"),
      "6s", "1s"));
  EXPECT_EQ(result.requests.latency.max(), 0);
  EXPECT_EQ(scalar_of(result, "db", "write_stalls"), 0);
  EXPECT_GT(scalar_of(result, "db", "compactions"), 10);
  EXPECT_GT(scalar_of(result, "db", "write_amplification"), 4);
  EXPECT_LT(scalar_of(result, "db", "write_amplification"), 20);
  // Everything that was written went over the disk: log, flushes and compactions.
  EXPECT_NEAR(scalar_of(result, "db", "disk_bytes_written"),
              scalar_of(result, "db", "write_amplification") *
                  scalar_of(result, "db", "log_records") * 1024,
              0.1 * scalar_of(result, "db", "disk_bytes_written"));
}

/// Leveling rewrites each record several times a level, tiering once: the same load, and tiering
/// has the lower write amplification, and takes more space.
TEST(LsmEngine, TieringWritesLessAndTakesMoreSpace) {
  const auto run = [](const std::string& compaction) {
    return run_checked(warmed_scenario(
        users("constant(2000/s)", R"json("reads": "0%", "keys": "uniform(20000)")json") +
            store(
                R"("memtable": "256KiB", "file_size": "256KiB", "size_ratio": 4, "compaction": ")" +
                    compaction + "\",",
                R"("bandwidth": "500MB/s")"),
        "6s", "1s"));
  };
  const auto leveled = run("leveled");
  const auto tiered = run("tiered");
  EXPECT_LT(scalar_of(tiered, "db", "write_amplification"),
            0.8 * scalar_of(leveled, "db", "write_amplification"));
  EXPECT_GT(scalar_of(tiered, "db", "space_amplification"),
            scalar_of(leveled, "db", "space_amplification"));
}

/// 4,000 records a second with a write amplification of ten need 40 MB/s for writing alone; a disk
/// of 20 MB/s falls behind, level 0 fills, and writes have to wait.
TEST(LsmEngine, WritesStallWhenCompactionDoesNotKeepUp) {
  const auto run = [](const std::string& bandwidth) {
    return run_checked(scenario(
        users("constant(4000/s)", R"json("reads": "0%", "keys": "uniform(20000)")json") +
            store(
                R"json("memtable": "256KiB", "file_size": "256KiB", "size_ratio": 4, "level0_slowdown": 6,
                     "level0_stop": 8, "sync": "interval(1s)",)json",
                R"("bandwidth": ")" + bandwidth + "\""),
        "8s"));
  };
  const auto fast = run("1GB/s");
  EXPECT_EQ(scalar_of(fast, "db", "write_stalls"), 0);
  const auto slow = run("20MB/s");
  EXPECT_GT(scalar_of(slow, "db", "write_stalls"), 1000);
  EXPECT_GT(scalar_of(slow, "db", "write_stall_seconds"), 1);
  EXPECT_GT(slow.requests.latency.max(), 100 * millisecond);
  EXPECT_NEAR(scalar_of(slow, "db", "disk_transfer_utilization"), 1, 0.05);
}

/// 2,000 records a second need some 20 MB/s of compaction; with a limit of 5 MB/s level 0 fills on
/// the fastest of disks.
TEST(LsmEngine, ALimitForCompactionsBringsTheStallNearer) {
  const auto run = [](const std::string& limit) {
    return run_checked(scenario(
        users("constant(2000/s)", R"json("keys": "uniform(20000)", "reads": "0%")json") +
            store(
                R"json("memtable": "256KiB", "file_size": "256KiB", "level0_slowdown": 6, "sync": "interval(1s)",)json" +
                    limit,
                R"("bandwidth": "1GB/s")"),
        "6s"));
  };
  EXPECT_EQ(scalar_of(run(""), "db", "write_stalls"), 0);
  const auto limited = run(R"("compaction_rate": "5MB/s",)");
  EXPECT_GT(scalar_of(limited, "db", "write_stalls"), 0);
  EXPECT_LT(scalar_of(limited, "db", "disk_transfer_utilization"), 0.05);
}

/// What is in the memtable is in the log: 1,000 records a second since the last flush are played
/// again, 100 us each, and flushed. 4 MiB of them were flushed at 4.1 s.
TEST(LsmEngine, ARecoveryTakesTheLogOfTheMemtables) {
  const auto result = run_checked(scenario(
      users("constant(1000/s)", R"json("reads": "0%", "keys": "uniform(20000)")json") +
          R"json("db": {"type": "database", "service_time": "0s", "storage": {
      "type": "lsm", "keys": 20000, "memtable": "4MiB", "replay_time": "100us",
      "disk": {"read_time": "0s", "write_time": "0s", "sync_time": "10us", "bandwidth": "1000Tbit/s"}}})json",
      "8s", R"json("faults": [{"at": "5000500us", "for": "1s", "fault": "crash(db)"}])json"));
  EXPECT_EQ(scalar_of(result, "db", "recoveries"), 1);
  EXPECT_NEAR(scalar_of(result, "db", "recovery_seconds"), (5000 - 4096) * 100e-6, 0.001);
  EXPECT_EQ(scalar_of(result, "db", "lost_writes"), 0);
  EXPECT_NEAR(static_cast<double>(errors_of(result.requests.counts, "refused")), 1090, 3);
}

}  // namespace
}  // namespace faultline
