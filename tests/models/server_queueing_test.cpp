/// Servers under their models of concurrency against the exact values of queueing theory, as
/// tests/models/queueing_test.cpp has them for stations. Each case: the exact value lies in the 95
/// % interval over 20 replications, and the interval's half width is at most 2 % of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/measure/theory.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

namespace theory = sim::theory;
using tests::expect_interval_holds;

constexpr std::uint64_t seeds = 20;

void expect_holds(tests::Runs runs, const std::string& path, double exact) {
  expect_interval_holds(runs, path, exact);
}

tests::Runs run_server(const std::string& arrivals, const std::string& members, double seconds) {
  return tests::Runs(fmt::format(R"json({{
    "faultline": 1,
    "nodes": {{
      "users": {{"type": "clients", {}, "target": "server"}},
      "server": {{"type": "app_server", {}}}
    }},
    "run": {{"duration": "{}s", "warmup": "{}s"}}
  }})json",
                                 arrivals, members, seconds, seconds / 20),
                     seeds);
}

std::string poisson(double rate) {
  return fmt::format(R"json("arrivals": "poisson({}/s)")json", rate);
}

std::string endpoint(const std::string& steps) {
  return R"json("endpoints": {"default": [)json" + steps + "]}";
}

const std::string response = "nodes.server.latency_seconds.mean";
const std::string wait = "nodes.server.queue_wait_seconds.mean";

/// M/M/c: the pool is the station, with a core for each thread; and the cores are, with any
/// number of threads, when switches are free.
TEST(SlowServerQueueing, ThreadsAreMmc) {
  for (const std::int64_t c : {1, 2, 4}) {
    const double rate = 0.8 * static_cast<double>(c);
    const theory::Station exact = theory::mmc({.arrival_rate = rate}, c);
    const double seconds = c == 1 ? 400'000 : 300'000;
    expect_holds(
        run_server(
            poisson(rate),
            fmt::format(
                R"json("concurrency": "threads(size={0})", "machine": {{"cores": {0}}}, {1})json",
                c, endpoint(R"json("cpu(exponential(1s))")json")),
            seconds),
        response, exact.response_mean);
    expect_holds(
        run_server(
            poisson(rate),
            fmt::format(
                R"json("concurrency": "threads", "machine": {{"cores": {}, "context_switch": "0s"}}, {})json",
                c, endpoint(R"json("cpu(exponential(1s))")json")),
            seconds),
        response, exact.response_mean);
  }
}

/// A thread that sleeps is a busy server just the same: Erlang's C formula counts threads, not
/// cores.
TEST(SlowServerQueueing, SleepingThreadsAreBusyServers) {
  const theory::Station exact = theory::mmc({.arrival_rate = 3.2}, 4);
  expect_holds(run_server(poisson(3.2),
                          R"json("concurrency": "threads(size=4)", "machine": {"cores": 1}, )json" +
                              endpoint(R"json("sleep(exponential(1s))")json"),
                          300'000),
               wait, exact.wait_mean);
}

/// M/G/1 in order of arrival and by processor sharing: the second forgets the shape of the
/// service.
TEST(SlowServerQueueing, OneCoreInOrderAndShared) {
  const std::string cv2 = endpoint(R"json("cpu(hyperexponential(mean=1s, cv=2))")json");
  expect_holds(
      run_server(poisson(0.8),
                 R"json("concurrency": "threads(size=1)", "machine": {"cores": 1}, )json" + cv2,
                 800'000),
      response, theory::mg1({.arrival_rate = 0.8}, 2).response_mean);
  for (const char* work : {"1s", "exponential(1s)", "hyperexponential(mean=1s, cv=3)"}) {
    expect_holds(
        run_server(
            poisson(0.8),
            R"json("concurrency": "threads", "machine": {"cores": 1, "scheduling": "processor_sharing"}, )json" +
                endpoint(fmt::format(R"json("cpu({})")json", work)),
            800'000),
        response, theory::mg1_processor_sharing({.arrival_rate = 0.8}).response_mean);
  }
}

/// Round robin in turns of 20 ms with free switches is processor sharing, nearly: its mean
/// response lies between that and first come, first served.
TEST(SlowServerQueueing, SmallTurnsAreSharing) {
  expect_holds(
      run_server(
          poisson(0.8),
          R"json("concurrency": "threads", "machine": {"cores": 1, "scheduling": "round_robin",
                     "quantum": "20ms", "context_switch": "0s"}, )json" +
              endpoint(R"json("cpu(hyperexponential(mean=1s, cv=2))")json"),
          600'000),
      response, theory::mg1_processor_sharing({.arrival_rate = 0.8}).response_mean);
}

/// M/M/c/K: c threads and K - c places to wait.
TEST(SlowServerQueueing, AQueueLimitLosesWhatErlangSays) {
  const theory::Station exact = theory::mmck({.arrival_rate = 2.4}, {.servers = 2, .capacity = 5});
  tests::Runs runs = run_server(
      poisson(2.4),
      R"json("concurrency": "threads(size=2)", "machine": {"cores": 2}, "queue_limit": 3, )json" +
          endpoint(R"json("cpu(exponential(1s))")json"),
      200'000);
  expect_interval_holds(runs, "requests.throughput_per_second", exact.throughput);
  expect_interval_holds(runs, response, exact.response_mean);
}

/// An event loop without costs of its own is M/G/1 in order of arrival, and a loop pays for each
/// callback: costs of 0.1 s make the service 1.1 s.
TEST(SlowServerQueueing, ALoopIsMg1) {
  const std::string steps = endpoint(R"json("cpu(exponential(1s))")json");
  expect_holds(
      run_server(
          poisson(0.8),
          R"json("concurrency": "event_loop(callback_cost=0s, iteration_cost=0s)", )json" + steps,
          400'000),
      response, theory::mg1({.arrival_rate = 0.8}, 1).response_mean);
  // Constant service of 1 s and 0.1 s: Pollaczek and Khinchine at load 0.77.
  expect_holds(
      run_server(
          poisson(0.7),
          R"json("concurrency": "event_loop(callback_cost=100ms, iteration_cost=0s)", )json" +
              endpoint(R"json("cpu(1s)")json"),
          300'000),
      response, theory::mg1({.arrival_rate = 0.7, .service_rate = 1 / 1.1}, 0).response_mean);
}

/// Coroutines on c threads are M/M/c while nothing interrupts them; their slices make them share.
TEST(SlowServerQueueing, CoroutinesAreMmcOrSharing) {
  expect_holds(
      run_server(
          poisson(3.2),
          R"json("concurrency": {"type": "coroutines", "threads": 4, "switch_cost": "0s", "slice": null}, )json" +
              endpoint(R"json("cpu(exponential(1s))")json"),
          300'000),
      response, theory::mmc({.arrival_rate = 3.2}, 4).response_mean);
  expect_holds(
      run_server(
          poisson(0.8),
          R"json("concurrency": {"type": "coroutines", "threads": 1, "switch_cost": "0s", "slice": "20ms"}, )json" +
              endpoint(R"json("cpu(hyperexponential(mean=1s, cv=2))")json"),
          600'000),
      response, theory::mg1_processor_sharing({.arrival_rate = 0.8}).response_mean);
}

/// A closed network by mean value analysis: users who think, and the core of a server that each
/// request visits twice, in order of arrival.
TEST(SlowServerQueueing, ClosedUsersAreAClosedNetwork) {
  for (const std::int64_t users : {1, 3, 8}) {
    tests::Runs runs = run_server(
        fmt::format(R"json("users": {}, "think_time": "exponential(15s)")json", users),
        R"json("concurrency": "threads", "machine": {"cores": 1, "context_switch": "0s"}, )json" +
            endpoint(R"json("cpu(exponential(1500ms))", "cpu(exponential(1500ms))")json"),
        400'000);
    const theory::ClosedNetworkMetrics exact =
        theory::mean_value_analysis({.demands = {3.0}, .think_time = 15, .population = users});
    expect_interval_holds(runs, "requests.throughput_per_second", exact.throughput);
    expect_interval_holds(runs, response, exact.response_mean);
  }
}

}  // namespace
}  // namespace faultline
