#include "sim/measure/slo.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace faultline::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Duration latency_max_of(const std::string& text) {
  Problems problems;
  const std::optional<Indicator> indicator = parse_indicator(text, Path("slos[0].good"), problems);
  EXPECT_TRUE(problems.empty()) << problems.sorted().front().to_text();
  return indicator ? indicator->latency_max() : Duration(-1);
}

std::string problem_of(const std::string& text) {
  Problems problems;
  EXPECT_FALSE(parse_indicator(text, Path("slos[0].good"), problems).has_value());
  EXPECT_EQ(problems.size(), 1U);
  return problems.empty() ? "" : problems.sorted().front().to_text();
}

TEST(Indicator, ReadsLimitsAndOk) {
  EXPECT_EQ(latency_max_of("ok"), Duration::max());
  EXPECT_EQ(latency_max_of("latency <= 1s"), seconds(1));
  EXPECT_EQ(latency_max_of("latency < 50ms"), milliseconds(50) - Duration(1));
  EXPECT_EQ(latency_max_of("latency<50ms"), milliseconds(50) - Duration(1));
  EXPECT_EQ(latency_max_of("  latency\t<=\n1s "), seconds(1));
  EXPECT_EQ(latency_max_of("ok and latency <= 1s"), seconds(1));
  EXPECT_EQ(latency_max_of("latency <= 2s and ok and latency <= 1s"), seconds(1));
  EXPECT_EQ(latency_max_of("latency <= 0s"), Duration(0));
}

TEST(Indicator, WhatDidNotEndOkIsNeverGood) {
  const Indicator indicator(milliseconds(50));
  EXPECT_TRUE(indicator.is_good(true, milliseconds(50)));
  EXPECT_FALSE(indicator.is_good(true, milliseconds(50) + Duration(1)));
  EXPECT_FALSE(indicator.is_good(false, Duration(0)));
  EXPECT_FALSE(Indicator().is_good(false, Duration(0)));
}

TEST(Indicator, SaysWhatIsWrong) {
  EXPECT_EQ(problem_of(""),
            "slos[0].good: expected \"latency\" or \"ok\", got the end; write, for example, "
            "\"latency < 50ms\", \"ok\" or \"ok and latency <= 1s\"");
  EXPECT_EQ(problem_of("latencey < 50ms"),
            "slos[0].good: expected \"latency\" or \"ok\", got \"latencey\"; did you mean "
            "\"latency\"?");
  EXPECT_EQ(problem_of("latency > 50ms"),
            "slos[0].good: expected \"<\" or \"<=\" after \"latency\", got \">\"");
  EXPECT_EQ(problem_of("latency"),
            "slos[0].good: expected \"<\" or \"<=\" after \"latency\", got the end");
  EXPECT_EQ(problem_of("latency <"), "slos[0].good: expected a duration, got the end");
  EXPECT_EQ(problem_of("latency < 0ms"),
            "slos[0].good: expected a limit that a request can keep, got \"0ms\"");
  EXPECT_EQ(problem_of("ok ok"), "slos[0].good: expected \"and\" or the end, got \"ok\"");
  EXPECT_EQ(problem_of("ok and"),
            "slos[0].good: expected \"latency\" or \"ok\", got the end; write, for example, "
            "\"latency < 50ms\", \"ok\" or \"ok and latency <= 1s\"");
  EXPECT_EQ(problem_of("latency < 50 ms"), problem_of("latency < 50"));
  EXPECT_NE(problem_of("latency < 50").find("50"), std::string::npos);
}

TEST(Slo, IsReadFromAFile) {
  Problems problems;
  ReadContext context{problems};
  Slo slo;
  params_of<Slo>().read(Json::parse(R"({"name": "fast", "good": "latency < 50ms",
                                        "target": "99.9%", "window": "7d", "node": "users",
                                        "request_class": "checkout"})"),
                        &slo, Path("slos[0]"), context);
  Slo::check(slo, Path("slos[0]"), problems);
  ASSERT_TRUE(problems.empty()) << problems.sorted().front().to_text();
  EXPECT_EQ(slo.name, "fast");
  EXPECT_DOUBLE_EQ(slo.target.value, 0.999);
  EXPECT_EQ(slo.window, hours(7 * 24));
  EXPECT_EQ(slo.node.name, "users");
  EXPECT_EQ(slo.request_class, "checkout");
}

TEST(Slo, WrongValuesAreProblems) {
  Problems problems;
  ReadContext context{problems};
  Slo slo;
  params_of<Slo>().read(
      Json::parse(R"({"name": "", "good": "fast", "target": "100%", "window": "0s"})"), &slo,
      Path("slos[0]"), context);
  Slo::check(slo, Path("slos[0]"), problems);
  std::vector<std::string> paths;
  for (const Problem& problem : problems.sorted()) paths.push_back(problem.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"slos[0].good", "slos[0].name", "slos[0].target",
                                             "slos[0].window"}));
}

SloMeter meter(double target, Duration step = seconds(1)) {
  Slo slo;
  slo.name = "fast";
  slo.good = "latency <= 100ms";
  slo.target = {target};
  return SloMeter(slo, {.step = step});
}

TEST(SloMeter, CountsRatioAndBudget) {
  SloMeter fast = meter(0.99);
  for (int i = 0; i < 995; ++i) fast.record(Time(milliseconds(i)), true, milliseconds(50));
  for (int i = 0; i < 3; ++i) fast.record(Time(milliseconds(i)), true, milliseconds(101));
  for (int i = 0; i < 2; ++i) fast.record(Time(milliseconds(i)), false, milliseconds(1));
  const SloResult result = fast.result(Time(seconds(10)));
  EXPECT_EQ(result.name, "fast");
  EXPECT_EQ(result.good, "latency <= 100ms");
  EXPECT_EQ(result.window, "30d");
  EXPECT_EQ(result.target, 0.99);
  EXPECT_EQ(result.total, 1000U);
  EXPECT_EQ(result.good_count, 995U);
  EXPECT_DOUBLE_EQ(result.ratio, 0.995);
  EXPECT_TRUE(result.met);
  EXPECT_NEAR(result.budget_used, 0.5, 1e-12);
  EXPECT_TRUE(result.breaches.empty());
}

TEST(SloMeter, WithoutRequestsTheObjectiveIsMet) {
  const SloResult result = meter(0.99).result(Time(seconds(10)));
  EXPECT_EQ(result.total, 0U);
  EXPECT_EQ(result.ratio, 1);
  EXPECT_TRUE(result.met);
  EXPECT_EQ(result.budget_used, 0);
  EXPECT_TRUE(result.breaches.empty());
}

TEST(SloMeter, ExactlyTheTargetIsMet) {
  for (int per_mille = 1; per_mille < 1000; ++per_mille) {
    SloResult result;
    result.target = static_cast<double>(per_mille) / 10 / 100;  // As a percentage is read.
    result.total = 1'000'000;
    result.good_count = static_cast<std::uint64_t>(per_mille) * 1000;
    complete(result);
    EXPECT_TRUE(result.met) << per_mille;
    --result.good_count;
    complete(result);
    EXPECT_FALSE(result.met) << per_mille;
  }
}

std::vector<std::pair<double, double>> intervals_of(const SloResult& result) {
  std::vector<std::pair<double, double>> intervals;
  for (const Band& band : result.breaches) {
    EXPECT_EQ(band.name, "fast: breach");
    EXPECT_EQ(band.kind, "breach");
    intervals.emplace_back(band.from_seconds, band.to_seconds);
  }
  return intervals;
}

using Intervals = std::vector<std::pair<double, double>>;

// Second:    0     1     2     3     4     5     6     7
// good/bad  4/0   0/1   1/3    -     0/2   3/1    -    0/1      target 75 %
// breach          [------------------]                 [-]
TEST(SloMeter, BreachesRunOverStepsWithoutRequests) {
  SloMeter fast = meter(0.75);
  const auto record = [&](int second, int good, int bad) {
    const Time time(seconds(second) + milliseconds(500));
    for (int i = 0; i < good; ++i) fast.record(time, true);
    for (int i = 0; i < bad; ++i) fast.record(time, false);
  };
  record(0, 4, 0);
  record(1, 0, 1);
  record(2, 1, 3);
  record(4, 0, 2);
  record(5, 3, 1);
  record(7, 0, 1);
  EXPECT_EQ(intervals_of(fast.result(Time(seconds(10)))), (Intervals{{1, 5}, {7, 8}}));
  // The last step is cut short by the end.
  EXPECT_EQ(intervals_of(fast.result(Time(milliseconds(7500)))), (Intervals{{1, 5}, {7, 7.5}}));
}

TEST(SloMeter, RequestsAreCountedByArrivalInAnyOrder) {
  SloMeter fast = meter(0.9);
  fast.record(Time(seconds(5)), true);
  fast.record(Time(seconds(2)), false);
  fast.record(Time(seconds(4)), true);
  EXPECT_EQ(intervals_of(fast.result(Time(seconds(6)))), (Intervals{{2, 3}}));
}

// Google's workbook: 2 % of a 30-day budget in 1 h is a burn rate of 14.4, 5 % in 6 h 6, 10 % in 24
// h 3, 10 % in 72 h 1.
TEST(BurnAlert, ThresholdsOfTheWorkbook) {
  const auto threshold = [](double share, Duration window) {
    return BurnAlert{.budget_share = share, .window = window}.threshold();
  };
  EXPECT_NEAR(threshold(0.02, hours(1)), 14.4, 1e-12);
  EXPECT_NEAR(threshold(0.05, hours(6)), 6, 1e-12);
  EXPECT_NEAR(threshold(0.10, hours(24)), 3, 1e-12);
  EXPECT_NEAR(threshold(0.10, hours(72)), 1, 1e-12);
}

// burn * (1 - SLO) / e * window: 14.4 * 0.001 / 1 * 1 h = 51.84 s.
TEST(BurnAlert, TimeToFire) {
  const BurnAlert page{.budget_share = 0.02, .window = hours(1)};
  EXPECT_NEAR(to_seconds(page.time_to_fire(1, {0.999})), 51.84, 1e-6);
  EXPECT_NEAR(to_seconds(page.time_to_fire(0.1, {0.999})), 518.4, 1e-6);
  EXPECT_EQ(page.time_to_fire(0.0143, {0.999}), Duration::max());
  EXPECT_EQ(page.time_to_fire(0, {0.999}), Duration::max());
}

TEST(OutageBudget, ThreeNinesOfThirtyDays) {
  EXPECT_NEAR(to_seconds(outage_budget({0.999}, hours(30 * 24))), 43.2 * 60, 1e-6);
}

TEST(Apdex, OfTheSpecification) {
  EXPECT_EQ(apdex({.satisfied = 60, .tolerating = 30, .frustrated = 10}), 0.75);
  EXPECT_EQ(apdex({}), 1);
}

}  // namespace
}  // namespace faultline::sim
