#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::heap;
using tests::milliseconds_of;
using tests::node_of;
using tests::pause_of;
using tests::scalar_of;
using tests::serve_burst;

/// A concurrent collector pauses for 0.5 ms twice, whatever is in use, and takes a core for the
/// rest: 100 MB in use at 0.5 GB/s are 200 ms on a core that the program does not have meanwhile.
TEST(ConcurrentCollector, AConcurrentCollectorTakesACore) {
  const auto at = [](int cores) {
    return serve_burst(
        1,
        heap(R"("size": "200MB", "live": "100MB", "collector": {"type": "concurrent",
                   "start_at": "60%", "threads": 1, "mark_rate": "500MB/s"})",
             fmt::format(R"("cores": {}, "scheduling": "processor_sharing")", cores)) +
            default_steps(
                R"json({"type": "allocate", "size": "30MB", "lifetime": "moment"}, "allocate(1kB)", "cpu(100ms)")json"));
  };
  const auto roomy = at(2);
  EXPECT_NEAR(milliseconds_of(roomy, 0), 100.5, 0.1);
  EXPECT_LE(pause_of(roomy, 1), 0.51);
  EXPECT_EQ(scalar_of(roomy, "app", "old_collections"), 1);
  // Shared with the collector, 100 ms of work take 200 ms.
  EXPECT_NEAR(milliseconds_of(at(1), 0), 200, 3);
}

/// It allocates faster than the collector frees: 60 MB when 50 MB are garbage that is not yet
/// found. It waits until the collection is over, 2 * 0.5 ms and 100 MB at 0.5 GB/s.
TEST(ConcurrentCollector, WhoAllocatesTooFastWaitsForTheCollector) {
  const auto result = serve_burst(
      1, heap(R"("size": "200MB", "live": "100MB", "collector": {"type": "concurrent",
                 "start_at": "70%", "threads": 1, "mark_rate": "500MB/s"})") +
             default_steps(R"json({"type": "allocate", "size": "50MB", "lifetime": "moment"},
                              "allocate(60MB)", "cpu(1ms)")json"));
  // The second pause begins as the collection ends; its room is there at once, and work after it.
  EXPECT_NEAR(milliseconds_of(result, 0), 200 + 1 + 1, 0.6);
  EXPECT_EQ(node_of(result, "app").histograms.at("allocation_stall_seconds").count(), 1u);
}

/// Many wait for a collector that frees little at a time: none of them dies of it.
TEST(ConcurrentCollector, WhoWaitsLongIsNotLost) {
  const auto result = serve_burst(
      60, heap(R"("size": "100MB", "live": "60MB", "collector": {"type": "concurrent",
                  "start_at": "90%", "threads": 1, "mark_rate": "10GB/s"})") +
              R"json("concurrency": "threads(memory_per_thread=0B)", )json" +
              default_steps(R"({"type": "allocate", "size": "9MB", "lifetime": "moment"})"));
  EXPECT_EQ(result.requests.counts.ok, 60u);
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 0);
  EXPECT_GT(scalar_of(result, "app", "old_collections"), 10);
}

}  // namespace
}  // namespace faultline
