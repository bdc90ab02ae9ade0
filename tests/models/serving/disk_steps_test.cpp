#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::machine;
using tests::milliseconds_of;
using tests::scalar_of;
using tests::serve_burst;

/// A device of 1000 operations and 100 MB a second: 4 KB take 1 ms of it, 10 MB 100 ms, one after
/// the other; the latency of 2 ms comes on top and keeps nobody waiting.
TEST(DiskSteps, ADiskHasOperationsBytesAndALatency) {
  const std::string disk =
      machine(R"("disk": {"iops": "1000/s", "bandwidth": "100MB/s", "latency": "2ms"})");
  const auto small = serve_burst(3, disk + default_steps(R"json("disk_read(4kB)")json"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(milliseconds_of(small, i), 3 + i) << i;
  const auto large = serve_burst(2, disk + default_steps(R"json("disk_write(10MB)")json"));
  EXPECT_EQ(milliseconds_of(large, 0), 102);
  EXPECT_EQ(milliseconds_of(large, 1), 202);
  EXPECT_EQ(scalar_of(large, "app", "disk_writes"), 2);
  EXPECT_EQ(scalar_of(large, "app", "disk_bytes_written"), 20e6);
  EXPECT_NEAR(scalar_of(large, "app", "disk_utilization"), 0.2 / 1.99, 1e-9);
}

TEST(DiskSteps, ASlowDiskTakesLonger) {
  const auto result = tests::run_checked(tests::scenario(
      tests::burst(1, "app") +
          R"json("app": {"type": "app_server", "machine": {"disk": {"iops": "1000/s", "latency": "2ms"}},
             "endpoints": {"default": ["disk_read(4kB)"]}})json",
      "1990ms", R"json("faults": [{"at": "0s", "fault": "disk_slow(app, factor=3)"}])json"));
  EXPECT_EQ(milliseconds_of(result, 0), 9);
}

/// Disk calls block: an event loop gives them to its pool, here of one thread.
TEST(DiskSteps, DiskCallsBlockAThread) {
  const auto result = serve_burst(
      2, R"("concurrency": {"type": "event_loop", "callback_cost": "0s", "iteration_cost": "0s",
            "blocking_threads": 1}, )" +
             machine(R"("disk": {"iops": "1000/s", "latency": "9ms"})") +
             default_steps(R"json("disk_read(4kB)")json"));
  EXPECT_EQ(milliseconds_of(result, 0), 10);
  EXPECT_EQ(milliseconds_of(result, 1), 20);
}

TEST(DiskSteps, ADiskStepNeedsADisk) {
  EXPECT_EQ(
      tests::problems_of(tests::scenario(
          tests::burst(1, "app") +
              R"json("app": {"type": "app_server", "endpoints": {"default": ["disk_read(4kB)"]}})json",
          "1900ms")),
      "nodes.app.machine: has no disk, and endpoints.default[0] needs one; write \"machine\": "
      "{\"disk\": {}}\n");
}

}  // namespace
}  // namespace faultline
