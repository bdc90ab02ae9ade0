#include "sim/measure/histogram_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

std::int64_t exact_quantile(std::vector<std::int64_t> samples, double q) {
  std::sort(samples.begin(), samples.end());
  return samples[quantile_rank(q, samples.size()) - 1];
}

/// Within the histogram's error, rounded.
void expect_near(std::int64_t value, std::int64_t exact) {
  EXPECT_LE(std::abs(static_cast<double>(value - exact)),
            static_cast<double>(exact) * Histogram::relative_error + 1);
}

TEST(HistogramWindow, GivesTheQuantilesOfItsOwnSamplesOnly) {
  // Windows of very different sizes and magnitudes, each far from the one before.
  Histogram histogram;
  HistogramWindow window;
  WindowSamples samples;
  Lcg random(1);
  for (const std::size_t count : {1U, 2U, 1000U, 7U, 50000U, 3U}) {
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(random.below(static_cast<std::int64_t>(count) * 10'000 + 100));
      histogram.record(all.back());
    }
    window.close(histogram, samples);
    EXPECT_EQ(samples.count(), count);
    for (const double q : {0.0, 0.5, 0.9, 0.99, 1.0})
      expect_near(samples.quantile(q), exact_quantile(all, q));
  }
}

TEST(HistogramWindow, IsEmptyWhenNothingCame) {
  Histogram histogram;
  HistogramWindow window;
  WindowSamples samples;
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 0U);
  histogram.record(5);
  window.close(histogram, samples);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 0U);
  EXPECT_EQ(samples.quantile(0.5), 0);
}

TEST(HistogramWindow, KeepsWhatCameBeforeAReset) {
  Histogram histogram;
  HistogramWindow window;
  WindowSamples samples;
  histogram.record(10);
  window.close(histogram, samples);
  // In the window: 20 and 200 before the reset, 20 and 30 after it.
  histogram.record(20);
  histogram.record(200);
  window.before_reset(histogram);
  histogram.reset();
  histogram.record(30);
  histogram.record(20);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 4U);
  EXPECT_EQ(samples.quantile(0.5), 20);
  EXPECT_EQ(samples.quantile(0.75), 30);
  EXPECT_EQ(samples.quantile(1), 200);
  histogram.record(40);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 1U);
  EXPECT_EQ(samples.quantile(0.5), 40);
}

TEST(HistogramWindow, SeesCountsThatGoBeyondSixteenBits) {
  // A bucket counts in 16 bits and carries: 70,000 samples of one value, then 65,536 more, after
  // which its low half reads the same, then one more beside it.
  Histogram histogram;
  HistogramWindow window;
  WindowSamples samples;
  histogram.record_n(1000, 70'000);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 70'000U);
  histogram.record_n(1000, 65'536);
  histogram.record(9'000'000);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 65'537U);
  expect_near(samples.quantile(0.5), 1000);
  expect_near(samples.quantile(1), 9'000'000);
  histogram.record(1000);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 1U);
  expect_near(samples.quantile(0.5), 1000);
  // After a reset the counts begin anew, in the memory that they had.
  window.before_reset(histogram);
  histogram.reset();
  histogram.record_n(1000, 65'536);
  window.close(histogram, samples);
  EXPECT_EQ(samples.count(), 65'536U);
}

TEST(HistogramWindow, AgreesWithTheWholeWindowByWindow) {
  // Random windows of random magnitudes, several resets: all quantiles are those of a histogram of
  // the window's samples alone, but for the ends, which a histogram knows exactly.
  Lcg random(7);
  Histogram histogram;
  HistogramWindow window;
  WindowSamples samples;
  for (int round = 0; round < 200; ++round) {
    Histogram alone;
    const std::int64_t count = random.below(300);
    const std::int64_t magnitude = std::int64_t{1} << random.below(40);
    for (std::int64_t i = 0; i < count; ++i) {
      if (i == 50 && round % 7 == 0) {
        window.before_reset(histogram);
        histogram.reset();
      }
      const std::int64_t value = random.below(magnitude * 3 + 1);
      histogram.record(value);
      alone.record(value);
    }
    window.close(histogram, samples);
    ASSERT_EQ(samples.count(), alone.count());
    for (const double q : {0.1, 0.5, 0.9}) expect_near(samples.quantile(q), alone.quantile(q));
  }
}

}  // namespace
}  // namespace faultline::sim
