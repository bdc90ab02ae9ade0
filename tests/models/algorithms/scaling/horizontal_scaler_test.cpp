/// Cases from the rules of Kubernetes' autoscaler, and from its own documentation where that gives
/// numbers.
#include "models/algorithms/scaling/horizontal_scaler.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace faultline::models {
namespace {

using Sample = HorizontalScaler::Sample;
using State = Sample::State;

constexpr std::int64_t second = 1'000'000'000;

std::vector<Sample> all(std::int64_t replicas, double value) {
  return std::vector<Sample>(static_cast<std::size_t>(replicas), Sample{State::ready, value});
}

HorizontalScaler::Config config(double target) {
  HorizontalScaler::Config made;
  made.target = target;
  made.replicas_max = 1000;
  return made;
}

// ------------------------------------------------------------ the formula

/// "If the current metric value is 200m, and the desired value is 100m, the number of replicas will
/// be doubled, since 200.0 / 100.0 == 2.0. If the current value is instead 50m, you'll halve the
/// number of replicas."
TEST(HorizontalScaler, RatioOfValueAndTarget) {
  const HorizontalScaler scaler(config(0.1));
  EXPECT_EQ(scaler.desired(all(3, 0.2)), 6);
  EXPECT_EQ(scaler.desired(all(4, 0.05)), 2);
  EXPECT_EQ(scaler.desired(all(3, 0.05)), 2) << "ceil(1.5)";
}

/// A tolerance of 0.1: 10 % more or less changes nothing, a little more does.
TEST(HorizontalScaler, WithinTheToleranceNothingChanges) {
  const HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.desired(all(10, 0.55)), 10);
  EXPECT_EQ(scaler.desired(all(10, 0.45)), 10);
  EXPECT_EQ(scaler.desired(all(10, 0.551)), 12) << "ceil(11.02)";
  EXPECT_EQ(scaler.desired(all(10, 0.449)), 9) << "ceil(8.98)";
}

/// Two at 0.9 of a target of 0.5 ask for 1.8 times as many: 4. With a third that only starts and
/// counts as idle it is 1.8 / 3 = 0.6, 1.2 times three: 4 as well, and not the 6 that 1.8 times
/// three would be.
TEST(HorizontalScaler, WhoIsNotReadyCountsAsIdleOnTheWayUp) {
  const HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.desired({{State::ready, 0.9}, {State::ready, 0.9}, {State::not_ready, 5}}), 4);
  EXPECT_EQ(scaler.desired({{State::ready, 0.9}, {State::not_ready, 0}, {State::not_ready, 0}}), 3)
      << "0.9 / 3 = 0.3: that would be down, so it stays";
}

TEST(HorizontalScaler, WhoIsNotReadyIsLeftOutOnTheWayDown) {
  const HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.desired({{State::ready, 0.2}, {State::ready, 0.2}, {State::not_ready, 9}}), 1)
      << "ceil(0.4 * 2)";
}

/// Down: who is missing counts as at the target. (0.1 + 0.1 + 0.5) / 3 = 0.233, 0.467 times three
/// is 1.4: 2, where 0.2 times two would have been 1.
TEST(HorizontalScaler, WhoIsMissingCountsAgainstTheChange) {
  const HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.desired({{State::ready, 0.1}, {State::ready, 0.1}, {State::missing, 0}}), 2);
  // Up: as idle. (0.9 + 0.9) / 3 = 0.6: 1.2 times three is 3.6.
  EXPECT_EQ(scaler.desired({{State::ready, 0.9}, {State::ready, 0.9}, {State::missing, 0}}), 4);
}

TEST(HorizontalScaler, OfNobodyKnownNothingChanges) {
  const HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.desired({{State::missing, 0}, {State::not_ready, 0}}), 2);
}

// ------------------------------------------------------------ windows, speeds, bounds

/// Down only by the highest of the last 300 s: the load falls at 0 s, at 299 s the recommendation
/// from before is still in the window, at 300 s it is not.
TEST(HorizontalScaler, FallsOnlyAfterItsWindow) {
  HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.decide(0, all(10, 0.5)), 10);
  for (std::int64_t at = 15; at < 300; at += 15) {
    ASSERT_EQ(scaler.decide(at * second, all(10, 0.1)), 10) << at;
  }
  EXPECT_EQ(scaler.decide(300 * second, all(10, 0.1)), 2);
}

/// What is there when it begins is the first recommendation; a peak inside the window holds the
/// fall up anew.
TEST(HorizontalScaler, TakesTheHighestOfTheWindow) {
  HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.decide(0, 10, 2), 10);
  EXPECT_EQ(scaler.decide(100 * second, 10, 7), 10);
  EXPECT_EQ(scaler.decide(301 * second, 10, 2), 7);
  EXPECT_EQ(scaler.decide(399 * second, 7, 2), 7);
  EXPECT_EQ(scaler.decide(400 * second, 7, 2), 2);
}

/// 4 replicas or twice as many within 15 s, whichever is more: from 1 to 5, to 10, to 20.
TEST(HorizontalScaler, RisesAtMostByFourOrByDouble) {
  HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.decide(0, 1, 100), 5);
  EXPECT_EQ(scaler.decide(15 * second, 5, 100), 10);
  EXPECT_EQ(scaler.decide(30 * second, 10, 100), 20);
}

/// Within one period the limit counts from its beginning: 5 of 1 at 0 s, and no more before 15 s.
TEST(HorizontalScaler, TheSpeedCountsFromTheBeginningOfThePeriod) {
  HorizontalScaler scaler(config(0.5));
  EXPECT_EQ(scaler.decide(0, 1, 100), 5);
  EXPECT_EQ(scaler.decide(10 * second, 5, 100), 5);
  EXPECT_EQ(scaler.decide(15 * second, 5, 100), 10);
}

/// At most a tenth in a minute: of 80 go 8, then 8 of 72 would make 64.8; floor.
TEST(HorizontalScaler, FallsNoFasterThanItsLimit) {
  auto slow = config(0.5);
  slow.down = {0, {{0, 0.1, 60 * second}, {5, 0, 60 * second}}};
  HorizontalScaler scaler(slow);
  EXPECT_EQ(scaler.decide(0, 80, 1), 72) << "a tenth is more than five";
  EXPECT_EQ(scaler.decide(30 * second, 72, 1), 72);
  EXPECT_EQ(scaler.decide(60 * second, 72, 1), 64);
  HorizontalScaler few(slow);
  EXPECT_EQ(few.decide(0, 20, 1), 15) << "five are more than a tenth";
}

TEST(HorizontalScaler, RisesByTheLowestOfItsWindow) {
  auto calm = config(0.5);
  calm.up.window = 60 * second;
  HorizontalScaler scaler(calm);
  EXPECT_EQ(scaler.decide(0, 4, 8), 4);
  EXPECT_EQ(scaler.decide(30 * second, 4, 8), 4);
  EXPECT_EQ(scaler.decide(60 * second, 4, 6), 6);
}

TEST(HorizontalScaler, StaysWithinItsBounds) {
  auto bounded = config(0.5);
  bounded.replicas_min = 2;
  bounded.replicas_max = 6;
  bounded.down.window = 0;
  HorizontalScaler scaler(bounded);
  EXPECT_EQ(scaler.decide(0, 4, 100), 6);
  EXPECT_EQ(scaler.decide(15 * second, 6, 0), 2);
}

}  // namespace
}  // namespace faultline::models
