/// Cases from "Deployments" of Kubernetes' documentation, and from the rules of its controller.
#include "models/algorithms/scaling/rolling_update.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

using Counts = RollingUpdate::Counts;

/// "if this value is set to 30%" of 10: at most 13 in all, at least 7 available. A share of surge
/// is rounded up, one of unavailable down: 25 % of 10 is 3 and 2; of 4, 1 and 1.
TEST(RollingUpdate, RoundsSurgeUpAndUnavailableDown) {
  EXPECT_EQ(RollingUpdate::rounded_up(0.3, 10), 3);
  EXPECT_EQ(RollingUpdate::rounded_down(0.3, 10), 3);
  EXPECT_EQ(RollingUpdate::rounded_up(0.25, 10), 3);
  EXPECT_EQ(RollingUpdate::rounded_down(0.25, 10), 2);
  EXPECT_EQ(RollingUpdate::rounded_up(0.25, 4), 1);
  EXPECT_EQ(RollingUpdate::rounded_down(0.25, 4), 1);
  EXPECT_EQ(RollingUpdate::rounded_up(0.25, 3), 1);
  EXPECT_EQ(RollingUpdate::rounded_down(0.25, 3), 0);
}

/// 4 desired, 25 % each: a new one is started first (5 in all), and with it under way one old one
/// may go: 3 are available, which is 4 - 1.
TEST(RollingUpdate, KeepsBetweenThreeAndFiveOfFour) {
  const RollingUpdate update({.desired = 4, .surge = 1, .unavailable = 1});
  const auto first = update.next({.old_available = 4});
  EXPECT_EQ(first.start_new, 1);
  EXPECT_EQ(first.stop_old_available, 0);
  const auto second = update.next({.old_available = 4, .new_unavailable = 1});
  EXPECT_EQ(second.start_new, 0);
  EXPECT_EQ(second.stop_old_available, 1);
  const auto third = update.next({.old_available = 3, .new_unavailable = 1});
  EXPECT_EQ(third.start_new, 1);
  EXPECT_TRUE(update.next({.old_available = 3, .new_unavailable = 2}).nothing());
}

/// Without room above, an old one goes first.
TEST(RollingUpdate, WithoutSurgeStopsFirst) {
  const RollingUpdate update({.desired = 4, .surge = 0, .unavailable = 1});
  const auto first = update.next({.old_available = 4});
  EXPECT_EQ(first.start_new, 0);
  EXPECT_EQ(first.stop_old_available, 1);
  EXPECT_EQ(update.next({.old_available = 3}).start_new, 1);
  EXPECT_TRUE(update.next({.old_available = 3, .new_unavailable = 1}).nothing());
  EXPECT_EQ(update.next({.old_available = 3, .new_available = 1}).stop_old_available, 1);
}

/// With nobody missing, an old one goes only when a new one is available.
TEST(RollingUpdate, WithoutUnavailableWaitsForTheNewOnes) {
  const RollingUpdate update({.desired = 4, .surge = 2, .unavailable = 0});
  EXPECT_EQ(update.next({.old_available = 4}).start_new, 2);
  EXPECT_TRUE(update.next({.old_available = 4, .new_unavailable = 2}).nothing());
  EXPECT_EQ(update.next({.old_available = 4, .new_available = 1, .new_unavailable = 1})
                .stop_old_available,
            1);
}

/// Old ones that are not ready go first, and by themselves make room without a loss.
TEST(RollingUpdate, StopsOldOnesThatAreNotReadyFirst) {
  const RollingUpdate update({.desired = 4, .surge = 1, .unavailable = 1});
  const auto step = update.next({.old_available = 2, .old_unavailable = 2, .new_unavailable = 1});
  EXPECT_EQ(step.stop_old_unavailable, 1);
  EXPECT_EQ(step.stop_old_available, 0) << "2 are available, and 3 are to be";
}

/// Both 0 cannot be: Kubernetes takes one unavailable then.
TEST(RollingUpdate, OfNothingAllowedOneMayBeMissing) {
  const RollingUpdate update({.desired = 4, .surge = 0, .unavailable = 0});
  EXPECT_EQ(update.config().unavailable, 1);
}

/// From 4 old ones to 4 new ones within the bounds at each step, for every pair of bounds: new ones
/// become available two steps after they were started.
TEST(RollingUpdate, KeepsItsBoundsAndComesToAnEnd) {
  for (std::int64_t desired = 1; desired <= 12; ++desired) {
    for (std::int64_t surge = 0; surge <= 3; ++surge) {
      for (std::int64_t unavailable = 0; unavailable <= 3; ++unavailable) {
        const RollingUpdate update({desired, surge, unavailable});
        Counts counts{.old_available = desired};
        std::int64_t young = 0;
        int steps = 0;
        while (!update.done(counts)) {
          ASSERT_LT(++steps, 200) << desired << ' ' << surge << ' ' << unavailable;
          const auto step = update.next(counts);
          counts.new_available += counts.new_unavailable - young;
          counts.new_unavailable = young + step.start_new;
          young = step.start_new;
          counts.old_available -= step.stop_old_available;
          const std::int64_t available = counts.old_available + counts.new_available;
          ASSERT_GE(available, desired - update.config().unavailable);
          ASSERT_LE(available + counts.new_unavailable, desired + surge);
        }
      }
    }
  }
}

}  // namespace
}  // namespace faultline::models
