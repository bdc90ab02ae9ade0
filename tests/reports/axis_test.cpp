#include "reports/axis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace faultline::reports {
namespace {

using testing::ElementsAre;

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> texts;
  for (const Tick& tick : axis.ticks()) texts.push_back(tick.label);
  return texts;
}

TEST(LinearAxis, EndsAtARoundValueInOneUnit) {
  const Axis axis = Axis::linear(0.312, Quantity::seconds, 5, Language::english);
  EXPECT_THAT(labels(axis), ElementsAre("0 ms", "100 ms", "200 ms", "300 ms", "400 ms"));
  EXPECT_DOUBLE_EQ(axis.place(0.2), 0.5);
  EXPECT_DOUBLE_EQ(axis.place(9), 1);
  EXPECT_DOUBLE_EQ(axis.place(-9), 0);
}

TEST(LinearAxis, CountsInTheLanguageOfTheReader) {
  EXPECT_THAT(labels(Axis::linear(2.5, Quantity::rate, 5, Language::russian)),
              ElementsAre("0,0/с", "0,5/с", "1,0/с", "1,5/с", "2,0/с", "2,5/с"));
  EXPECT_THAT(labels(Axis::linear(48'000, Quantity::rate, 5, Language::english)),
              ElementsAre("0/s", "10 k/s", "20 k/s", "30 k/s", "40 k/s", "50 k/s"));
  EXPECT_THAT(labels(Axis::linear(1, Quantity::ratio, 4, Language::english)),
              ElementsAre("0 %", "25 %", "50 %", "75 %", "100 %"));
}

TEST(LinearAxis, StandsWithoutAnyValue) {
  for (const double highest : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity()}) {
    const Axis axis = Axis::linear(highest, Quantity::count, 5, Language::english);
    EXPECT_EQ(axis.high(), 1) << highest;
    EXPECT_GE(axis.ticks().size(), 2U);
  }
}

TEST(LogarithmicAxis, MarksPowersOfTenOverManyDecades) {
  EXPECT_THAT(labels(Axis::logarithmic(1.1e-4, 9, Quantity::seconds, 6, Language::english)),
              ElementsAre("1 ms", "10 ms", "100 ms", "1 s"));
}

TEST(LogarithmicAxis, MarksOneTwoFiveOverFewDecades) {
  EXPECT_THAT(labels(Axis::logarithmic(9e-3, 0.12, Quantity::seconds, 6, Language::english)),
              ElementsAre("10 ms", "20 ms", "50 ms", "100 ms"));
}

TEST(LogarithmicAxis, GivesRoomToASingleValue) {
  const Axis axis = Axis::logarithmic(0.01, 0.01, Quantity::seconds, 8, Language::english);
  EXPECT_NEAR(axis.place(0.01), 0.5, 0.01);
  EXPECT_FALSE(axis.ticks().empty());
  EXPECT_EQ(Axis::logarithmic(0, 0, Quantity::seconds, 8, Language::english).place(0), 0);
}

TEST(TimeAxis, MarksRoundTimesInTheUnitOfTheSpan) {
  EXPECT_THAT(labels(Axis::time(0, 60, 6, Language::english)),
              ElementsAre("0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s"));
  EXPECT_THAT(labels(Axis::time(0, 3600, 6, Language::russian)),
              ElementsAre("0 мин", "10 мин", "20 мин", "30 мин", "40 мин", "50 мин", "60 мин"));
  EXPECT_THAT(labels(Axis::time(0, 86'400, 6, Language::english)),
              ElementsAre("0 h", "6 h", "12 h", "18 h", "24 h"));
  EXPECT_THAT(labels(Axis::time(5, 65, 4, Language::english)),
              ElementsAre("15 s", "30 s", "45 s", "60 s"));
}

TEST(NinesAxis, EndsWhereTheSamplesEnd) {
  EXPECT_THAT(labels(Axis::nines(100, Language::english)),
              ElementsAre("0 %", "50 %", "90 %", "99 %"));
  const Axis axis = Axis::nines(10'000, Language::russian);
  EXPECT_THAT(labels(axis), ElementsAre("0 %", "50 %", "90 %", "99 %", "99,9 %", "99,99 %"));
  EXPECT_NEAR(axis.place(0.99), 0.5, 1e-9);
}

}  // namespace
}  // namespace faultline::reports
