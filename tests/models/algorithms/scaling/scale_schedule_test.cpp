#include "models/algorithms/scaling/scale_schedule.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

using std::chrono::hours;

TEST(ScaleSchedule, HoldsUntilTheNextBegins) {
  const ScaleSchedule schedule({{hours(8), {}, 10}, {hours(20), {}, 2}});
  EXPECT_FALSE(schedule.least(hours(7)));
  EXPECT_EQ(schedule.least(hours(8)), 10);
  EXPECT_EQ(schedule.least(hours(19)), 10);
  EXPECT_EQ(schedule.least(hours(20)), 2);
  EXPECT_EQ(schedule.least(hours(100)), 2);
}

/// Every day at 8 and at 20, and on the third day at 12 something of its own.
TEST(ScaleSchedule, BeginsAgainEveryDay) {
  const ScaleSchedule schedule(
      {{hours(8), hours(24), 10}, {hours(20), hours(24), 2}, {hours(60), {}, 30}});
  EXPECT_EQ(schedule.least(hours(24 + 7)), 2);
  EXPECT_EQ(schedule.least(hours(24 + 9)), 10);
  EXPECT_EQ(schedule.least(hours(61)), 30);
  EXPECT_EQ(schedule.least(hours(68)), 2);
  EXPECT_EQ(schedule.least(hours(24 * 300 + 8)), 10);
}

TEST(ScaleSchedule, OfTwoAtOneTimeTheLaterInTheListHolds) {
  const ScaleSchedule schedule({{hours(1), {}, 5}, {hours(1), {}, 7}});
  EXPECT_EQ(schedule.least(hours(1)), 7);
}

}  // namespace
}  // namespace faultline::models
