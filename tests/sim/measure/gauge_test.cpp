#include "sim/measure/gauge.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/measure/counter.hpp"
#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

Time at(std::int64_t nanoseconds) { return Time(Duration(nanoseconds)); }

TEST(Counter, CountsAndResets) {
  Counter counter;
  counter.add();
  counter.add(4);
  EXPECT_EQ(counter.value(), 5U);
  counter.reset();
  EXPECT_EQ(counter.value(), 0U);
}

// 0 for 10 ns, 3 for 20 ns, 1 for 70 ns: (60 + 70) / 100 = 1.3.
TEST(CountGauge, AveragesOverTimeNotOverUpdates) {
  CountGauge gauge;
  gauge.set(at(10), 3);
  gauge.add(at(30), -2);
  EXPECT_EQ(gauge.value(), 1);
  EXPECT_DOUBLE_EQ(gauge.mean(at(100)), 1.3);
  EXPECT_TRUE(gauge.area(at(100)) == 130);
  EXPECT_EQ(gauge.maximum(), 3);
}

TEST(CountGauge, WithoutElapsedTimeTheMeanIsTheValue) {
  CountGauge gauge(at(50), 7);
  EXPECT_EQ(gauge.mean(at(50)), 7);
  gauge.set(at(50), 9);
  EXPECT_EQ(gauge.mean(at(50)), 9);
}

TEST(CountGauge, ResetForgetsThePastAndKeepsTheValue) {
  CountGauge gauge;
  gauge.set(at(0), 100);
  gauge.set(at(10), 4);
  gauge.reset(at(20));
  EXPECT_EQ(gauge.value(), 4);
  EXPECT_EQ(gauge.maximum(), 4);
  gauge.set(at(30), 0);
  EXPECT_DOUBLE_EQ(gauge.mean(at(60)), 1);  // 4 for 10 ns of 40.
  EXPECT_EQ(gauge.maximum(), 4);
}

TEST(CountGauge, MaximumSeesAValueHeldForNoTime) {
  CountGauge gauge;
  gauge.add(at(5), 8);
  gauge.add(at(5), -8);
  EXPECT_EQ(gauge.maximum(), 8);
  EXPECT_EQ(gauge.mean(at(10)), 0);
}

// A trillion bytes held for a year is 3e28 byte nanoseconds: beyond 64 bits, exact in 128.
TEST(CountGauge, LargeAreasDoNotOverflow) {
  const std::int64_t year = 365LL * 24 * 3600 * 1'000'000'000;
  CountGauge gauge(time_zero, 1'000'000'000'000);
  EXPECT_EQ(gauge.mean(at(year)), 1e12);
}

TEST(CountGauge, EqualsBruteForceOnRandomSteps) {
  Lcg random(1);
  for (int round = 0; round < 20; ++round) {
    CountGauge gauge;
    TimeGauge real;
    std::int64_t now = 0;
    std::int64_t value = 0;
    std::int64_t area = 0;
    std::int64_t maximum = 0;
    for (int i = 0; i < 500; ++i) {
      const std::int64_t wait = random.below(4) == 0 ? 0 : random.below(1'000'000);
      area += value * wait;
      now += wait;
      value = random.below(1000);
      maximum = std::max(maximum, value);
      gauge.set(at(now), value);
      real.set(at(now), static_cast<double>(value));
    }
    EXPECT_TRUE(gauge.area(at(now)) == area);
    EXPECT_EQ(gauge.mean(at(now)), static_cast<double>(area) / static_cast<double>(now));
    EXPECT_EQ(gauge.maximum(), maximum);
    EXPECT_NEAR(real.mean(at(now)), gauge.mean(at(now)), 1e-12 * gauge.mean(at(now)));
  }
}

TEST(TimeGauge, HoldsFractionsAndNegativeValues) {
  TimeGauge gauge(time_zero, -0.5);
  gauge.set(at(10), 0.25);
  EXPECT_DOUBLE_EQ(gauge.mean(at(20)), -0.125);
  EXPECT_EQ(gauge.maximum(), 0.25);
}

TEST(CountGaugeDeathTest, TimeMustNotGoBack) {
  CountGauge gauge;
  gauge.set(at(10), 1);
  EXPECT_DEATH(gauge.set(at(9), 1), "now >= last_");
  EXPECT_DEATH(static_cast<void>(gauge.mean(at(9))), "now >= last_");
}

}  // namespace
}  // namespace faultline::sim
