#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::run_checked;
using tests::scenario;

/// Users at 1000/s times the factor, at a server that takes constant time: it answers 100/s.
std::string stress(const std::string& test, const std::string& duration, const std::string& service,
                   const std::string& slo) {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(100/s)", "target": "db"}},
      "db": {{"type": "database", "connections": 1, "service_time": "{}"}})json",
                              service),
                  duration, fmt::format(R"json("load_test": "{}", "slos": [{}])json", test, slo));
}
const std::string fast = R"({"name": "fast", "good": "latency < 50ms", "target": "90%"})";

TEST(StressTest, EndsTheRunWhereTheObjectiveBreaks) {
  // From nothing to 2 x 100/s in 200 s: 1/s more every second. Above 100/s, from 100 s on, the
  // queue grows: after t more seconds by t^2 / 2 requests, each of which waits 10 ms; 50 ms are
  // reached by five waiting, after some 3 s. A window of 1 s is in breach once more than a tenth of
  // its answers took 50 ms.
  const auto result =
      run_checked(stress("stress(to=2, over=200s, window=1s)", "300s", "10ms", fast));
  const sim::LoadTestResult& test = result.load_test;
  EXPECT_EQ(test.type, "stress");
  EXPECT_EQ(test.slo, "fast");
  EXPECT_EQ(test.broken_runs, 1u);
  EXPECT_NEAR(test.broken_at_seconds, 102, 2);
  EXPECT_NEAR(test.rate_per_second, test.broken_at_seconds + 0.5, 1e-9);
  EXPECT_NEAR(test.sent_per_second, test.rate_per_second, 1.5);
  EXPECT_NEAR(test.factor, test.rate_per_second / 100, 1e-9);
  EXPECT_TRUE(std::isnan(test.users));
  // The run is over, in order: it is not cut short.
  EXPECT_DOUBLE_EQ(result.virtual_seconds, test.broken_at_seconds + 1);
  EXPECT_DOUBLE_EQ(result.planned_seconds, result.virtual_seconds);
  EXPECT_FALSE(result.cut_short);
}

TEST(StressTest, GoesOnIfItIsToldTo) {
  const auto result = run_checked(
      stress("stress(to=2, over=200s, window=1s, ends_run=false)", "150s", "10ms", fast));
  EXPECT_DOUBLE_EQ(result.virtual_seconds, 150);
  EXPECT_NEAR(result.load_test.broken_at_seconds, 102, 2);
  EXPECT_NEAR(result.load_test.highest_rate_per_second, 150, 1e-9);
}

TEST(StressTest, WantsSeveralWindowsInARow) {
  const auto result =
      run_checked(stress("stress(to=2, over=200s, window=1s, windows=5)", "300s", "10ms", fast));
  // Broken when the first of the five began; the run ends after the fifth.
  EXPECT_NEAR(result.load_test.broken_at_seconds, 102, 2);
  EXPECT_DOUBLE_EQ(result.virtual_seconds, result.load_test.broken_at_seconds + 5);
}

TEST(StressTest, SilenceIsABreachToo) {
  // Nobody is answered within the run.
  const auto result =
      run_checked(stress("stress(from=1, to=2, over=200s, window=1s)", "300s", "1h", fast));
  EXPECT_EQ(result.load_test.broken_at_seconds, 0);
}

TEST(StressTest, CountsClosedUsersAsUsers) {
  // Users who think for 1 s at a server that answers 100/s: up to 100 of them it keeps pace.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "users": 100, "think_time": "exponential(1s)", "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "10ms"})json",
      "400s",
      R"json("load_test": "stress(to=3, over=300s, window=5s)", "slos": [{"name": "fast", "good": "latency < 500ms", "target": "50%"}])json"));
  // Half of the answers take 500 ms when 50 wait, which N users with N = 100/s x (1 s + 0.5 s) do.
  EXPECT_NEAR(result.load_test.users, 150, 10);
  EXPECT_TRUE(std::isnan(result.load_test.rate_per_second));
}

TEST(StressTest, StrikesOnlyTheClientsItNames) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "db", "mix": [{"endpoint": "a"}]},
      "others": {"type": "clients", "arrivals": "constant(100/s)", "target": "db", "mix": [{"endpoint": "b"}]},
      "db": {"type": "database", "service_time": "1ms"})json",
      "10s",
      R"json("load_test": {"type": "load", "factor": 3, "clients": ["users"]}, "slos": [{"name": "fast", "good": "latency < 50ms", "target": "90%"}])json"));
  EXPECT_NEAR(static_cast<double>(result.by_class.at("a").counts.sent), 3000, 1);
  EXPECT_NEAR(static_cast<double>(result.by_class.at("b").counts.sent), 1000, 1);
  EXPECT_EQ(result.load_test.broken_runs, 0u);
  EXPECT_NEAR(result.load_test.highest_rate_per_second, 300, 1e-9);
}

TEST(StressTest, NeedsAnObjective) {
  EXPECT_EQ(problems_of(stress("stress(over=1s)", "1s", "1ms", "")),
            "load_test: there is no objective to watch; give \"slos\", for example {\"name\": "
            "\"fast\", \"good\": \"latency < 50ms\", \"target\": \"99%\"}\n");
  EXPECT_EQ(problems_of(stress("stress(over=1s, slo=fats)", "1s", "1ms", fast)),
            "load_test.slo: there is no objective \"fats\"; did you mean \"fast\"?\n");
  EXPECT_EQ(problems_of(stress("stress(from=3, to=2, over=1s)", "1s", "1ms", fast)),
            "load_test.to: expected more than `from`\n");
}

TEST(SlowStressTest, BreaksAnMm1WhereTheFormulaSays) {
  // M/M/1 with service rate 10,000/s: the time in system is exponential of rate 10,000 - x, so a
  // tenth takes longer than 1 ms at 10,000 - x = ln 10 / 1 ms, which is x = 7697.4/s. A ramp of 5/s
  // each second is slow beside the milliseconds in which the queue finds its balance, and a window
  // of 10 s holds 77,000 requests.
  const std::string text = scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "poisson(10000/s)", "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "exponential(100us)"})json",
      "1000s",
      R"json("load_test": "stress(from=0.6, to=1, over=800s, window=10s)", "slos": [{"name": "fast", "good": "latency < 1ms", "target": "90%"}])json");
  const auto result = tests::run_text(text, 4);
  EXPECT_EQ(result.load_test.runs, 4u);
  EXPECT_EQ(result.load_test.broken_runs, 4u);
  EXPECT_NEAR(result.load_test.rate_per_second, 7697.4, 0.01 * 7697.4);
  // 6000/s at first and 5/s more every second.
  EXPECT_NEAR(result.load_test.broken_at_seconds, (7697.4 - 6000) / 5, 16);
  EXPECT_NEAR(result.intervals.at("load_test.rate_per_second").mean, 7697.4, 0.01 * 7697.4);
}

}  // namespace
}  // namespace faultline
