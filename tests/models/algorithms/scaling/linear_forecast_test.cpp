#include <gtest/gtest.h>

#include "models/algorithms/scaling/forecast.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using std::chrono::seconds;

std::unique_ptr<LoadForecast> forecast(const char* text) {
  return sim::Choice<LoadForecast>(text).make({seconds(15)});
}

/// 100, 110, 120 at 0, 15 and 30 s: 10 more every 15 s, so 160 at 90 s.
TEST(LinearForecast, GoesOnAsItWent) {
  const auto line = forecast("linear(lookback=2min)");
  EXPECT_FALSE(line->predict(seconds(0)));
  line->observe(seconds(0), 100);
  EXPECT_FALSE(line->predict(seconds(60))) << "one point is no line";
  line->observe(seconds(15), 110);
  line->observe(seconds(30), 120);
  EXPECT_NEAR(line->predict(seconds(90)).value(), 160, 1e-9);
}

/// Least squares through (0, 1), (10, 3), (20, 2): mean 2, slope (-10 * -1 + 10 * 0) / 200 = 0.05.
/// At 30 s: 2 + 0.05 * 20 = 3.
TEST(LinearForecast, IsTheLineOfLeastSquares) {
  const auto line = forecast("linear(lookback=1min)");
  line->observe(seconds(0), 1);
  line->observe(seconds(10), 3);
  line->observe(seconds(20), 2);
  EXPECT_NEAR(line->predict(seconds(30)).value(), 3, 1e-9);
}

TEST(LinearForecast, ForgetsWhatIsOlderThanItsLookback) {
  const auto line = forecast("linear(lookback=30s)");
  line->observe(seconds(0), 1000);
  for (int at = 60; at <= 90; at += 15) line->observe(seconds(at), 50);
  EXPECT_NEAR(line->predict(seconds(150)).value(), 50, 1e-9);
}

TEST(LinearForecast, NeverForeseesLessThanNothing) {
  const auto line = forecast("linear(lookback=1min)");
  line->observe(seconds(0), 100);
  line->observe(seconds(15), 10);
  EXPECT_EQ(line->predict(seconds(60)).value(), 0);
}

}  // namespace
}  // namespace faultline::models
