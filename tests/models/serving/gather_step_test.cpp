#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

sim::Result run_one(const std::string& steps, const std::string& others = "",
                    const std::string& clients = "") {
  return run_checked(scenario(
      burst(1, "app", [&](int) { return clients; }) +
          fmt::format(R"("app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}}{})",
                      steps, others),
      "1900ms"));
}

std::string gather(const std::string& steps, const std::string& more) {
  return fmt::format(R"json({{"type": "gather", "steps": [{}]{}}})json", steps, more);
}

const char* const three = R"json("sleep(10ms)", "sleep(30ms)", "sleep(20ms)")json";
/// A branch that fails after 5 ms.
const char* const fails = R"json({"type": "sequence", "steps": ["sleep(5ms)", "fail(100%)"]})json";

TEST(GatherStep, TakesAsLongAsWhatItWaitsFor) {
  EXPECT_EQ(latency_of(run_one(gather(three, "")), "c0"), 30 * millisecond);
  EXPECT_EQ(latency_of(run_one(gather(three, R"(, "wait": "first")")), "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(run_one(gather(three, R"(, "wait": "quorum")")), "c0"), 20 * millisecond);
  EXPECT_EQ(latency_of(run_one(gather(three, R"(, "wait": "quorum", "quorum": 3)")), "c0"),
            30 * millisecond);
}

TEST(GatherStep, AllFailsWithTheFirstThatDoes) {
  // parallel would wait for the 30 ms.
  const auto result = run_one(gather(std::string(three) + ", " + fails, ""));
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 1u);
  EXPECT_EQ(scalar_of(result, "app", "gather_cancelled"), 3);
}

TEST(GatherStep, TheFirstOkCountsAndNotTheFirstEnd) {
  const auto result = run_one(gather(std::string(three) + ", " + fails, R"(, "wait": "first")"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
}

TEST(GatherStep, TheFirstFailsWhenAllHave) {
  const auto result = run_one(gather(std::string(fails) + ", " + fails, R"(, "wait": "first")"));
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 1u);
  EXPECT_EQ(scalar_of(result, "app", "gather_cancelled"), 0);
}

TEST(GatherStep, AQuorumOutOfReachIsNotWaitedFor) {
  // Two of three have failed after 5 ms: two can no longer end ok, and the worker is free.
  const auto result = run_checked(scenario(
      burst(2, "app") +
          fmt::format(
              R"json("app": {{"type": "app_server", "workers": 1, "endpoints": {{"c0": [{}], "default": ["sleep(1ms)"]}}}})json",
              gather(fmt::format(R"json("sleep(30ms)", {0}, {0})json", fails),
                     R"(, "wait": "quorum")")),
      "1900ms"));
  EXPECT_EQ(result.by_class.at("c0").counts.fail, 1u);
  EXPECT_EQ(latency_of(result, "c1"), 6 * millisecond);
}

TEST(GatherStep, CopiesGoToAllReplicas) {
  // Three copies of a call over three replicas, as a quorum read of a client library has them.
  const auto result =
      run_one(gather(R"json("call(db)")json", R"json(, "copies": 3, "wait": "quorum")json"),
              R"json(, "db": {"type": "database", "replicas": 3, "service_time": "10ms"})json");
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  for (const char* each : {"db[0]", "db[1]", "db[2]"}) EXPECT_EQ(received(result, each), 1u);
}

TEST(GatherStep, WhatWasAskedOfOthersGoesOnThere) {
  // The call is not recalled: the database has served it after the request was answered.
  const auto result = run_one(gather(R"json("sleep(1ms)", "call(db)")json", R"(, "wait": "first")"),
                              R"json(, "db": {"type": "database", "service_time": "50ms"})json");
  EXPECT_EQ(latency_of(result, "c0"), 1 * millisecond);
  EXPECT_EQ(scalar_of(result, "db", "served"), 1);
}

TEST(GatherStep, ABranchThatIsEndedGivesBackWhatItHolds) {
  // The slow branch holds a core; ended at 1 ms, it is free for the next request.
  const auto result = run_checked(scenario(
      burst(2, "app") +
          fmt::format(
              R"json("app": {{"type": "app_server", "workers": 1, "cores": 1, "endpoints": {{"c0": [{}], "default": ["cpu(1ms)"]}}}})json",
              gather(R"json("sleep(1ms)", "cpu(50ms)")json", R"(, "wait": "first")")),
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 1 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 2 * millisecond);
}

TEST(GatherStep, WhatIsLeftRunsToItsEnd) {
  const auto result = run_one(gather(three, R"(, "wait": "first", "rest": "leave")"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "gather_left"), 2);
  EXPECT_EQ(scalar_of(result, "app", "gather_cancelled"), 0);
  // From 10 ms on: one for 10 ms, one for 20 ms.
  EXPECT_NEAR(scalar_of(result, "app", "gather_left_running_mean"), 0.03 / 1.9, 1e-9);
}

TEST(GatherStep, LeftBranchesEndInACrash) {
  const auto result = run_checked(scenario(
      burst(1, "app") +
          fmt::format(R"("app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}})",
                      gather(three, R"(, "wait": "first", "rest": "leave")")),
      "1900ms", R"json("faults": [{"at": "1015ms", "for": "10ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 1u);
  EXPECT_NEAR(scalar_of(result, "app", "gather_left_running_mean"), 0.01 / 1.9, 1e-9);
}  // namespace

TEST(GatherStep, AWriteWithABranchThatWasEndedMayHaveHadAnEffect) {
  // The branch that is ended had sent a write; the other one failed.
  const auto result = run_one(gather(std::string(R"json("call(db)", )json") + fails, ""),
                              R"json(, "db": {"type": "database", "service_time": "50ms"})json",
                              R"(, "reads": "0%")");
  EXPECT_EQ(result.requests.counts.unknown, 1u);
}

TEST(GatherStep, InsideOneAnother) {
  // The inner one takes 20 ms (its second), the outer the first of 20 and 25 ms.
  const std::string inner = gather(three, R"(, "wait": "quorum")");
  const auto result = run_one(gather(inner + R"json(, "sleep(25ms)")json", R"(, "wait": "first")"));
  EXPECT_EQ(latency_of(result, "c0"), 20 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "gather_cancelled"), 2);
}

TEST(GatherStep, AQuorumIsNoDeadlockWhileEnoughCanEnd) {
  // The parent holds the lock that one branch wants; two others are enough. With all of them it
  // is a deadlock.
  const auto deadlocks = [](const std::string& wait) {
    const auto result = run_one(
        R"json({"type": "lock", "name": "a", "steps": [)json" +
        gather(
            R"json("sleep(1ms)", "sleep(2ms)", {"type": "lock", "name": "a", "steps": ["sleep(1ms)"]})json",
            wait) +
        "]}");
    return scalar_of(result, "app", "deadlocks");
  };
  EXPECT_EQ(deadlocks(R"(, "wait": "quorum")"), 0);
  EXPECT_EQ(deadlocks(R"(, "wait": "first")"), 0);
  EXPECT_EQ(deadlocks(""), 1);
}

TEST(GatherStep, IsChecked) {
  const auto problems = [](const std::string& more) {
    return problems_of(scenario(
        fmt::format(
            R"json("u": {{"type": "clients", "arrivals": "constant(1/s)", "target": "app"}},
            "app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}})json",
            gather(three, more)),
        "1s"));
  };
  EXPECT_THAT(problems(R"(, "wait": "quorum", "quorum": 4)"),
              HasSubstr("quorum: expected at most the number of branches, 3, got 4"));
  EXPECT_THAT(problems(R"(, "quorum": 2)"),
              HasSubstr("quorum: has no effect without \"wait\": \"quorum\""));
}

}  // namespace
}  // namespace faultline
