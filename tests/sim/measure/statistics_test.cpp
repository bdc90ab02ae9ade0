#include "sim/measure/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST(StudentT, OneAndTwoDegreesHaveClosedForms) {
  for (const double confidence : {0.01, 0.5, 0.8, 0.95, 0.99, 0.9999}) {
    // Cauchy: tan(pi c / 2). Two degrees: c sqrt(2 / (1 - c^2)).
    const double one = std::tan(std::numbers::pi * confidence / 2);
    const double two = confidence * std::sqrt(2 / (1 - confidence * confidence));
    EXPECT_NEAR(student_t(1, confidence) / one, 1, 1e-9);
    EXPECT_NEAR(student_t(2, confidence) / two, 1, 1e-9);
  }
}

/// P(|T| <= t) for whole degrees of freedom, by the finite sums of Abramowitz and Stegun 26.7.3
/// and 26.7.4: another way than the one under test.
double probability_within(double t, int degrees) {
  const double angle = std::atan(t / std::sqrt(degrees));
  const double cosine = std::cos(angle);
  double term = degrees % 2 == 0 ? 1 : cosine;
  double sum = degrees == 1 ? 0 : term;
  for (int i = degrees % 2 == 0 ? 1 : 2; i <= degrees - 3; i += 2) {
    term *= cosine * cosine * i / (i + 1);
    sum += term;
  }
  const double sine_sum = std::sin(angle) * sum;
  return degrees % 2 == 0 ? sine_sum : 2 / std::numbers::pi * (angle + sine_sum);
}

TEST(StudentT, InvertsTheDistributionOfWholeDegrees) {
  for (const int degrees : {1, 2, 3, 4, 5, 9, 19, 29, 30, 99, 299, 300, 1000, 10'000}) {
    for (const double confidence : {0.1, 0.5, 0.9, 0.95, 0.99, 0.999}) {
      const double t = student_t(degrees, confidence);
      EXPECT_NEAR(probability_within(t, degrees), confidence, 1e-9 * (1 - confidence))
          << degrees << " degrees, " << confidence;
    }
  }
}

// Student's table: 12.706, 2.093, 2.045, 1.984 ... for 95 %.
TEST(StudentT, MatchesThePrintedTable) {
  EXPECT_NEAR(student_t(1, 0.95), 12.7062047364, 5e-10 * 12.7);
  EXPECT_NEAR(student_t(19, 0.95), 2.0930240544, 5e-10 * 2);
  EXPECT_NEAR(student_t(29, 0.95), 2.0452296421, 5e-10 * 2);
  EXPECT_NEAR(student_t(99, 0.95), 1.9842169516, 5e-10 * 2);
  EXPECT_NEAR(student_t(infinity, 0.95), 1.9599639845, 5e-10 * 2);
}

TEST(StudentT, FallsSmoothlyWithTheDegrees) {
  for (const double confidence : {0.5, 0.95, 1 - 1e-6}) {
    double before = student_t(1, confidence);
    for (double degrees = 1.5; degrees < 400; degrees += 0.5) {
      const double t = student_t(degrees, confidence);
      EXPECT_LT(t, before) << degrees << " degrees";
      before = t;
    }
  }
}

TEST(RunningMoments, OfASmallSample) {
  RunningMoments moments;
  for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) moments.add(value);
  EXPECT_EQ(moments.count(), 8U);
  EXPECT_DOUBLE_EQ(moments.mean(), 5);
  EXPECT_DOUBLE_EQ(moments.variance(), 32.0 / 7);
  EXPECT_EQ(moments.min(), 2);
  EXPECT_EQ(moments.max(), 9);
}

TEST(RunningMoments, WithoutEnoughSamplesThereIsNoAnswer) {
  RunningMoments moments;
  EXPECT_TRUE(std::isnan(moments.mean()));
  EXPECT_TRUE(std::isnan(moments.min()));
  EXPECT_TRUE(std::isnan(moments.max()));
  moments.add(3);
  EXPECT_EQ(moments.mean(), 3);
  EXPECT_TRUE(std::isnan(moments.stddev()));
}

TEST(RunningMoments, KeepDigitsFarFromZero) {
  RunningMoments moments;
  for (const double value : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) moments.add(value);
  EXPECT_DOUBLE_EQ(moments.variance(), 30);
}

TEST(RunningMoments, MergeEqualsAddingAll) {
  Lcg random(1);
  for (int round = 0; round < 100; ++round) {
    RunningMoments parts[2];
    RunningMoments all;
    for (auto& part : parts) {
      const std::int64_t count = random.below(50);
      for (std::int64_t i = 0; i < count; ++i) {
        const double value = random.uniform() * 100 - 50;
        part.add(value);
        all.add(value);
      }
    }
    parts[0].merge(parts[1]);
    ASSERT_EQ(parts[0].count(), all.count());
    if (all.count() < 2) continue;
    EXPECT_NEAR(parts[0].mean(), all.mean(), 1e-11);
    EXPECT_NEAR(parts[0].variance(), all.variance(), 1e-9);
    EXPECT_EQ(parts[0].min(), all.min());
    EXPECT_EQ(parts[0].max(), all.max());
  }
}

// Five samples 1 .. 5: mean 3, standard deviation sqrt(2.5), t(4) = 2.776445, half width 1.963243.
TEST(IntervalOf, FiveSamples) {
  const Interval interval = interval_of(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_EQ(interval.count, 5U);
  EXPECT_EQ(interval.confidence, 0.95);
  EXPECT_DOUBLE_EQ(interval.mean, 3);
  EXPECT_DOUBLE_EQ(interval.stddev, std::sqrt(2.5));
  EXPECT_NEAR(interval.half_width, 1.963243, 5e-7);
  EXPECT_GT(interval_of(std::vector<double>{1, 2, 3, 4, 5}, 0.99).half_width, interval.half_width);
}

TEST(IntervalOf, LeavesOutWhatIsNotThere) {
  const Interval interval = interval_of(std::vector<double>{1, not_a_number, 3});
  EXPECT_EQ(interval.count, 2U);
  EXPECT_DOUBLE_EQ(interval.mean, 2);
}

TEST(IntervalOf, FewerThanTwoSamplesHaveNoWidth) {
  const Interval none = interval_of({});
  EXPECT_EQ(none.count, 0U);
  EXPECT_TRUE(std::isnan(none.mean));
  EXPECT_TRUE(std::isnan(none.half_width));
  const Interval one = interval_of(std::vector<double>{7});
  EXPECT_EQ(one.mean, 7);
  EXPECT_TRUE(std::isnan(one.stddev));
  EXPECT_TRUE(std::isnan(one.half_width));
}

// Of intervals around means of uniform samples, 95 % must hold the true mean: 1900 of 2000, give or
// take 3.3 times 9.7.
TEST(SlowIntervalOf, CoversTheTrueMeanAsOftenAsItSays) {
  Lcg random(2);
  int covered = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> samples(20);
    for (double& sample : samples) sample = random.uniform();
    const Interval interval = interval_of(samples);
    if (std::abs(interval.mean - 0.5) <= interval.half_width) ++covered;
  }
  EXPECT_NEAR(covered, 1900, 32);
}

}  // namespace
}  // namespace faultline::sim
