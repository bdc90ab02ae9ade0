#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::received;
using tests::run_checked;
using tests::scenario;

/// One request, at 1 s, for an app with the endpoint `steps`.
sim::Result run_one(const std::string& steps, const std::string& others = "",
                    const std::string& clients = "") {
  return run_checked(scenario(
      burst(1, "app", [&](int) { return clients; }) +
          fmt::format(R"("app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}}{})",
                      steps, others),
      "1900ms"));
}

TEST(ParallelStep, TakesAsLongAsItsLongestBranch) {
  EXPECT_EQ(
      latency_of(
          run_one(
              R"json({"type": "parallel", "steps": ["sleep(10ms)", "sleep(30ms)", "sleep(20ms)"]})json"),
          "c0"),
      30 * millisecond);
}

TEST(ParallelStep, StepsAfterItWaitForAllBranches) {
  EXPECT_EQ(
      latency_of(
          run_one(
              R"json({"type": "parallel", "steps": ["sleep(10ms)", "sleep(30ms)"]}, "sleep(5ms)")json"),
          "c0"),
      35 * millisecond);
}

TEST(ParallelStep, BranchesMayBeSequences) {
  // 10 + 15 beats 20.
  EXPECT_EQ(latency_of(run_one(R"json({"type": "parallel", "steps": [
                {"type": "sequence", "steps": ["sleep(10ms)", "sleep(15ms)"]}, "sleep(20ms)"]})json"),
                       "c0"),
            25 * millisecond);
}

TEST(ParallelStep, BranchesMayBeParallel) {
  // max(10, max(20, 5) after 3) = 23.
  EXPECT_EQ(
      latency_of(
          run_one(
              R"json({"type": "parallel", "steps": ["sleep(10ms)", {"type": "sequence", "steps": ["sleep(3ms)",
                {"type": "parallel", "steps": ["sleep(20ms)", "sleep(5ms)"]}]}]})json"),
          "c0"),
      23 * millisecond);
}

TEST(ParallelStep, StartsAllBranchesAtOnceInTheirOrder) {
  // Both calls meet at a store with one connection: 50 ms each, one after the other.
  const auto result =
      run_one(R"json({"type": "parallel", "steps": ["call(db)", "call(db)"]})json",
              R"(, "db": {"type": "database", "connections": 1, "service_time": "50ms"})");
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  EXPECT_EQ(received(result, "db"), 2u);
}

TEST(ParallelStep, WithoutWaitingTakesNoTime) {
  EXPECT_EQ(
      latency_of(run_one(R"json({"type": "parallel", "steps": ["fail(0%)", "fail(0%)"]})json"),
                 "c0"),
      0);
}

TEST(ParallelStep, WaitsForAllBeforeItFails) {
  // The first branch fails at once, the worker is held for the 30 ms of the second.
  const auto result = run_checked(scenario(burst(2, "app") + R"json(
      "app": {"type": "app_server", "workers": 1, "endpoints": {
          "c0": [{"type": "parallel", "steps": ["fail(100%)", "sleep(30ms)"]}], "default": ["sleep(1ms)"]}})json",
                                           "1900ms"));
  EXPECT_EQ(result.by_class.at("c0").counts.fail, 1u);
  EXPECT_EQ(latency_of(result, "c1"), 31 * millisecond);
}

TEST(ParallelStep, TellsOfTheFirstBranchInOrderThatFailed) {
  // The second branch fails first in time, but the first in the order given is what is told: the
  // store is down.
  const auto result =
      run_checked(scenario(burst(1, "app") + R"json(
      "app": {"type": "app_server", "endpoints": {"default": [
          {"type": "parallel", "steps": [{"type": "sequence", "steps": ["sleep(30ms)", "call(db)"]}, "fail(100%)"]}]}},
      "db": {"type": "database", "service_time": "1ms"})json",
                           "1900ms", R"json("faults": [{"at": "0s", "fault": "crash(db)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 0u);
}

TEST(ParallelStep, AWriteWithOneBranchDoneIsNotCertainlyWithoutEffect) {
  // One branch wrote, the other failed: the write as a whole may have had an effect.
  const auto result =
      run_one(R"json({"type": "parallel", "steps": ["fail(100%)", "call(db)"]})json",
              R"(, "db": {"type": "database", "service_time": "1ms"})", R"(, "reads": "0%")");
  EXPECT_EQ(result.requests.counts.unknown, 1u);
  EXPECT_EQ(result.requests.counts.fail, 0u);
}

TEST(SequenceStep, RunsItsStepsOneAfterTheOther) {
  EXPECT_EQ(
      latency_of(
          run_one(
              R"json({"type": "sequence", "steps": ["sleep(10ms)", "sleep(20ms)"]}, "sleep(5ms)")json"),
          "c0"),
      35 * millisecond);
}

TEST(SequenceStep, StopsAtTheFirstStepThatFails) {
  const auto result =
      run_one(R"json({"type": "sequence", "steps": ["fail(100%)", "call(db)"]}, "call(db)")json",
              R"(, "db": {"type": "database", "service_time": "1ms"})");
  EXPECT_EQ(result.requests.counts.fail, 1u);
  EXPECT_EQ(received(result, "db"), 0u);
}

TEST(ChooseStep, TakesItsOptionsByWeight) {
  // 3 : 1 of 20,000: 15,000 with a standard deviation of 61; four are 245.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "choose", "options": [
          {"weight": 3, "steps": ["call(often)"]}, {"weight": 1, "steps": ["call(seldom)"]}]}]}},
      "often": {"type": "database", "service_time": "0s"},
      "seldom": {"type": "database", "service_time": "0s"})json",
                                           "20000500us"));
  EXPECT_EQ(received(result, "often") + received(result, "seldom"), 20'000u);
  EXPECT_NEAR(static_cast<double>(received(result, "often")), 15'000, 245);
}

TEST(ChooseStep, AnOptionWithoutStepsDoesNothing) {
  const auto result = run_one(R"({"type": "choose", "options": [{}]})");
  EXPECT_EQ(latency_of(result, "c0"), 0);
}

TEST(ChooseStep, AnOptionThatFailsFails) {
  const auto result =
      run_one(R"json({"type": "choose", "options": [{"steps": ["fail(100%)"]}]}, "sleep(1s)")json");
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 1u);
}

TEST(FlowSteps, NeedSteps) {
  const std::string text = scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": [
          {"type": "parallel", "steps": []}, {"type": "sequence", "steps": []}, {"type": "choose", "options": []}]}})json",
                                    "1s");
  const std::string problems = tests::problems_of(text);
  for (const char* path :
       {"nodes.app.endpoints.default[0].steps: ", "nodes.app.endpoints.default[1].steps: ",
        "nodes.app.endpoints.default[2].options: "}) {
    EXPECT_NE(problems.find(path), std::string::npos) << path << "\n" << problems;
  }
}

}  // namespace
}  // namespace faultline
