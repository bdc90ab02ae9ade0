/// Every registered rate profile: its corners, and arrivals that follow it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "sim/random/rate_profile.hpp"
#include "tests/scenario_runner.hpp"
#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using testing::stream_of;

RateCurve curve_of(const std::string& text) { return Choice<RateProfile>(text).make({})->curve(); }

const std::vector<std::string>& profiles() {
  static const std::vector<std::string> all{
      "constant(1.5)",
      "ramp(from=0.2, to=3, over=60s, at=10s)",
      "step(every=20s, by=0.5, count=3)",
      "spike(factor=5, at=30s, for=20s, rise=5s)",
      "diurnal(low=0.2, high=1.8, period=70s, peak=20s)",
      "soak(factor=2, rise=20s, for=60s, fall=10s)",
      "piecewise(times=[0s, 30s, 30s, 50s, 50s], factors=[2, 2, 0, 0, 1], period=60s)"};
  return all;
}

TEST(Profiles, EveryRegisteredKindIsTestedHere) {
  std::set<std::string> tested;
  for (const std::string& text : profiles()) tested.insert(text.substr(0, text.find('(')));
  for (const std::string& name : TypeCatalogue::instance().names(RateProfile::kind)) {
    EXPECT_TRUE(tested.contains(name)) << name;
  }
}

TEST(Profiles, HaveTheirCorners) {
  const RateCurve ramp = curve_of("ramp(from=1, to=3, over=10s, at=5s)");
  EXPECT_EQ(ramp.at(5), 1);
  EXPECT_EQ(ramp.at(10), 2);
  EXPECT_EQ(ramp.at(15), 3);
  const RateCurve step = curve_of("step(every=10s, by=-0.5, count=3)");
  EXPECT_EQ(step.at(9.9), 1);
  EXPECT_EQ(step.at(10), 0.5);
  EXPECT_EQ(step.at(30), 0);
  const RateCurve spike = curve_of("spike(factor=5, at=10s, for=2s, rise=4s)");
  EXPECT_EQ(spike.at(10), 1);
  EXPECT_EQ(spike.at(12), 3);
  EXPECT_EQ(spike.at(15), 5);
  EXPECT_EQ(spike.at(16), 5);
  EXPECT_EQ(spike.at(20), 1);
  const RateCurve soak = curve_of("soak(factor=2, rise=10s, for=60s, fall=10s)");
  EXPECT_EQ(soak.at(5), 1);
  EXPECT_EQ(soak.at(70), 2);
  EXPECT_EQ(soak.at(75), 1);
  EXPECT_EQ(soak.at(100), 0);
}

TEST(Profiles, ADayIsACosine) {
  // 0.4 to 1.6 in 96 s with the top at 30 s: 1 + 0.6 cos(2 pi (t - 30) / 96).
  const RateCurve day = curve_of("diurnal(low=0.4, high=1.6, period=96s, peak=30s)");
  for (double time = 0; time < 300; time += 0.37) {
    EXPECT_NEAR(day.at(time), 1 + 0.6 * std::cos(2 * M_PI * (time - 30) / 96), 0.6 * 0.00054)
        << time;
  }
  EXPECT_NEAR(day.mean(), 1, 1e-12);
  EXPECT_NEAR(day.at(30), 1.6, 1e-12);
  EXPECT_NEAR(day.at(78), 0.4, 1e-12);
  EXPECT_NEAR(curve_of("diurnal(low=0, high=2, period=1s, peak=330us)").mean(), 1, 1e-9);
}

/// Counts of Poisson arrivals in intervals are Poisson with the integral of the rate as their mean:
/// chi-square against it, and independent dispersion.
TEST(Profiles, PoissonArrivalsFollowThemExactly) {
  for (const std::string& text : profiles()) {
    constexpr double rate = 400;
    constexpr std::size_t intervals = 120;
    const RateCurve curve = curve_of(text);
    ProfiledArrivals arrivals(Choice<ArrivalProcess>("poisson(400/s)").make({}), curve);
    Stream stream = stream_of(text);
    std::vector<double> counts(intervals);
    std::vector<double> expected(intervals);
    Duration now{0};
    for (;;) {
      now = saturating_sum(now, arrivals.next(stream));
      const double seconds = to_seconds(now);
      if (!(seconds < intervals)) break;
      ++counts[static_cast<std::size_t>(seconds)];
    }
    for (std::size_t i = 0; i < intervals; ++i) {
      const auto from = static_cast<double>(i);
      expected[i] = rate * (curve.area(from + 1) - curve.area(from));
      if (expected[i] == 0) {
        EXPECT_EQ(counts[i], 0) << text << " at " << i;
      }
    }
    EXPECT_GT(testing::chi_square_p(counts, expected), 1e-4) << text;
    EXPECT_LT(testing::chi_square_p(counts, expected), 1 - 1e-4) << text;
  }
}

/// Each arrival of a constant process adds 1 / rate to the area: that is exact, not only on
/// average.
TEST(Profiles, ConstantArrivalsComeAtEqualAreas) {
  for (const std::string& text : profiles()) {
    const RateCurve curve = curve_of(text);
    ProfiledArrivals arrivals(Choice<ArrivalProcess>("constant(10/s)").make({}), curve);
    Stream stream = stream_of(text);
    Duration now{0};
    for (int i = 1; i <= 1000; ++i) {
      now = saturating_sum(now, arrivals.next(stream));
      if (to_seconds(now) > 1e6) break;  // No more come.
      EXPECT_NEAR(curve.area(to_seconds(now)), 0.1 * i, 1e-7) << text;
    }
  }
}

TEST(Profiles, GoOnAfterAPause) {
  // Between 10 s and 30 s nobody asked; the process goes on as if those arrivals had been missed.
  const RateCurve curve = curve_of("ramp(from=0, to=2, over=20s)");
  ProfiledArrivals arrivals(Choice<ArrivalProcess>("constant(1/s)").make({}), curve);
  Stream stream = stream_of("pause");
  arrivals.resume_at(std::chrono::seconds(30));
  EXPECT_NEAR(to_seconds(arrivals.next(stream)), 0.5, 1e-9);
}

std::string problems_of_profile(const std::string& profile) {
  return tests::problems_of(R"json({"faultline": 1, "nodes": {"users": {"type": "clients",
      "arrivals": "constant(10/s)", "target": "db", "profile": )json" +
                            profile +
                            R"json(}, "db": {"type": "database", "service_time": "0s"}}})json");
}

TEST(Profiles, ReadCornersFromAFile) {
  EXPECT_EQ(problems_of_profile(R"json("piecewise(tests/data/day.csv, period=24h)")json"), "");
  EXPECT_EQ(problems_of_profile(R"json("piecewise(tests/data/day.csv, period=1h)")json"),
            "nodes.users.profile.period: expected at least the last time, 86400 s, got 1h\n");
}

TEST(Profiles, SayWhatIsWrongWithCorners) {
  EXPECT_EQ(problems_of_profile(R"json("piecewise")json"),
            "nodes.users.profile: neither `file` nor `times` is given\n");
  EXPECT_EQ(problems_of_profile(R"json("piecewise(times=[2s, 1s], factors=[1, 1])")json"),
            "nodes.users.profile.times[1]: expected a time not before that of the one before\n");
  EXPECT_EQ(problems_of_profile(R"json("piecewise(times=[1s, 2s], factors=[1])")json"),
            "nodes.users.profile.factors: expected 2, one for each time, got 1\n");
  EXPECT_EQ(problems_of_profile(R"json("piecewise(tests/data/latencies.csv)")json"),
            "nodes.users.profile.file: file \"tests/data/latencies.csv\", line 2: expected 2 "
            "columns, time and factor, got 1\n");
}

}  // namespace
}  // namespace faultline::sim
