#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using tests::burst;
using tests::latency_of;
using tests::millisecond;
using tests::problems_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

std::string semaphore(const std::string& more,
                      const std::string& step = R"json("sleep(10ms)")json") {
  return fmt::format(R"({{"type": "semaphore", "name": "s", "steps": [{}]{}}})", step, more);
}

sim::Result run_burst(int count, const std::string& endpoints, const std::string& rest = "",
                      const std::string& until = "1900ms") {
  return run_checked(scenario(
      burst(count, "app") + R"("app": {"type": "app_server", "endpoints": {)" + endpoints + "}}",
      until, rest));
}

TEST(SemaphoreStep, AsManyAtOnceAsThereArePermits) {
  const auto result = run_burst(5, R"("default": [)" + semaphore(R"(, "permits": 2)") + "]");
  EXPECT_EQ(latency_of(result, "c1"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c3"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c4"), 30 * millisecond);
  EXPECT_NEAR(scalar_of(result, "app", "s:lock_held_mean"), 0.05 / 1.9, 1e-9);
}

TEST(SemaphoreStep, NobodyOvertakesOneThatWantsMany) {
  // c0 has 1 of 3; c1 wants all, and waits; c2 would find one free and waits behind c1.
  const auto result =
      run_burst(3, R"("c0": [)" + semaphore(R"(, "permits": 3)") + R"(], "c1": [)" +
                       semaphore(R"(, "take": 3)") + R"(], "c2": [)" + semaphore("") + "]");
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 30 * millisecond);
}

TEST(SemaphoreStep, IsStuckOnlyWhenAllWhoHoldItAre) {
  // Two permits. c0 and c1 hold one each and want a lock that c2 holds, which wants a permit: with
  // one of the two it would go on.
  const std::string waits =
      semaphore(R"(, "permits": 2)",
                R"json("sleep(10ms)", {"type": "lock", "name": "a", "steps": ["sleep(1ms)"]})json");
  const std::string other =
      R"json([{"type": "lock", "name": "a", "steps": ["sleep(5ms)", )json" + semaphore("") + "]}]";
  const auto stuck =
      run_burst(3, R"("c0": [)" + waits + R"(], "c1": [)" + waits + R"(], "c2": )" + other);
  EXPECT_EQ(scalar_of(stuck, "app", "deadlocks"), 1);
  EXPECT_EQ(stuck.requests.counts.in_flight, 3u);
  const auto free =
      run_burst(3, R"("c0": [)" + waits + R"(], "c1": [)" + semaphore("") + R"(], "c2": )" + other);
  EXPECT_EQ(scalar_of(free, "app", "deadlocks"), 0);
  EXPECT_EQ(free.requests.counts.ok, 3u);
}

TEST(SemaphoreStep, ACrashGivesPermitsBack) {
  const auto result = run_burst(
      3, R"("default": [)" + semaphore(R"(, "permits": 2)", R"json("sleep(100ms)")json") + "]",
      R"json("faults": [{"at": "1050ms", "for": "10ms", "fault": "crash(app)"}])json", "2900ms");
  EXPECT_EQ(latency_of(result, "c1"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 200 * millisecond);
}

TEST(SemaphoreStep, CannotTakeMoreThanThereAre) {
  const auto problems = problems_of(scenario(
      R"json("u": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
         "app": {"type": "app_server", "endpoints": {"default": [)json" +
          semaphore(R"(, "permits": 2, "take": 3)") + "]}}",
      "1s"));
  EXPECT_THAT(problems, HasSubstr("take: expected at most the 2 of `permits`, got 3"));
}

}  // namespace
}  // namespace faultline
