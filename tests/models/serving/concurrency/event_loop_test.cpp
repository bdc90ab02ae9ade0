#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::milliseconds_of;
using tests::node_of;
using tests::scalar_of;
using tests::serve_burst;

/// A loop without costs of its own.
std::string loop(const std::string& more = "") {
  return R"("concurrency": {"type": "event_loop", "callback_cost": "0s", "iteration_cost": "0s")" +
         more + "}, ";
}

TEST(EventLoop, WaitsTakeNothing) {
  const auto result = serve_burst(50, loop() + default_steps(R"json("sleep(10ms)")json"));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(milliseconds_of(result, i), 10) << i;
  EXPECT_EQ(scalar_of(result, "app", "jobs_max"), 50);
}

TEST(EventLoop, WorkIsDoneOneAfterTheOther) {
  const auto result = serve_burst(3, loop() + default_steps(R"json("cpu(10ms)")json"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(milliseconds_of(result, i), 10 * (i + 1)) << i;
  EXPECT_NEAR(scalar_of(result, "app", "loop_utilization"), 0.030 / 1.99, 1e-9);
}

/// One handler computes for 200 ms. What came with it waits for all of that, and one whose timer
/// was up after 50 ms as well: the loop sees timers when the callback is over.
TEST(EventLoop, ALongCallbackStallsAll) {
  const auto result =
      serve_burst(3, loop() + R"json("endpoints": {"c0": ["cpu(200ms)"], "c1": ["cpu(1ms)"],
                                   "c2": ["sleep(50ms)", "cpu(1ms)"], "default": []})json");
  EXPECT_EQ(milliseconds_of(result, 0), 200);
  EXPECT_EQ(milliseconds_of(result, 1), 201);
  // It is begun after c1, at 201 ms: only then is its timer set.
  EXPECT_EQ(milliseconds_of(result, 2), 252);
  EXPECT_NEAR(static_cast<double>(node_of(result, "app").histograms.at("loop_lag_seconds").max()),
              201e6, 1e6);
}

TEST(EventLoop, SeveralLoopsShareTheRequests) {
  const auto result = serve_burst(4, loop(R"(, "loops": 2)") + R"("machine": {"cores": 2}, )" +
                                         default_steps(R"json("cpu(10ms)")json"));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(milliseconds_of(result, i), i < 2 ? 10 : 20) << i;
}

/// Two loops on one core are two threads that share it.
TEST(EventLoop, LoopsAreThreadsOfTheMachine) {
  const auto result = serve_burst(2, loop(R"(, "loops": 2)") +
                                         R"("machine": {"cores": 1, "context_switch": "100us"}, )" +
                                         default_steps(R"json("cpu(10ms)")json"));
  EXPECT_EQ(milliseconds_of(result, 1), 20.1);
}

/// A callback costs 0.1 ms and a turn of the loop 0.2 ms, paid with the work they are for.
TEST(EventLoop, CallbacksAndTurnsCost) {
  const auto result =
      serve_burst(2, R"("concurrency": {"type": "event_loop", "callback_cost": "100us",
                            "iteration_cost": "200us"}, )" +
                         default_steps(R"json("cpu(1ms)")json"));
  EXPECT_EQ(milliseconds_of(result, 0), 1.3);
  // It waited in the poll phase that the first was called in: no turn of its own.
  EXPECT_EQ(milliseconds_of(result, 1), 2.4);
}

/// What a callback costs that does not compute is worked off while its request waits; who comes
/// meanwhile waits for it.
TEST(EventLoop, ACallbackThatOnlyWaitsCostsTheNextOne) {
  const auto result =
      serve_burst(2, R"json("concurrency": {"type": "event_loop", "callback_cost": "1ms",
                            "iteration_cost": "0s"}, "endpoints": {"c0": ["sleep(10ms)"],
            "c1": ["cpu(1ms)"], "default": []})json");
  EXPECT_EQ(milliseconds_of(result, 0), 10);
  EXPECT_EQ(milliseconds_of(result, 1), 3);
  EXPECT_NEAR(scalar_of(result, "app", "loop_utilization"), 0.003 / 1.99, 1e-3);
}

TEST(EventLoop, BlockingCallsGoToThePool) {
  const auto at = [](const char* threads) {
    return serve_burst(4,
                       loop(std::string(R"(, "blocking_threads": )") + threads) +
                           default_steps(R"({"type": "sleep", "time": "10ms", "blocking": true})"));
  };
  const auto two = at("2");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(milliseconds_of(two, i), i < 2 ? 10 : 20) << i;
  // Without a pool they block the loop.
  const auto none = at("0");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(milliseconds_of(none, i), 10 * (i + 1)) << i;
}

/// Branches that a callback starts run right after it, before what else is ready. What goes on when
/// both are done is a callback of its own, behind what is ready then.
TEST(EventLoop, BranchesRunBeforeOtherCallbacks) {
  const auto result = serve_burst(
      2,
      loop() + R"json("endpoints": {"c0": [{"type": "parallel", "steps": ["cpu(5ms)", "cpu(5ms)"]}],
                                   "default": ["cpu(1ms)"]})json");
  EXPECT_EQ(milliseconds_of(result, 0), 11);
  EXPECT_EQ(milliseconds_of(result, 1), 11);
}

/// Phases: the loop was asleep in poll when c0 woke it. During its 100 ms the timer of c1 comes
/// first and then the reply for c2; poll is seen before timers, so c2 is the next.
TEST(EventLoop, PhasesComeInTheirOrder) {
  const auto result = serve_burst(
      3,
      loop() +
          R"json("endpoints": {"c0": ["sleep(1ms)", "cpu(100ms)"], "c1": ["sleep(10ms)", "cpu(30ms)"],
                                "c2": ["call(slow)", "cpu(30ms)"], "default": []})json",
      R"(, "slow": {"type": "database", "connections": 1, "service_time": "20ms"})");
  EXPECT_EQ(milliseconds_of(result, 0), 101);
  EXPECT_EQ(milliseconds_of(result, 2), 131);
  EXPECT_EQ(milliseconds_of(result, 1), 161);
}

TEST(EventLoop, AQueueLimitHasNothingToLimit) {
  EXPECT_EQ(
      tests::problems_of(tests::scenario(
          tests::burst(1, "app") +
              R"json("app": {"type": "app_server", "queue_limit": 4, "concurrency": "event_loop", "endpoints": {"default": []}})json",
          "1900ms")),
      "nodes.app.queue_limit: has no effect with this `concurrency`: nobody waits\n");
}

}  // namespace
}  // namespace faultline
