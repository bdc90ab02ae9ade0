#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::errors_of;
using tests::heap;
using tests::milliseconds_of;
using tests::pause_of;
using tests::scalar_of;
using tests::serve_burst;

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
