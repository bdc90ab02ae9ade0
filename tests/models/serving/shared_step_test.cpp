#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

std::string shared(const std::string& more, const std::string& steps = R"json("sleep(10ms)")json") {
  return fmt::format(
      R"({{"type": "shared", "variable": "x", "access_time": "0s", "steps": [{}]{}}})", steps,
      more);
}

sim::Result run_burst(int count, const std::string& step, const std::string& more = "") {
  return run_checked(scenario(
      burst(count, "app") +
          fmt::format(R"("app": {{"type": "app_server"{}, "endpoints": {{"default": [{}]}}}})",
                      more, step),
      "1900ms"));
}

TEST(SharedStep, WhatOthersWroteInBetweenIsLost) {
  // All five read 0 and write 1.
  const auto result = run_burst(5, shared(""));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 5);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 4);
  const sim::FindingKind& found = result.findings.kinds().at("lost_update");
  EXPECT_EQ(found.count, 4u);
  EXPECT_EQ(sim::brief_of(found.kept.front()), "default #2: x; default #1: x");
  EXPECT_NEAR(found.kept.front().at_seconds, 1.01, 1e-3);
  EXPECT_NEAR(found.kept.front().parts[0].since_seconds, 1.0, 1e-3);
}

TEST(SharedStep, ALockKeepsOthersOut) {
  const auto result =
      run_burst(5, R"({"type": "lock", "name": "a", "steps": [)" + shared("") + "]}");
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 5);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 0);
  EXPECT_TRUE(result.findings.empty());
}

TEST(SharedStep, OneAfterTheOtherNothingIsLost) {
  const auto result = run_burst(5, shared(""), R"(, "workers": 1)");
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 0);
}

TEST(SharedStep, AtomicIsReadAndWrittenInOneGo) {
  const auto result = run_burst(5, shared(R"(, "how": "atomic")"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 5);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 0);
}

TEST(SharedStep, CompareAndSetDoesItAgain) {
  // Each round one of those who are left writes: 4 + 3 + 2 + 1 have to do it again.
  const auto result = run_burst(5, shared(R"(, "how": "compare_and_set")"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 5);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 0);
  EXPECT_EQ(scalar_of(result, "app", "x:update_retries"), 10);
  EXPECT_EQ(latency_of(result, "c4"), 50 * tests::millisecond);
}

TEST(SharedStep, CompareAndSetGivesUp) {
  const auto result = run_burst(3, shared(R"(, "how": "compare_and_set", "tries": 2)"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 2);
  EXPECT_EQ(errors_of(result.requests.counts, "aborted"), 1u);
}

TEST(SharedStep, ASlowWriterTakesBackWhatManyHaveWritten) {
  // c0 reads 0 and writes 1 after 100 ms; c1 and c2 have made it 1 and 2 by then.
  const auto result = run_checked(
      scenario(burst(3, "app") + fmt::format(R"json("app": {{"type": "app_server", "endpoints": {{
          "c0": [{}], "c1": ["sleep(1ms)", {}], "c2": ["sleep(20ms)", {}]}}}})json",
                                             shared("", R"json("sleep(100ms)")json"), shared(""),
                                             shared("")),
               "1900ms"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 3);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 2);
}

TEST(SharedStep, OneThatComesBackWithMoreTakesNothingAway) {
  // c1 reads 1 (of c2), c0 writes 1 over it, c1 writes 2: three updates, the value is 2.
  const auto result = run_checked(scenario(
      burst(3, "app") + fmt::format(R"json("app": {{"type": "app_server", "endpoints": {{
          "c0": [{}], "c1": ["sleep(15ms)", {}], "c2": [{}]}}}})json",
                                    shared("", R"json("sleep(20ms)")json"), shared(""), shared("")),
      "1900ms"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 3);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 1);
}

TEST(SharedStep, WhoWaitsForTheCoreHasNotReadYet) {
  // One core and a time to read: the second reads after the first has read, and before it writes.
  const auto racing = [](const std::string& cores) {
    const auto result = run_checked(
        scenario(burst(2, "app") +
                     fmt::format(R"json("app": {{"type": "app_server"{}, "endpoints": {{"default": [
              {{"type": "shared", "variable": "x", "access_time": "1us", "steps": ["cpu(1ms)"]}}]}}}})json",
                                 cores),
                 "1900ms"));
    return scalar_of(result, "app", "x:lost_updates");
  };
  EXPECT_EQ(racing(R"(, "cores": 1)"), 1);
  EXPECT_EQ(racing(R"(, "cores": 1, "workers": 1)"), 0);
}

TEST(SharedStep, ACrashForgetsIt) {
  const auto result = run_checked(scenario(
      burst(3, "app") +
          fmt::format(
              R"json("app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}})json",
              shared("")),
      "2900ms", R"json("faults": [{"at": "1005ms", "for": "1ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 3);
  EXPECT_EQ(scalar_of(result, "app", "x:lost_updates"), 2);
}

TEST(SharedStep, AFailureInBetweenWritesNothing) {
  const auto result = run_burst(2, shared("", R"json("fail(100%)")json"));
  EXPECT_EQ(scalar_of(result, "app", "x:updates"), 0);
}

TEST(SharedStep, VariablesOfKeys) {
  // 1000 requests a second and 5 ms between reading and writing: of one variable most updates are
  // lost; of a thousand none.
  const auto lost = [](const std::string& more) {
    const auto result = run_checked(scenario(
        fmt::format(
            R"json("c": {{"type": "clients", "arrivals": "constant(1000/s)", "target": "app", "keys": "sequential(1000)"}},
           "app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}})json",
            shared(more, R"json("sleep(5ms)")json")),
        "1s"));
    return scalar_of(result, "app", "x:lost_updates");
  };
  EXPECT_GT(lost(""), 700);
  EXPECT_EQ(lost(R"(, "per_key": true)"), 0);
}

}  // namespace
}  // namespace faultline
