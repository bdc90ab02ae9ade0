#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::milliseconds_of;
using tests::scalar_of;
using tests::serve_burst;

std::string coroutines(const std::string& more = "") {
  return R"("concurrency": {"type": "coroutines", "switch_cost": "0s")" + more + "}, ";
}

/// A thousand would wait as well: a wait holds no thread.
TEST(Coroutines, WaitsHoldNoThread) {
  const auto result =
      serve_burst(50, coroutines(R"(, "threads": 1)") + default_steps(R"json("sleep(10ms)")json"));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(milliseconds_of(result, i), 10) << i;
}

/// Without a number, as many threads as the machine has cores.
TEST(Coroutines, RunOnAsManyThreadsAsThereAreCores) {
  const auto result = serve_burst(
      6, coroutines() + R"("machine": {"cores": 3}, )" + default_steps(R"json("cpu(10ms)")json"));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(milliseconds_of(result, i), i < 3 ? 10 : 20) << i;
}

/// One computes 100 ms, one 1 ms on one thread. In slices of 10 ms the second has its turn after
/// the first slice; without slices it waits for all of it.
TEST(Coroutines, ASliceMakesRoomForOthers) {
  const auto at = [](const char* slice) {
    return serve_burst(
        2, coroutines(std::string(R"(, "threads": 1, "slice": )") + slice) +
               R"json("endpoints": {"c0": ["cpu(100ms)"], "c1": ["cpu(1ms)"], "default": []})json");
  };
  const auto sliced = at(R"("10ms")");
  EXPECT_EQ(milliseconds_of(sliced, 1), 11);
  EXPECT_EQ(milliseconds_of(sliced, 0), 101);
  const auto whole = at("null");
  EXPECT_EQ(milliseconds_of(whole, 0), 100);
  EXPECT_EQ(milliseconds_of(whole, 1), 101);
}

/// Each time it is taken up it pays: at its beginning, with its first work, and after the sleep
/// with the second: 1 + 0.1 + 5 + 1 + 0.1 ms.
TEST(Coroutines, TakingOneUpCosts) {
  const auto result =
      serve_burst(1, R"("concurrency": {"type": "coroutines", "switch_cost": "100us"}, )" +
                         default_steps(R"json("cpu(1ms)", "sleep(5ms)", "cpu(1ms)")json"));
  EXPECT_EQ(milliseconds_of(result, 0), 7.2);
  EXPECT_EQ(scalar_of(result, "app", "carrier_switches"), 2);
}

TEST(Coroutines, BlockingCallsTakeFurtherThreadsOrTheirOwn) {
  const auto at = [](const char* threads) {
    return serve_burst(
        4, coroutines(std::string(R"(, "threads": 2, "blocking_threads": )") + threads) +
               default_steps(R"({"type": "sleep", "time": "10ms", "blocking": true})"));
  };
  const auto enough = at("4");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(milliseconds_of(enough, i), 10) << i;
  const auto pinned = at("0");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(milliseconds_of(pinned, i), i < 2 ? 10 : 20) << i;
}

/// 50 coroutines of 4 KiB and one thread of 1 MiB.
TEST(Coroutines, StacksAreSmall) {
  const auto result =
      serve_burst(50, coroutines(R"(, "threads": 1)") + default_steps(R"json("sleep(10ms)")json"));
  EXPECT_EQ(scalar_of(result, "app", "memory_max_bytes"), (1 << 20) + 50 * 4096);
}

/// A crash ends all of them, and the server serves again after it.
TEST(Coroutines, ACrashLeavesNothingBehind) {
  const auto result = tests::run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "timeout": "1s"},
      "app": {"type": "app_server", "concurrency": "coroutines(threads=2)", "machine": {"cores": 2},
        "endpoints": {"default": ["cpu(10ms)", {"type": "sleep", "time": "10ms", "blocking": true},
          {"type": "parallel", "steps": ["cpu(5ms)", "sleep(5ms)"]}]}})json",
      "10s", R"json("faults": [{"at": "3s", "for": "1s", "fault": "crash(app)"}])json"));
  EXPECT_GT(tests::errors_of(result.requests.counts, "reset"), 0u);
  EXPECT_GT(result.requests.counts.ok, 850u);
}

}  // namespace
}  // namespace faultline
