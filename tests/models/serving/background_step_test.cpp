#include <gmock/gmock.h>
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

/// `count` requests at 1 s, each of which starts a task of 10 ms and then takes 1 ms.
sim::Result run_burst(int count, const std::string& more, const std::string& rest = "",
                      const std::string& until = "1900ms") {
  return run_checked(
      scenario(burst(count, "app") +
                   fmt::format(R"json("app": {{"type": "app_server", "endpoints": {{"default": [
              {{"type": "background", "steps": ["sleep(10ms)"]{}}}, "sleep(1ms)"]}}}})json",
                               more),
               until, rest));
}

TEST(BackgroundStep, NobodyWaitsForIt) {
  const auto result = run_burst(3, "");
  for (const char* each : {"c0", "c1", "c2"}) EXPECT_EQ(latency_of(result, each), millisecond);
  EXPECT_EQ(scalar_of(result, "app", "background_started"), 3);
  EXPECT_EQ(scalar_of(result, "app", "background_done"), 3);
  EXPECT_NEAR(scalar_of(result, "app", "background_running_mean"), 0.03 / 1.9, 1e-9);
  EXPECT_EQ(node_of(result, "app").histograms.at("background_seconds").max(), 10 * millisecond);
}

TEST(BackgroundStep, FullTheRequestWaits) {
  const auto result = run_burst(3, R"(, "limit": 1)");
  EXPECT_EQ(latency_of(result, "c0"), 1 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 11 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 21 * millisecond);
}

TEST(BackgroundStep, FullTheRequestDoesItItself) {
  const auto result = run_burst(3, R"(, "limit": 1, "when_full": "run")");
  EXPECT_EQ(latency_of(result, "c0"), 1 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 11 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "background_started"), 1);
}

TEST(BackgroundStep, FullItIsDroppedAndCounted) {
  const auto result = run_burst(3, R"(, "limit": 1, "when_full": "drop")");
  EXPECT_EQ(latency_of(result, "c2"), 1 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "background_dropped"), 2);
  EXPECT_EQ(scalar_of(result, "app", "background_done"), 1);
}

TEST(BackgroundStep, FullTheRequestFails) {
  const auto result = run_burst(3, R"(, "limit": 1, "when_full": "fail")");
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 2u);
}

TEST(BackgroundStep, ThatFailsTroublesNobody) {
  const auto result = run_checked(
      scenario(burst(1, "app") + R"json("app": {"type": "app_server", "endpoints": {"default": [
          {"type": "background", "steps": ["fail(100%)"]}, "sleep(1ms)"]}})json",
               "1900ms"));
  EXPECT_EQ(result.requests.counts.ok, 1u);
  EXPECT_EQ(scalar_of(result, "app", "background_failed"), 1);
}

TEST(BackgroundStep, HasNoDeadline) {
  // The request's deadline is at 5 ms; the task calls at 10 ms.
  const auto result =
      run_checked(scenario(burst(1, "app", [](int) { return R"(, "deadline": "5ms")"; }) +
                               R"json("app": {"type": "app_server", "endpoints": {"default": [
          {"type": "background", "steps": ["sleep(10ms)", "call(db)"]}]}},
          "db": {"type": "database", "service_time": "1ms"})json",
                           "1900ms"));
  EXPECT_EQ(scalar_of(result, "db", "served"), 1);
  EXPECT_EQ(scalar_of(result, "app", "background_done"), 1);
}

TEST(BackgroundStep, ACrashLosesWhatIsUnderWay) {
  const auto result = run_burst(
      3, R"(, "limit": 2)",
      R"json("faults": [{"at": "1005ms", "for": "1ms", "fault": "crash(app)"}])json", "2900ms");
  EXPECT_EQ(scalar_of(result, "app", "background_lost"), 2);
  // The places are free again.
  EXPECT_EQ(latency_of(result, "c2"), 11 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "background_done"), 3);
}

TEST(BackgroundStep, HoldsLocksOfItsOwn) {
  // The request holds the lock and starts a task that wants it: no deadlock, as it does not wait
  // for the task.
  const auto result = run_checked(
      scenario(burst(1, "app") + R"json("app": {"type": "app_server", "endpoints": {"default": [
          {"type": "lock", "name": "a", "steps": [
              {"type": "background", "name": "log", "steps": [{"type": "lock", "name": "a", "steps": ["sleep(1ms)"]}]},
              "sleep(10ms)"]}]}})json",
               "1900ms"));
  EXPECT_EQ(scalar_of(result, "app", "deadlocks"), 0);
  EXPECT_EQ(scalar_of(result, "app", "background_done"), 1);
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
}

}  // namespace
}  // namespace faultline
