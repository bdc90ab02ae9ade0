#include "sim/random/rate_curve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

RateCurve curve_of(std::vector<RatePoint> points, double period = 0) {
  return RateCurve(std::move(points), period);
}

TEST(RateCurve, IsStraightBetweenPointsAndHoldsOutsideThem) {
  const RateCurve curve = curve_of({{10, 1}, {20, 3}});
  EXPECT_EQ(curve.at(0), 1);
  EXPECT_EQ(curve.at(10), 1);
  EXPECT_EQ(curve.at(15), 2);
  EXPECT_EQ(curve.at(20), 3);
  EXPECT_EQ(curve.at(1000), 3);
  EXPECT_EQ(curve.maximum(), 3);
  EXPECT_EQ(curve.mean(), 3);
}

TEST(RateCurve, JumpsWhereTwoPointsShareATime) {
  const RateCurve curve = curve_of({{0, 1}, {10, 1}, {10, 4}, {12, 4}, {12, 0}});
  EXPECT_EQ(curve.at(9.999), 1);
  EXPECT_EQ(curve.at(10), 4);
  EXPECT_EQ(curve.at(12), 0);
  // 10 at factor 1, then 2 s at factor 4.
  EXPECT_EQ(curve.area(10), 10);
  EXPECT_EQ(curve.area(11), 14);
  EXPECT_EQ(curve.area(12), 18);
  EXPECT_EQ(curve.area(100), 18);
}

TEST(RateCurve, FindsTheTimeOfAnArea) {
  // A ramp from 0 to 2 in 10 s has the area t^2 / 10 up to t; then 2 more each second.
  const RateCurve curve = curve_of({{0, 0}, {10, 2}});
  EXPECT_EQ(curve.time_of_area(0), 0);
  EXPECT_DOUBLE_EQ(curve.time_of_area(2.5), 5);
  EXPECT_DOUBLE_EQ(curve.time_of_area(10), 10);
  EXPECT_DOUBLE_EQ(curve.time_of_area(14), 12);
}

TEST(RateCurve, NothingComesWhereTheFactorIsZero) {
  // 1 for 10 s, nothing for 90 s, then 1 again.
  const RateCurve curve = curve_of({{0, 1}, {10, 1}, {10, 0}, {100, 0}, {100, 1}});
  EXPECT_EQ(curve.time_of_area(10), 10);
  EXPECT_DOUBLE_EQ(curve.time_of_area(10.5), 100.5);
  const RateCurve ends = curve_of({{0, 1}, {10, 1}, {10, 0}});
  EXPECT_EQ(ends.time_of_area(10), 10);
  EXPECT_EQ(ends.time_of_area(10.5), never);
  EXPECT_EQ(curve_of({{0, 0}}).time_of_area(1), never);
}

TEST(RateCurve, BeginsAnewAfterItsPeriod) {
  // 2 for a second, 0 for a second, and so on: mean 1.
  const RateCurve curve = curve_of({{0, 2}, {1, 2}, {1, 0}}, 2);
  EXPECT_EQ(curve.mean(), 1);
  EXPECT_EQ(curve.at(0.5), 2);
  EXPECT_EQ(curve.at(1.5), 0);
  EXPECT_EQ(curve.at(200.5), 2);
  EXPECT_EQ(curve.area(7), 8);
  EXPECT_EQ(curve.time_of_area(2), 1);
  EXPECT_EQ(curve.time_of_area(3), 2.5);
  EXPECT_EQ(curve.time_of_area(8), 7);
  EXPECT_EQ(curve_of({{0, 0}, {1, 0}}, 1).time_of_area(1), never);
}

TEST(RateCurve, FindsTheTimeOfAFactor) {
  const RateCurve curve = curve_of({{0, 1}, {10, 0}, {20, 2}, {30, 2}, {30, 0}});
  EXPECT_EQ(curve.time_at_least(0.5, 3), 3);
  EXPECT_EQ(curve.time_at_least(0.5, 6), 12.5);
  EXPECT_EQ(curve.time_at_least(2, 0), 20);
  EXPECT_EQ(curve.time_at_least(2, 30), never);
  EXPECT_EQ(curve.time_at_least(3, 0), never);
  EXPECT_EQ(curve.time_at_least(0, 31), 31);
  const RateCurve daily = curve_of({{0, 0}, {10, 1}, {10, 0}}, 20);
  EXPECT_EQ(daily.time_at_least(0.5, 0), 5);
  EXPECT_EQ(daily.time_at_least(0.5, 12), 25);
  EXPECT_EQ(daily.time_at_least(0.5, 27), 27);
}

TEST(RateCurve, ScalesItsFactors) {
  const RateCurve curve = curve_of({{0, 1}, {10, 3}}, 10).scaled(0.5);
  EXPECT_EQ(curve.at(5), 1);
  EXPECT_EQ(curve.period(), 10);
  EXPECT_EQ(curve.mean(), 1);
}

/// Time of area is the inverse of the area, on any curve.
TEST(RateCurve, AreasAndTimesAreInverse) {
  Stream stream = testing::stream_of("curves");
  for (int round = 0; round < 300; ++round) {
    std::vector<RatePoint> points;
    double time = 0;
    const std::uint64_t count = 1 + stream.below(8);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (stream.chance(0.7)) time += 10 * stream.uniform();
      points.push_back({time, stream.chance(0.3) ? 0 : 5 * stream.uniform()});
    }
    const double period = stream.chance(0.5) ? time + stream.uniform() : 0;
    const RateCurve curve(points, period);
    for (int i = 0; i < 20; ++i) {
      const double area = 100 * stream.uniform();
      const double at = curve.time_of_area(area);
      if (at == never) {
        EXPECT_LT(curve.area(1e6), area + 1e-9);
        continue;
      }
      EXPECT_NEAR(curve.area(at), area, 1e-9 * (1 + area)) << "round " << round;
      const double level = 5 * stream.uniform();
      const double from = 50 * stream.uniform();
      const double high = curve.time_at_least(level, from);
      EXPECT_GE(high, from);
      if (high == never) continue;
      const double before = std::max(0.0, high - 1e-9);
      EXPECT_GE(std::max(curve.at(before), curve.at(high + 1e-9)), level - 1e-6 * (1 + high))
          << "round " << round;
    }
  }
}

}  // namespace
}  // namespace faultline::sim
