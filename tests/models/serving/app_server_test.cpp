#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// `count` requests at once for an app server with these members.
sim::Result run_burst(int count, const std::string& app, const std::string& others = "") {
  return run_checked(scenario(
      burst(count, "app") + fmt::format(R"("app": {{"type": "app_server", {}}}{})", app, others),
      "1900ms"));
}

TEST(AppServer, WorkersServeFirstComeFirstServed) {
  const auto result =
      run_burst(5, R"json("workers": 1, "endpoints": {"default": ["sleep(10ms)"]})json");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(latency_of(result, fmt::format("c{}", i)), (i + 1) * 10 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "queue_length_max"), 4);
  EXPECT_NEAR(scalar_of(result, "app", "utilization"), 0.050 / 1.9, 1e-12);
}

TEST(AppServer, LastInFirstOutTurnsTheQueueRound) {
  // The first finds the worker free; then the last of those who wait, and so on down to the second.
  const auto result = run_burst(
      5,
      R"json("workers": 1, "queue_order": "lifo", "endpoints": {"default": ["sleep(10ms)"]})json");
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c4"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c3"), 30 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 40 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 50 * millisecond);
}

TEST(AppServer, ByPriorityReadsOvertakeWrites) {
  // c0, c1 and c2 write, c3 and c4 read: c0 finds the worker free, then the reads in their order,
  // then the writes in theirs.
  const auto result = run_checked(scenario(
      burst(5, "app", [](int i) { return i < 3 ? R"(, "reads": "0%")" : ""; }) +
          R"json("app": {"type": "app_server", "workers": 1, "queue_order": "priority", "endpoints": {"default": ["sleep(10ms)"]}})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c3"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c4"), 30 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 40 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 50 * millisecond);
}

TEST(AppServer, WhoFindsTheQueueFullIsRejected) {
  // Two in work, one waits, two of five are rejected: the last to come.
  const auto result = run_burst(
      5, R"json("workers": 2, "queue_limit": 1, "endpoints": {"default": ["sleep(10ms)"]})json");
  EXPECT_EQ(result.requests.counts.ok, 3u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 2u);
  for (const char* name : {"c3", "c4"}) EXPECT_EQ(result.by_class.at(name).counts.fail, 1u) << name;
}

TEST(AppServer, NobodyWaitsWhenTheQueueHasNoPlace) {
  const auto result = run_burst(
      5, R"json("workers": 2, "queue_limit": 0, "endpoints": {"default": ["sleep(10ms)"]})json");
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 3u);
}

TEST(AppServer, AWorkerIsHeldDuringCalls) {
  // One worker: the second request reaches the store, which has connections enough, when the first
  // has its answer.
  const std::string db =
      R"(, "db": {"type": "database", "connections": 10, "service_time": "50ms"})";
  const auto one =
      run_burst(2, R"json("workers": 1, "endpoints": {"default": ["call(db)"]})json", db);
  EXPECT_EQ(latency_of(one, "c0"), 50 * millisecond);
  EXPECT_EQ(latency_of(one, "c1"), 100 * millisecond);
  EXPECT_NEAR(scalar_of(one, "app", "utilization"), 0.100 / 1.9, 1e-12);
  const auto any = run_burst(2, R"json("endpoints": {"default": ["call(db)"]})json", db);
  EXPECT_EQ(latency_of(any, "c0"), 50 * millisecond);
  EXPECT_EQ(latency_of(any, "c1"), 50 * millisecond);
}

TEST(AppServer, ACoreIsHeldByCpuStepsOnly) {
  // One core: 10 ms each one after the other; while the first sleeps for 100 ms the core is the
  // second's: 110 ms and 120 ms.
  const auto result = run_burst(
      2, R"json("cores": 1, "endpoints": {"default": ["cpu(10ms)", "sleep(100ms)"]})json");
  EXPECT_EQ(latency_of(result, "c0"), 110 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 120 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "utilization"), 0.020 / 1.9, 1e-12);
}

TEST(AppServer, WorkersAndCoresAreReportedApart) {
  // Two workers, one core, three requests of 10 ms CPU and 20 ms sleep: the first runs 0-10-30, the
  // second 0-20-40 (10 ms wait for the core), the third gets a worker at 30 and runs 30-40-60.
  // Workers are held 30 + 40 + 30 = 100 ms, the core 30 ms.
  const auto result = run_burst(
      3,
      R"json("workers": 2, "cores": 1, "endpoints": {"default": ["cpu(10ms)", "sleep(20ms)"]})json");
  EXPECT_EQ(latency_of(result, "c0"), 30 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 40 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 60 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "utilization"), 0.030 / 1.9, 1e-12);
  EXPECT_NEAR(scalar_of(result, "app", "workers_utilization"), 0.100 / 1.9 / 2, 1e-12);
  // The queue of the node is that of the workers: the third waits 30 ms.
  const auto& waits = node_of(result, "app").histograms.at("queue_wait_seconds");
  EXPECT_EQ(waits.count(), 3u);
  EXPECT_EQ(waits.max(), 30 * millisecond);
  EXPECT_EQ(node_of(result, "app").histograms.at("cores_wait_seconds").max(), 10 * millisecond);
}

TEST(AppServer, WithoutLimitsNobodyWaits) {
  const auto result =
      run_burst(9, R"json("endpoints": {"default": ["cpu(10ms)", "sleep(5ms)"]})json");
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(latency_of(result, fmt::format("c{}", i)), 15 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "in_service_mean"), 9 * 0.015 / 1.9, 1e-12);
}

TEST(AppServer, AnUnknownEndpointIsTheDefaultOne) {
  const auto result =
      run_burst(2, R"json("endpoints": {"c0": ["sleep(1ms)"], "default": ["sleep(2ms)"]})json");
  EXPECT_EQ(latency_of(result, "c0"), 1 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 2 * millisecond);
}

TEST(AppServer, WithoutADefaultAnUnknownEndpointIsAnError) {
  const auto result = run_burst(2, R"json("endpoints": {"c0": ["sleep(1ms)"]})json");
  EXPECT_EQ(latency_of(result, "c0"), 1 * millisecond);
  EXPECT_EQ(result.by_class.at("c1").counts.fail, 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 1u);
}

TEST(AppServer, AnEndpointWithoutStepsAnswersAtOnce) {
  const auto result = run_burst(2, R"("workers": 1, "endpoints": {"default": []})");
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(result.requests.latency.max(), 0);
}

TEST(AppServer, AStepThatFailsEndsTheEndpoint) {
  // The error comes after 3 ms, the long sleep behind it does not happen: the only worker is free
  // for the second request.
  const auto result = run_burst(
      2,
      R"json("workers": 1, "endpoints": {"c0": ["sleep(3ms)", "fail(100%)", "sleep(1s)"], "default": ["sleep(1ms)"]})json");
  EXPECT_EQ(result.by_class.at("c0").counts.fail, 1u);
  EXPECT_EQ(latency_of(result, "c1"), 4 * millisecond);
}

TEST(AppServer, ProcessorSharingSplitsTheCore) {
  // One job of 10 ms comes at 1 s, one of 4 ms at 1.002 s. The first has 8 ms left when the second
  // comes; at half speed the second is done after 8 ms, when the first has 4 ms left, which it then
  // has alone: 2 + 8 + 4 = 14 ms.
  const auto result = run_checked(scenario(R"json(
      "long": {"type": "clients", "arrivals": "constant(1/s)", "target": "app", "mix": [{"endpoint": "long"}]},
      "short": {"type": "clients", "arrivals": "renewal(1002ms)", "target": "app", "mix": [{"endpoint": "short"}]},
      "app": {"type": "app_server", "cores": 1, "scheduling": "processor_sharing",
              "endpoints": {"long": ["cpu(10ms)"], "short": ["cpu(4ms)"]}})json",
                                           "1900ms"));
  EXPECT_EQ(latency_of(result, "long"), 14 * millisecond);
  EXPECT_EQ(latency_of(result, "short"), 8 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "utilization"), 0.014 / 1.9, 1e-12);
  // Two jobs for 8 ms, one for 6 ms.
  EXPECT_NEAR(scalar_of(result, "app", "sharing_jobs_mean"), 0.022 / 1.9, 1e-12);
}

TEST(AppServer, JobsBelowTheNumberOfSharedCoresRunAtFullSpeed) {
  // Two of 10 ms on two cores: 10 ms each. Three: at 2/3 of the speed, 15 ms each, up to the
  // rounding of a nanosecond.
  const std::string app =
      R"json("cores": 2, "scheduling": "processor_sharing", "endpoints": {"default": ["cpu(10ms)"]})json";
  const auto two = run_burst(2, app);
  EXPECT_EQ(latency_of(two, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(two, "c1"), 10 * millisecond);
  const auto three = run_burst(3, app);
  for (const char* name : {"c0", "c1", "c2"}) {
    EXPECT_NEAR(static_cast<double>(latency_of(three, name)), 15e6, 2) << name;
  }
}

TEST(AppServer, SharedCoresAreBehindTheWorkers) {
  // Two workers: two of three share the core, 20 ms each; the third then has it alone for 10 ms.
  const auto result = run_burst(
      3,
      R"json("workers": 2, "cores": 1, "scheduling": "processor_sharing", "endpoints": {"default": ["cpu(10ms)"]})json");
  EXPECT_EQ(latency_of(result, "c0"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 30 * millisecond);
  EXPECT_EQ(node_of(result, "app").histograms.at("queue_wait_seconds").max(), 20 * millisecond);
}

TEST(AppServer, ACycleOfCallsWithoutEndIsAProblem) {
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "a"},
      "a": {"type": "app_server", "endpoints": {"default": ["call(b)"]}},
      "b": {"type": "app_server", "endpoints": {"default": ["cpu(1ms)", "call(a)"]}})json",
                                        "1s")),
            "nodes.b: a cycle of calls without end: a -> b -> a; make one of the calls depend on a "
            "choice, or call another endpoint\n");
}

TEST(AppServer, SaysWhatDoesNotGoTogether) {
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "a"},
      "a": {"type": "app_server", "queue_limit": 1, "scheduling": "processor_sharing", "endpoints": {"default": []}})json",
                                        "1s")),
            "nodes.a.cores: processor sharing needs a number of cores\n"
            "nodes.a.queue_limit: has no effect without `workers`: nobody waits\n");
}

}  // namespace
}  // namespace faultline
