#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::milliseconds_of;
using tests::scalar_of;
using tests::serve_burst;

/// A thread sleeps with its request: of four on two threads the last two begin when the first end.
TEST(Threads, AWaitHoldsTheThread) {
  const auto result = serve_burst(4, R"json("concurrency": "threads(size=2)", )json" +
                                         default_steps(R"json("sleep(10ms)")json"));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(milliseconds_of(result, i), i < 2 ? 10 : 20) << i;
  EXPECT_EQ(scalar_of(result, "app", "jobs_max"), 2);
  EXPECT_EQ(scalar_of(result, "app", "queue_length_max"), 2);
}

/// The core runs the first thread, then switches to the second: 10 + 0.1 + 10 ms. One thread that
/// takes both requests has nothing to switch from.
TEST(Threads, ACoreThatTakesUpAnotherThreadPaysForTheSwitch) {
  const auto at = [](const char* concurrency) {
    return serve_burst(2, std::string(R"("concurrency": ")") + concurrency +
                              R"(", "machine": {"cores": 1, "context_switch": "100us"}, )" +
                              default_steps(R"json("cpu(10ms)")json"));
  };
  const auto two = at("threads(size=2)");
  EXPECT_EQ(milliseconds_of(two, 0), 10);
  EXPECT_EQ(milliseconds_of(two, 1), 20.1);
  EXPECT_EQ(scalar_of(two, "app", "context_switches"), 1);
  EXPECT_NEAR(scalar_of(two, "app", "context_switch_cpu_seconds"), 100e-6, 1e-12);
  const auto one = at("threads(size=1)");
  EXPECT_EQ(milliseconds_of(one, 1), 20);
  EXPECT_EQ(scalar_of(one, "app", "context_switches"), 0);
}

/// No more threads than cores: each finds its core as it left it, however often it waits.
TEST(Threads, AsManyThreadsAsCoresDoNotSwitch) {
  const auto result = serve_burst(
      2,
      R"json("concurrency": "threads(size=2)", "machine": {"cores": 2, "context_switch": "1ms"}, )json" +
          default_steps(
              R"json("cpu(5ms)", "sleep(1ms)", "cpu(5ms)", "sleep(1ms)", "cpu(5ms)")json"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(milliseconds_of(result, i), 17) << i;
  EXPECT_EQ(scalar_of(result, "app", "context_switches"), 0);
}

/// Two threads of 3 ms on one core in turns of 1 ms: they end at 5 and 6 ms. With 0.1 ms for each
/// of the five switches: the first has had its third turn at 5.4 ms, the second at 6.5 ms.
TEST(Threads, RoundRobinTakesTurns) {
  const auto at = [](const char* context_switch) {
    return serve_burst(
        2, std::string(R"("concurrency": "threads", "machine": {"cores": 1, "quantum": "1ms",
                          "scheduling": "round_robin", "context_switch": ")") +
               context_switch + R"("}, )" + default_steps(R"json("cpu(3ms)")json"));
  };
  const auto free = at("0s");
  EXPECT_EQ(milliseconds_of(free, 0), 5);
  EXPECT_EQ(milliseconds_of(free, 1), 6);
  const auto paid = at("100us");
  EXPECT_EQ(milliseconds_of(paid, 0), 5.4);
  EXPECT_EQ(milliseconds_of(paid, 1), 6.5);
  EXPECT_EQ(scalar_of(paid, "app", "context_switches"), 5);
}

/// A thread alone on its core works on without switches, whatever the quantum.
TEST(Threads, NobodyIsInterruptedForNobody) {
  const auto result =
      serve_burst(1, R"("concurrency": "threads", "machine": {"cores": 1, "quantum": "1ms",
            "scheduling": "round_robin", "context_switch": "1ms"}, )" +
                         default_steps(R"json("cpu(10ms)")json"));
  EXPECT_EQ(milliseconds_of(result, 0), 10);
}

/// The short way to write threads and the long one serve alike when nothing costs more.
TEST(Threads, AreWhatWorkersAndCoresAre) {
  const std::string steps = default_steps(R"json("cpu(3ms)", "sleep(2ms)", "cpu(1ms)")json");
  const auto brief = serve_burst(7, R"("workers": 3, "cores": 2, )" + steps);
  const auto full = serve_burst(
      7,
      R"json("concurrency": "threads(size=3)", "machine": {"cores": 2, "context_switch": "0s"}, )json" +
          steps);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(milliseconds_of(brief, i), milliseconds_of(full, i)) << i;
  for (const char* each : {"utilization", "workers_utilization", "queue_length_mean"})
    EXPECT_DOUBLE_EQ(scalar_of(brief, "app", each), scalar_of(full, "app", each)) << each;
}

/// One waits, one works; two of four find the queue full.
TEST(Threads, TheQueueHasALimit) {
  const auto result =
      serve_burst(4, R"json("concurrency": "threads(size=1)", "queue_limit": 1, )json" +
                         default_steps(R"json("sleep(10ms)")json"));
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(tests::errors_of(result.requests.counts, "rejected"), 2u);
}

/// A pool of 100 threads of 1 MiB does not fit into 64 MiB: the process never comes up for long.
TEST(Threads, StacksTakeMemory) {
  const auto killed = [](const char* size) {
    return scalar_of(
        serve_burst(1,
                    std::string(R"("concurrency": "threads(size=)") + size +
                        R"json()", "machine": {"memory": "64MiB", "restart_delay": "10s"}, )json" +
                        default_steps(R"json("cpu(1ms)")json")),
        "app", "out_of_memory_kills");
  };
  EXPECT_EQ(killed("100"), 1);
  EXPECT_EQ(killed("60"), 0);
}

TEST(Threads, WorkersAndConcurrencyAreTheSameThing) {
  EXPECT_EQ(
      tests::problems_of(tests::scenario(
          tests::burst(1, "app") +
              R"json("app": {"type": "app_server", "workers": 4, "concurrency": "threads", "endpoints": {"default": []}})json",
          "1900ms")),
      "nodes.app.workers: is the short way to write `concurrency`: give one of them; write "
      "\"concurrency\": \"threads(size=4)\"\n");
}

}  // namespace
}  // namespace faultline
