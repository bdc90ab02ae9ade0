#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second up to `duration` for an app with the endpoint `steps`.
sim::Result run_app(const std::string& steps, const std::string& others,
                    const std::string& duration, const std::string& reads = "100%",
                    const std::string& rest = "") {
  return run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "reads": "{}"}},
      "app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}}, {})json",
                                          reads, steps, others),
                              duration, rest));
}

TEST(CallStep, WaitsForTheAnswer) {
  const auto result = run_app(R"json("call(db)", "call(db)")json",
                              R"("db": {"type": "database", "service_time": "20ms"})", "1050ms");
  EXPECT_EQ(result.requests.latency.min(), 40 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 40 * millisecond);
  EXPECT_EQ(received(result, "db"), 20u);
}

TEST(CallStep, TakesReplicasInTurn) {
  const auto result =
      run_app(R"json("call(db)")json",
              R"("db": {"type": "database", "replicas": 5, "service_time": "0s"})", "2050ms");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(received(result, fmt::format("db[{}]", i)), 4u);
}

TEST(CallStep, MayNameOneReplica) {
  const auto result =
      run_app(R"json("call(db[1])")json",
              R"("db": {"type": "database", "replicas": 2, "service_time": "0s"})", "2050ms");
  EXPECT_EQ(received(result, "db[0]"), 0u);
  EXPECT_EQ(received(result, "db[1]"), 20u);
}

TEST(CallStep, AsksForTheEndpointNamed) {
  const auto result = run_app(
      R"json("call(other)", "call(other, endpoint=long)")json",
      R"json("other": {"type": "app_server", "endpoints": {"default": ["sleep(1ms)"], "long": ["sleep(10ms)"]}})json",
      "1050ms");
  EXPECT_EQ(result.requests.latency.min(), 11 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 11 * millisecond);
}

TEST(CallStep, ReadsOrWritesAsTheRequestUnlessSaidOtherwise) {
  // A read takes 1 ms at the store, a write 10 ms.
  const std::string db =
      R"("db": {"type": "database", "service_time": "1ms", "write_service_time": "10ms"})";
  const auto latency = [&](const std::string& step, const std::string& reads) {
    return run_app(step, db, "1050ms", reads).requests.latency.max();
  };
  EXPECT_EQ(latency(R"json("call(db)")json", "100%"), 1 * millisecond);
  EXPECT_EQ(latency(R"json("call(db)")json", "0%"), 10 * millisecond);
  EXPECT_EQ(latency(R"json("call(db, operation=write)")json", "100%"), 10 * millisecond);
  EXPECT_EQ(latency(R"json("call(db, operation=read)")json", "0%"), 1 * millisecond);
}

TEST(CallStep, ATimeOutFailsAReadAndLeavesAWriteUnknown) {
  // The app waits 100 ms of the 500 ms: the 49 requests of 0.1 s .. 4.9 s have ended at 5.05 s. The
  // store works on for all.
  const std::string db = R"("db": {"type": "database", "service_time": "500ms"})";
  const auto reads = run_app(R"json("call(db, timeout=100ms)")json", db, "5050ms", "100%");
  EXPECT_EQ(reads.requests.counts.fail, 49u);
  EXPECT_EQ(errors_of(reads.requests.counts, "timeout"), 49u);
  EXPECT_EQ(errors_of(node_of(reads, "app").counts, "timeout"), 49u);
  EXPECT_EQ(node_of(reads, "db").counts.ok, 45u);
  const auto writes = run_app(R"json("call(db, timeout=100ms)")json", db, "5050ms", "0%");
  EXPECT_EQ(writes.requests.counts.unknown, 49u);
  EXPECT_EQ(node_of(writes, "app").counts.unknown, 49u);
  EXPECT_EQ(node_of(writes, "db").counts.ok, 45u);
}

TEST(CallStep, ATimeOutFreesTheWorkerAtOnce) {
  // One worker, patience of 10 ms with a store that takes 500 ms: the second request begins at 10
  // ms and ends at 20 ms.
  const auto result = run_checked(scenario(burst(2, "app") + R"json(
      "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["call(db, timeout=10ms)"]}},
      "db": {"type": "database", "service_time": "500ms"})json",
                                           "1900ms"));
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 2u);
  EXPECT_NEAR(scalar_of(result, "app", "utilization"), 0.020 / 1.9, 1e-12);
  EXPECT_EQ(node_of(result, "db").counts.ok, 2u);
}

TEST(CallStep, TheReasonOfTheCalleeIsTheReasonOfTheCaller) {
  const auto refused =
      run_app(R"json("call(db)")json", R"("db": {"type": "database", "service_time": "1ms"})",
              "1050ms", "100%", R"json("faults": [{"at": "0s", "fault": "crash(db)"}])json");
  EXPECT_EQ(errors_of(refused.requests.counts, "refused"), 10u);
  EXPECT_EQ(errors_of(node_of(refused, "app").counts, "refused"), 10u);
}

TEST(CallStep, ASecondWriteThatIsRefusedLeavesTheWholeUnknown) {
  // The first store has the write, the second refused it.
  const auto result = run_app(
      R"json("call(one)", "call(two)")json",
      R"("one": {"type": "database", "service_time": "1ms"}, "two": {"type": "database", "service_time": "1ms"})",
      "1050ms", "0%", R"json("faults": [{"at": "0s", "fault": "crash(two)"}])json");
  EXPECT_EQ(result.requests.counts.unknown, 10u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 10u);
  // Refused by the first: certainly no effect.
  const auto first = run_app(
      R"json("call(one)", "call(two)")json",
      R"("one": {"type": "database", "service_time": "1ms"}, "two": {"type": "database", "service_time": "1ms"})",
      "1050ms", "0%", R"json("faults": [{"at": "0s", "fault": "crash(one)"}])json");
  EXPECT_EQ(first.requests.counts.fail, 10u);
  // A first call that only reads has no effect.
  const auto read = run_app(
      R"json("call(one, operation=read)", "call(two)")json",
      R"("one": {"type": "database", "service_time": "1ms"}, "two": {"type": "database", "service_time": "1ms"})",
      "1050ms", "0%", R"json("faults": [{"at": "0s", "fault": "crash(two)"}])json");
  EXPECT_EQ(read.requests.counts.fail, 10u);
}

TEST(CallStep, ALoopEndsAfterTheMostHops) {
  // The app calls itself every second time: nobody gets to 250 calls in a row. With a million to
  // one everybody does.
  const auto rarely = run_app(
      R"json({"type": "choose", "options": [{"weight": 1, "steps": ["call(app)"]}, {"weight": 1}]})json",
      R"("db": {"type": "database", "service_time": "1ms"})", "10050ms");
  EXPECT_EQ(rarely.requests.counts.ok, 100u);
  const auto always = run_app(
      R"json({"type": "choose", "options": [{"weight": 1000000, "steps": ["call(app)"]}, {"weight": 1}]})json",
      R"("db": {"type": "database", "service_time": "1ms"})", "1050ms");
  EXPECT_EQ(errors_of(always.requests.counts, "loop"), 10u);
  // The 250th node still serves, the 251st does not.
  EXPECT_EQ(received(always, "app"), 10u * 251u);
}

}  // namespace
}  // namespace faultline
