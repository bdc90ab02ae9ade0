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

}  // namespace
}  // namespace faultline::sim
