#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::errors_of;
using tests::milliseconds_of;
using tests::node_of;
using tests::scalar_of;
using tests::serve_burst;

std::string heap(const std::string& members, const std::string& machine = "\"cores\": 1") {
  return R"("machine": {)" + machine + R"(, "context_switch": "0s", "heap": {)" + members + "}}, ";
}

double pause_of(const sim::Result& result, double quantile) {
  return static_cast<double>(
             node_of(result, "app").histograms.at("collector_pause_seconds").quantile(quantile)) /
         1e6;
}

/// A young generation of 10 MB; each request allocates 6 MB and lets them go. The second fills it:
/// a pause of 1 ms, as nothing is in use, before its work. The third begins a new one.
TEST(Memory, GarbageCostsAPauseWhenTheYoungGenerationIsFull) {
  const auto result =
      serve_burst(3, heap(R"("size": "30MB", "collector": {"type": "parallel", "young": "33.34%"},
                 "allocation_per_request": "6MB")") +
                         R"("workers": 1, )" + default_steps(R"json("cpu(10ms)")json"));
  EXPECT_EQ(milliseconds_of(result, 0), 10);
  EXPECT_EQ(milliseconds_of(result, 1), 21);
  EXPECT_EQ(milliseconds_of(result, 2), 31);
  EXPECT_EQ(scalar_of(result, "app", "young_collections"), 1);
  EXPECT_EQ(scalar_of(result, "app", "old_collections"), 0);
}

/// What is in use has to be copied: the request holds 5 MB when its second allocation fills the
/// young generation of 10 MB. 10 MB at 1 GB/s on one core: 1 + 10 ms. Four threads: 1 + 2.5 ms.
TEST(Memory, WhatIsInUseMakesAYoungPauseLong) {
  const auto at = [](int cores) {
    return serve_burst(
        1, heap(R"("size": "30MB", "collector": {"type": "parallel", "young": "33.3%",
                   "copy_rate": "1GB/s"})",
                fmt::format(R"("cores": {})", cores)) +
               default_steps(R"json("allocate(5MB)", "allocate(5MB)", "cpu(1ms)")json"));
  };
  EXPECT_NEAR(milliseconds_of(at(1), 0), 12, 1e-9);
  EXPECT_NEAR(milliseconds_of(at(4), 0), 4.5, 1e-9);
}

/// 12 MB in use all the time, and a request that holds 9 MB when 10 MB of young generation are
/// full: they are promoted, 21 MB are more than the 20 MB of the old generation, and a full
/// collection marks them at 0.5 GB/s: 1 + 10 and 1 + 42 ms, then 1 ms of work.
TEST(Memory, AFullCollectionMarksAllThatIsInUse) {
  const auto result = serve_burst(
      1, heap(R"("size": "30MB", "live": "12MB",
                 "collector": {"type": "parallel", "young": "33.33%", "copy_rate": "1GB/s",
                               "mark_rate": "500MB/s"})") +
             default_steps(
                 R"json("allocate(9MB)", {"type": "allocate", "size": "1MB"}, "cpu(1ms)")json"));
  EXPECT_NEAR(milliseconds_of(result, 0), 11 + (1 + 22.0 / 0.5) + 1, 1e-6);
  EXPECT_EQ(scalar_of(result, "app", "old_collections"), 1);
}

/// A leak of 1 MB a request fills 20 MB: full collections come ever more often, then there is
/// nothing to be found and the process dies of it. It begins anew with an empty heap.
TEST(Memory, ALeakEndsTheProcess) {
  const auto result = tests::run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "machine": {"cores": 1, "restart_delay": "500ms",
        "heap": {"size": "20MB", "leak_per_request": "1MB"}}, "endpoints": {"default": ["cpu(1ms)"]}})json",
      "5s"));
  EXPECT_GE(scalar_of(result, "app", "out_of_memory_kills"), 1);
  EXPECT_LE(scalar_of(result, "app", "out_of_memory_kills"), 2);
  EXPECT_GT(result.requests.counts.ok, 30u);
}

/// Work waits while the collector stops the world: 10 ms of it, begun 4 ms before.
TEST(Memory, TheWorldStandsStill) {
  const auto result =
      serve_burst(2, heap(R"("size": "30MB", "collector": {"type": "parallel", "young": "33.3%",
                 "pause_base": "50ms"})",
                          R"("cores": 2)") +
                         R"json("endpoints": {"c0": ["cpu(10ms)"], "c1": ["sleep(4ms)",
                 {"type": "allocate", "size": "9.99MB", "lifetime": "moment"},
                 {"type": "allocate", "size": "1MB", "lifetime": "moment"}, "cpu(1ms)"],
                 "default": []})json");
  EXPECT_NEAR(milliseconds_of(result, 0), 60, 0.001);
  EXPECT_NEAR(milliseconds_of(result, 1), 55, 0.001);
  EXPECT_NEAR(pause_of(result, 0.5), 50, 0.2);
}

/// Threads that a pause held up go on one after the other: the second fills the young generation
/// anew, so the third and the first, behind it, wait for that pause as well, and for the third's.
TEST(Memory, AfterAPauseTheyGoOnOneByOne) {
  const auto result =
      serve_burst(3, heap(R"("size": "30MB", "collector": {"type": "parallel", "young": "33%",
                 "pause_base": "50ms"})") +
                         default_steps(R"json("sleep(1ms)",
                {"type": "allocate", "size": "9.9MB", "lifetime": "moment"}, "sleep(0ms)")json"));
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(milliseconds_of(result, i), 151, 0.001) << i;
}

/// Nearly all of it is in use, and each request finds the heap full: five full collections in a row
/// that take all the time and free less than 2 % end the process.
TEST(Memory, CollectingAllTheTimeEndsTheProcess) {
  const auto result = serve_burst(
      20,
      heap(R"("size": "100MB", "live": "99MB", "collector": {"type": "parallel",
                  "pause_base": "50ms", "mark_rate": "100GB/s"})") +
          default_steps(R"json({"type": "allocate", "size": "900kB", "lifetime": "moment"})json"));
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 1);
  EXPECT_GT(errors_of(result.requests.counts, "reset"), 10u);
}

/// The event loop's pauses stall its callbacks, even those that compute nothing.
TEST(Memory, ALoopStandsStillAsWell) {
  const auto result = serve_burst(
      2,
      heap(R"("size": "30MB", "collector": {"type": "parallel", "young": "33.3%",
                 "pause_base": "50ms"})") +
          R"json("concurrency": {"type": "event_loop", "callback_cost": "0s", "iteration_cost": "0s"},
                "endpoints": {"c0": ["sleep(10ms)"], "c1": ["sleep(4ms)",
                 {"type": "allocate", "size": "9.99MB", "lifetime": "moment"}], "default": []})json");
  EXPECT_NEAR(milliseconds_of(result, 0), 54, 0.001);
}

/// A concurrent collector pauses for 0.5 ms twice, whatever is in use, and takes a core for the
/// rest: 100 MB in use at 0.5 GB/s are 200 ms on a core that the program does not have meanwhile.
TEST(Memory, AConcurrentCollectorTakesACore) {
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
TEST(Memory, WhoAllocatesTooFastWaitsForTheCollector) {
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
TEST(Memory, WhoWaitsLongIsNotLost) {
  const auto result = serve_burst(
      60, heap(R"("size": "100MB", "live": "60MB", "collector": {"type": "concurrent",
                  "start_at": "90%", "threads": 1, "mark_rate": "10GB/s"})") +
              R"json("concurrency": "threads(memory_per_thread=0B)", )json" +
              default_steps(R"({"type": "allocate", "size": "9MB", "lifetime": "moment"})"));
  EXPECT_EQ(result.requests.counts.ok, 60u);
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 0);
  EXPECT_GT(scalar_of(result, "app", "old_collections"), 10);
}

/// 90 MB more than there are, all in use: no collection finds room, and the process dies.
TEST(Memory, WithoutRoomTheProcessDies) {
  for (const char* collector : {"parallel", "concurrent"}) {
    const auto result = serve_burst(
        1, heap(fmt::format(R"("size": "200MB", "live": "100MB", "collector": "{}")", collector)) +
               default_steps(R"json("allocate(60MB)", "allocate(90MB)")json"));
    EXPECT_EQ(errors_of(result.requests.counts, "reset"), 1u) << collector;
    EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 1) << collector;
  }
}

TEST(Memory, AHeapThatIsFullFromTheBeginningIsAProblem) {
  EXPECT_EQ(
      tests::problems_of(tests::scenario(
          tests::burst(1, "app") +
              R"json("app": {"type": "app_server", "machine": {"heap": {"size": "1MB", "live": "1MB"}}, "endpoints": {"default": []}})json",
          "1900ms")),
      "nodes.app.machine.heap.live: expected less than `size`: there is no room for requests\n");
}

}  // namespace
}  // namespace faultline
