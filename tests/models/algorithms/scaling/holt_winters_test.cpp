#include <gtest/gtest.h>

#include <array>

#include "models/algorithms/scaling/forecast.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using std::chrono::seconds;

std::unique_ptr<LoadForecast> forecast(const char* text) {
  return sim::Choice<LoadForecast>(text).make({seconds(10)});
}

/// A season of four looks that repeats itself exactly is foreseen exactly, however it smooths, from
/// the end of the first season on; before, nothing is.
TEST(HoltWinters, LearnsASeasonFromTheFirst) {
  const std::array<double, 4> season{10, 30, 50, 20};
  const auto curve = forecast("holt_winters(season=40s, alpha=0.5, beta=0.1, gamma=0.4)");
  for (int i = 0; i < 20; ++i) {
    const auto ahead = curve->predict(seconds(10 * i));
    if (i < 4) {
      EXPECT_FALSE(ahead) << i;
    } else {
      ASSERT_TRUE(ahead) << i;
      EXPECT_NEAR(*ahead, season[static_cast<std::size_t>(i % 4)], 1e-9) << i;
    }
    curve->observe(seconds(10 * i), season[static_cast<std::size_t>(i % 4)]);
  }
  // Two and a half seasons ahead.
  EXPECT_NEAR(curve->predict(seconds(190 + 100)).value(), season[1], 1e-9);
}

/// One step by hand: season (10, 30), so level 20, parts -10 and +10, trend 0. Then 14 is seen,
/// with alpha 0.5, beta 0.5, gamma 0.5:
///   level = 0.5 (14 + 10) + 0.5 * 20 = 22; trend = 0.5 * 2 = 1; part = 0.5 (14 - 22) + 0.5 * -10 = -9
/// One ahead: 22 + 1 + 10 = 33. Two ahead: 22 + 2 - 9 = 15.
TEST(HoltWinters, SmoothsLevelTrendAndSeason) {
  const auto curve = forecast("holt_winters(season=20s, alpha=0.5, beta=0.5, gamma=0.5)");
  curve->observe(seconds(0), 10);
  curve->observe(seconds(10), 30);
  curve->observe(seconds(20), 14);
  EXPECT_NEAR(curve->predict(seconds(30)).value(), 33, 1e-9);
  EXPECT_NEAR(curve->predict(seconds(40)).value(), 15, 1e-9);
}

/// A straight climb with a season on it: the trend is learnt, and the error of one step ahead goes
/// to nothing.
TEST(HoltWinters, LearnsATrend) {
  const auto curve = forecast("holt_winters(season=40s, alpha=0.3, beta=0.1, gamma=0.3)");
  const auto load = [](int i) { return 100 + 2.0 * i + (i % 4 == 0 ? 40 : 0); };
  for (int i = 0; i < 400; ++i) curve->observe(seconds(10 * i), load(i));
  EXPECT_NEAR(curve->predict(seconds(4000)).value(), load(400), 0.5);
  EXPECT_NEAR(curve->predict(seconds(4050)).value(), load(405), 1);
}

}  // namespace
}  // namespace faultline::models
