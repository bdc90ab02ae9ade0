#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::errors_of;
using tests::heap;
using tests::milliseconds_of;
using tests::scalar_of;
using tests::serve_burst;

/// A young generation of 10 MB; each request allocates 6 MB and lets them go. The second fills it:
/// a pause of 1 ms, as nothing is in use, before its work. The third begins a new one.
TEST(ParallelCollector, GarbageCostsAPauseWhenTheYoungGenerationIsFull) {
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
TEST(ParallelCollector, WhatIsInUseMakesAYoungPauseLong) {
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
TEST(ParallelCollector, AFullCollectionMarksAllThatIsInUse) {
  const auto result = serve_burst(
      1, heap(R"("size": "30MB", "live": "12MB",
                 "collector": {"type": "parallel", "young": "33.33%", "copy_rate": "1GB/s",
                               "mark_rate": "500MB/s"})") +
             default_steps(
                 R"json("allocate(9MB)", {"type": "allocate", "size": "1MB"}, "cpu(1ms)")json"));
  EXPECT_NEAR(milliseconds_of(result, 0), 11 + (1 + 22.0 / 0.5) + 1, 1e-6);
  EXPECT_EQ(scalar_of(result, "app", "old_collections"), 1);
}

/// Nearly all of it is in use, and each request finds the heap full: five full collections in a row
/// that take all the time and free less than 2 % end the process.
TEST(ParallelCollector, CollectingAllTheTimeEndsTheProcess) {
  const auto result = serve_burst(
      20,
      heap(R"("size": "100MB", "live": "99MB", "collector": {"type": "parallel",
                  "pause_base": "50ms", "mark_rate": "100GB/s"})") +
          default_steps(R"json({"type": "allocate", "size": "900kB", "lifetime": "moment"})json"));
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 1);
  EXPECT_GT(errors_of(result.requests.counts, "reset"), 10u);
}

}  // namespace
}  // namespace faultline
