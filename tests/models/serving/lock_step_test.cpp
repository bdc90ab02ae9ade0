#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// One request of each endpoint c0, c1, .. of `app`, all at 1 s.
sim::Result run_burst(int count, const std::string& endpoints, const std::string& app = "",
                      const std::string& rest = "", const std::string& until = "1900ms") {
  return run_checked(scenario(
      burst(count, "app") +
          fmt::format(R"("app": {{"type": "app_server"{}, "endpoints": {{{}}}}})", app, endpoints),
      until, rest));
}

/// A `lock` step: `locked("a", "sleep(10ms)")`.
std::string locked(const std::string& name, const std::string& step, const std::string& more = "") {
  const std::string inner = step.starts_with('{') ? step : '"' + step + '"';
  return fmt::format(R"({{"type": "lock", "name": "{}", "steps": [{}]{}}})", name, inner, more);
}

/// "c0": holds `first` for 10 ms and then wants `second`.
std::string in_order(const std::string& first, const std::string& second,
                     const std::string& more = "") {
  const std::string inner = R"json("sleep(10ms)", )json" + locked(second, "sleep(10ms)", more);
  return fmt::format(R"([{{"type": "lock", "name": "{}", "steps": [{}]{}}}])", first, inner, more);
}

const sim::FindingKind& deadlocks_of(const sim::Result& result) {
  static const sim::FindingKind none;
  const auto found = result.findings.kinds().find("deadlock");
  return found == result.findings.kinds().end() ? none : found->second;
}

TEST(LockStep, OneAtATimeInTheOrderOfAsking) {
  const auto result = run_burst(3, R"("default": [)" + locked("a", "sleep(10ms)") + "]");
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 30 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "a:lock_acquisitions"), 3);
  EXPECT_EQ(scalar_of(result, "app", "a:lock_contended"), 2);
  EXPECT_DOUBLE_EQ(scalar_of(result, "app", "a:lock_contended_ratio"), 2.0 / 3);
  const auto& histograms = node_of(result, "app").histograms;
  EXPECT_EQ(histograms.at("a:lock_wait_seconds").max(), 20 * millisecond);
  EXPECT_EQ(histograms.at("a:lock_wait_seconds").count(), 3u);
  EXPECT_EQ(histograms.at("a:lock_hold_seconds").min(), 10 * millisecond);
  // 30 ms of the 1.9 s; and the second waits for 10, the third for 20.
  EXPECT_NEAR(scalar_of(result, "app", "a:lock_held_mean"), 0.03 / 1.9, 1e-9);
  EXPECT_NEAR(scalar_of(result, "app", "a:lock_waiting_mean"), 0.03 / 1.9, 1e-9);
  EXPECT_TRUE(result.findings.empty());
}

TEST(LockStep, DifferentLocksDoNotMeet) {
  const auto result = run_burst(2, R"("c0": [)" + locked("a", "sleep(10ms)") + R"(], "c1": [)" +
                                       locked("b", "sleep(10ms)") + "]");
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 10 * millisecond);
}

TEST(LockStep, EachServerHasLocksOfItsOwn) {
  const auto result = run_checked(
      scenario(burst(2, "app") +
                   R"("app": {"type": "app_server", "replicas": 2, "endpoints": {"default": [)" +
                   locked("a", "sleep(10ms)") + "]}}",
               "1900ms"));
  // Round robin begins at app[0] for each of the clients: they meet there.
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
  EXPECT_EQ(scalar_of(result, "app[0]", "a:lock_acquisitions"), 2);
  EXPECT_EQ(scalar_of(result, "app[1]", "a:lock_acquisitions"), 0);
}

TEST(LockStep, GivenBackWhenAStepInsideFails) {
  const auto result = run_burst(
      2, R"json("c0": [{"type": "lock", "name": "a", "steps": ["sleep(10ms)", "fail(100%)"]}],
      "c1": [)json" +
             locked("a", "sleep(5ms)") + "]");
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 1u);
  EXPECT_EQ(latency_of(result, "c1"), 15 * millisecond);
}

TEST(LockStep, ATimeoutEndsTheWaitAndLeavesTheQueue) {
  const auto result = run_burst(3, R"("c0": [)" + locked("a", "sleep(50ms)") + R"(], "c1": [)" +
                                       locked("a", "sleep(50ms)", R"(, "timeout": "20ms")") +
                                       R"(], "c2": [)" + locked("a", "sleep(1ms)") + "]");
  EXPECT_EQ(errors_of(result.by_class.at("c1").counts, "timeout"), 1u);
  EXPECT_EQ(scalar_of(result, "app", "a:lock_timeouts"), 1);
  EXPECT_EQ(latency_of(result, "c2"), 51 * millisecond) << "nobody stood before it any more";
  EXPECT_EQ(scalar_of(result, "app", "a:lock_acquisitions"), 2);
}

TEST(LockStep, AWaitOfZeroIsATry) {
  const auto result = run_burst(2, R"("c0": [)" + locked("a", "sleep(50ms)") + R"(], "c1": [)" +
                                       locked("a", "sleep(50ms)", R"(, "timeout": "0s")") + "]");
  EXPECT_EQ(errors_of(result.by_class.at("c1").counts, "rejected"), 1u);
}

TEST(LockStep, NoWaitBeyondTheDeadline) {
  const auto result = run_checked(scenario(
      burst(3, "app",
            [](int i) { return i == 1 ? std::string(R"(, "deadline": "20ms")") : std::string(); }) +
          R"("app": {"type": "app_server", "endpoints": {"default": [)" +
          locked("a", "sleep(50ms)") + "]}}",
      "1900ms"));
  EXPECT_EQ(result.by_class.at("c1").counts.fail, 1u);
  EXPECT_EQ(latency_of(result, "c2"), 100 * millisecond) << "c1 left the queue";
}

TEST(LockStep, WhoWaitsKeepsItsThread) {
  // Two workers: one holds the lock, one waits for it; who wants no lock waits for a worker.
  const auto result = run_burst(
      3, R"json("c2": ["sleep(1ms)"], "default": [)json" + locked("a", "sleep(50ms)") + "]",
      R"(, "workers": 2)");
  EXPECT_EQ(latency_of(result, "c2"), 51 * millisecond);
}

TEST(LockStep, ACrashGivesItBack) {
  // The first ones hold and wait when the server crashes; the ones of the next second find it free.
  const auto result = run_burst(
      3, R"("default": [)" + locked("a", "sleep(100ms)") + "]", "",
      R"json("faults": [{"at": "1050ms", "for": "10ms", "fault": "crash(app)"}])json", "2900ms");
  EXPECT_EQ(result.requests.counts.ok, 3u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 3u);
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 300 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "a:lock_held_mean"), 0.35 / 2.9, 1e-9);
}

TEST(LockStep, ACrashInADeadlockForgetsIt) {
  const auto result = run_burst(
      2, R"("c0": )" + in_order("a", "b") + R"(, "c1": )" + in_order("b", "a"), "",
      R"json("faults": [{"at": "1050ms", "for": "10ms", "fault": "crash(app)"}])json", "2900ms");
  // The second pair falls into the same trap.
  EXPECT_EQ(deadlocks_of(result).count, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 2u);
  EXPECT_EQ(result.requests.counts.in_flight, 2u);
}

TEST(LockStep, ADeadlockIsReportedWithWhoWhatAndWhen) {
  const auto result =
      run_burst(2, R"("c0": )" + in_order("a", "b") + R"(, "c1": )" + in_order("b", "a"));
  EXPECT_EQ(result.requests.counts.in_flight, 2u) << "they wait for ever";
  EXPECT_EQ(scalar_of(result, "app", "deadlocks"), 1);
  ASSERT_EQ(deadlocks_of(result).count, 1u);
  const sim::Finding& found = deadlocks_of(result).kept.front();
  EXPECT_EQ(found.node, "app");
  EXPECT_NEAR(found.at_seconds, 1.01, 1e-3);
  ASSERT_EQ(found.parts.size(), 2u);
  EXPECT_EQ(found.parts[0].process, "c1 #2");
  EXPECT_EQ(found.parts[0].has, "b");
  EXPECT_EQ(found.parts[0].wants, "a");
  EXPECT_EQ(found.parts[1].process, "c0 #1");
  EXPECT_EQ(found.parts[1].has, "a");
  EXPECT_EQ(found.parts[1].wants, "b");
}

TEST(LockStep, TheSameOrderDoesNotDeadlock) {
  const auto result =
      run_burst(2, R"("c0": )" + in_order("a", "b") + R"(, "c1": )" + in_order("a", "b"));
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(deadlocks_of(result).count, 0u);
}

TEST(LockStep, TheYoungestOfARingGivesUp) {
  const std::string abort = R"(, "on_deadlock": "abort_youngest")";
  const auto result = run_burst(
      2, R"("c0": )" + in_order("a", "b", abort) + R"(, "c1": )" + in_order("b", "a", abort));
  EXPECT_EQ(errors_of(result.by_class.at("c1").counts, "aborted"), 1u);
  // c1 gives b back at 10 ms, when the ring is closed.
  EXPECT_EQ(latency_of(result, "c0"), 20 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "deadlock_victims"), 1);
}

TEST(LockStep, AVictimThatDidNotCloseTheRingGivesUpToo) {
  // c0 closes the ring: c1 has waited since 5 ms, and is the younger one.
  const std::string abort = R"(, "on_deadlock": "abort_youngest")";
  const auto result = run_burst(
      2, R"("c0": )" + in_order("a", "b", abort) +
             R"json(, "c1": [{"type": "lock", "name": "b", "steps": ["sleep(5ms)", )json" +
             locked("a", "sleep(10ms)") + "]}]");
  EXPECT_EQ(errors_of(result.by_class.at("c1").counts, "aborted"), 1u);
  EXPECT_EQ(latency_of(result, "c0"), 20 * millisecond);
  EXPECT_EQ(deadlocks_of(result).count, 1u);
}

TEST(LockStep, ThreeInARing) {
  const std::string abort = R"(, "on_deadlock": "abort_youngest")";
  const auto result =
      run_burst(3, R"("c0": )" + in_order("a", "b", abort) + R"(, "c1": )" +
                       in_order("b", "c", abort) + R"(, "c2": )" + in_order("c", "a", abort));
  ASSERT_EQ(deadlocks_of(result).count, 1u);
  EXPECT_EQ(deadlocks_of(result).kept.front().parts.size(), 3u);
  EXPECT_EQ(errors_of(result.by_class.at("c2").counts, "aborted"), 1u);
  EXPECT_EQ(result.requests.counts.ok, 2u);
}

TEST(LockStep, ATimeoutResolvesADeadlockThatIsReportedAllTheSame) {
  const auto result = run_burst(
      2, R"("c0": )" + in_order("a", "b") +
             R"json(, "c1": [{"type": "lock", "name": "b", "steps": ["sleep(10ms)", )json" +
             locked("a", "sleep(10ms)", R"(, "timeout": "30ms")") + "]}]");
  EXPECT_EQ(deadlocks_of(result).count, 1u);
  EXPECT_EQ(errors_of(result.by_class.at("c1").counts, "timeout"), 1u);
  EXPECT_EQ(latency_of(result, "c0"), 50 * millisecond);
}

TEST(LockStep, WhoTakesItTwiceWaitsForItself) {
  const auto result = run_burst(1, R"("c0": [)" + locked("a", locked("a", "sleep(1ms)")) + "]");
  ASSERT_EQ(deadlocks_of(result).count, 1u);
  EXPECT_EQ(sim::brief_of(deadlocks_of(result).kept.front()), "c0 #1: a -> a");
  EXPECT_EQ(result.requests.counts.in_flight, 1u);
}

TEST(LockStep, AReentrantOneMayBeTakenTwice) {
  const std::string reentrant = R"(, "reentrant": true)";
  const auto result =
      run_burst(2, R"("default": [{"type": "lock", "name": "a", "steps": [)" +
                       locked("a", "sleep(10ms)", reentrant) + R"json(, "sleep(5ms)"]}])json");
  EXPECT_EQ(deadlocks_of(result).count, 0u);
  // The inner one does not give it back: the other waits for all 15 ms.
  EXPECT_EQ(latency_of(result, "c0"), 15 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 30 * millisecond);
}

TEST(LockStep, BranchesThatWantWhatTheirParentHolds) {
  for (const char* step : {"parallel", "gather"}) {
    const auto result =
        run_burst(1, fmt::format(R"json("c0": [{{"type": "lock", "name": "a", "steps": [
               {{"type": "{}", "steps": ["sleep(1ms)", {}]}}]}}])json",
                                 step, locked("a", "sleep(1ms)")));
    ASSERT_EQ(deadlocks_of(result).count, 1u) << step;
    EXPECT_EQ(sim::brief_of(deadlocks_of(result).kept.front()),
              "c0 #3: its branches -> a; c0 #1: a -> its branches")
        << step;
  }
}

/// How many of 1000 requests within a second, for keys one after the other, are done when each
/// holds its lock for 10 ms.
double done_in_a_second(int keys, const std::string& more) {
  const auto result = run_checked(scenario(
      fmt::format(
          R"json("c": {{"type": "clients", "arrivals": "constant(1000/s)", "target": "app", "keys": "sequential({})"}},
         "app": {{"type": "app_server", "endpoints": {{"default": [{}]}}}})json",
          keys, locked("a", "sleep(10ms)", more)),
      "1s"));
  return static_cast<double>(result.requests.counts.ok);
}

TEST(LockStep, OneForAllOneForEachKeyOrStripes) {
  // A lock lets 100 through in a second: of several that are never idle, so many times that.
  EXPECT_NEAR(done_in_a_second(3, ""), 100, 2);
  EXPECT_NEAR(done_in_a_second(3, R"(, "per_key": true)"), 300, 4);
  EXPECT_NEAR(done_in_a_second(1000, R"(, "stripes": 4)"), 400, 20);
  // More locks than are held at once: nobody waits.
  EXPECT_GT(done_in_a_second(1000, R"(, "per_key": true)"), 980);
}

TEST(LockStep, WhatStepsSayOfALockMustAgree) {
  const auto problems = problems_of(scenario(
      R"json("u": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
         "app": {"type": "app_server", "endpoints": {"default": [)json" +
          locked("a", "sleep(1ms)", R"(, "stripes": 4)") + ", " +
          locked("a", "sleep(1ms)", R"(, "stripes": 8)") + ", " +
          R"json({"type": "semaphore", "name": "a", "steps": ["sleep(1ms)"]}]}})json",
      "1s"));
  EXPECT_THAT(problems, HasSubstr("expected `stripes` 4 as another step says of \"a\", got 8"));
  EXPECT_THAT(problems, HasSubstr("\"a\" is a `lock` already, and cannot be a `semaphore` too"));
}

TEST(LockStep, NamesAreChecked) {
  const auto problems = problems_of(scenario(
      R"json("u": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
         "app": {"type": "app_server", "endpoints": {"default": [)json" +
          locked("a b", "sleep(1ms)") + "]}}",
      "1s"));
  EXPECT_THAT(problems, HasSubstr("nodes.app.endpoints.default[0].name: expected a name"));
}

TEST(LockStep, AHundredThousandWhoWait) {
  // A million requests a second, of which the lock lets a tenth through: after 0.1 s 90 000 wait,
  // and end together in a crash. What grew with the number of those who wait would be seen: it is
  // some 10^9 steps.
  const auto begun = std::chrono::steady_clock::now();
  const auto result = run_checked(scenario(
      R"json("c": {"type": "clients", "arrivals": "constant(1000000/s)", "target": "app"},
         "app": {"type": "app_server", "endpoints": {"default": [)json" +
          locked("a", "sleep(10us)", R"(, "timeout": "1h")") + "]}}",
      "120ms", R"json("faults": [{"at": "100ms", "for": "1h", "fault": "crash(app)"}])json"));
  EXPECT_NEAR(static_cast<double>(result.requests.counts.ok), 10'000, 100);
  EXPECT_GT(errors_of(result.requests.counts, "reset"), 85'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

}  // namespace
}  // namespace faultline
