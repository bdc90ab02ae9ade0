#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::errors_of;
using tests::machine;
using tests::milliseconds_of;
using tests::scalar_of;
using tests::serve_burst;

/// Twice the clock, half the time; and the fault `slow` multiplies it.
TEST(Machine, AFasterClockTakesLessTime) {
  const auto fast =
      serve_burst(1, machine(R"("clock": 2)") + default_steps(R"json("cpu(10ms)")json"));
  EXPECT_EQ(milliseconds_of(fast, 0), 5);
  const auto slowed = tests::run_checked(tests::scenario(
      tests::burst(1, "app") +
          R"json("app": {"type": "app_server", "machine": {"clock": 2}, "endpoints": {"default": ["cpu(10ms)"]}})json",
      "1990ms", R"json("faults": [{"at": "0s", "fault": "slow(app, factor=3)"}])json"));
  EXPECT_EQ(milliseconds_of(slowed, 0), 15);
}

/// Vertical scaling is a number: with c cores, c of 8 requests of 10 ms are done every 10 ms.
TEST(Machine, MoreCoresDoMoreAtOnce) {
  for (const int cores : {1, 2, 4, 8}) {
    const auto result =
        serve_burst(8, machine(fmt::format(R"("cores": {}, "context_switch": "0s")", cores)) +
                           default_steps(R"json("cpu(10ms)")json"));
    for (int i = 0; i < 8; ++i)
      EXPECT_EQ(milliseconds_of(result, i), 10 * (i / cores + 1)) << cores << " " << i;
  }
}

/// Two jobs of 10 ms that share one core end together after 20 ms.
TEST(Machine, ProcessorSharingSharesAtOnce) {
  const auto result = serve_burst(2, machine(R"("cores": 1, "scheduling": "processor_sharing")") +
                                         default_steps(R"json("cpu(10ms)")json"));
  EXPECT_EQ(milliseconds_of(result, 0), 20);
  EXPECT_EQ(milliseconds_of(result, 1), 20);
}

/// A killed process serves again after its restart delay: of 100 requests a second those of half a
/// second are refused.
TEST(Machine, AKilledProcessComesBack) {
  const auto result = tests::run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app",
               "mix": [{"endpoint": "usual"}]},
      "glutton": {"type": "clients", "arrivals": "constant(0.2/s)", "target": "app",
                  "mix": [{"endpoint": "greedy"}]},
      "app": {"type": "app_server", "machine": {"memory": "64MiB", "restart_delay": "500ms"},
        "endpoints": {"usual": ["sleep(1ms)"], "greedy": ["allocate(100MiB)"], "default": []}})json",
      "9s"));
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 1);
  EXPECT_NEAR(static_cast<double>(errors_of(result.requests.counts, "refused")), 50, 1);
}

/// The fault memory_pressure takes memory away: what fitted is killed.
TEST(Machine, LessMemoryKills) {
  const auto result = tests::run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app"},
      "app": {"type": "app_server", "workers": 1, "machine": {"memory": "10MiB", "restart_delay": "2s"},
              "endpoints": {"default": ["allocate(4MiB)", "sleep(5ms)"]}})json",
      "5s",
      R"json("faults": [{"at": "2s", "for": "1s", "fault": "memory_pressure(app, share=70%)"}])json"));
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 1);
}

TEST(Machine, CoresBelongIntoTheMachine) {
  EXPECT_EQ(
      tests::problems_of(tests::scenario(
          tests::burst(1, "app") +
              R"json("app": {"type": "app_server", "cores": 2, "machine": {}, "endpoints": {"default": []}})json",
          "1900ms")),
      "nodes.app.cores: belongs into `machine` where there is one\n");
}

/// A pause of the node stops work and takes it up again where it was, in every way to share cores.
TEST(Machine, APauseStopsTheCores) {
  for (const char* scheduling : {"fifo", "round_robin", "processor_sharing"}) {
    for (const char* concurrency : {"threads", "event_loop(callback_cost=0s, iteration_cost=0s)",
                                    "coroutines(switch_cost=0s)"}) {
      const auto result = tests::run_checked(tests::scenario(
          tests::burst(1, "app") +
              fmt::format(
                  R"json("app": {{"type": "app_server", "concurrency": "{}", "machine": {{"cores": 1, "scheduling": "{}"}}, "endpoints": {{"default": ["cpu(10ms)"]}}}})json",
                  concurrency, scheduling),
          "1990ms",
          R"json("faults": [{"at": "1005ms", "for": "100ms", "fault": "pause(app)"}])json"));
      EXPECT_EQ(milliseconds_of(result, 0), 110) << scheduling << " " << concurrency;
    }
  }
}

}  // namespace
}  // namespace faultline
