#include "models/algorithms/transactions/saga.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/transactions/saga_overlaps.hpp"

namespace faultline::models {
namespace {

using Doing = Saga::Doing;
using End = Saga::End;

/// What a saga of three does when its parts end so: "d0 d1 u1 u0 compensated".
std::string story(const std::vector<End>& ends) {
  Saga saga(3);
  std::string told;
  for (const End end : ends) {
    if (saga.over()) break;
    told += (saga.doing() == Doing::action ? "d" : "u") + std::to_string(saga.index()) + " ";
    saga.ended(end);
  }
  return told + (saga.doing() == Doing::done          ? "done"
                 : saga.doing() == Doing::compensated ? "compensated"
                                                      : "under way");
}

TEST(Saga, DoesOneAfterTheOther) { EXPECT_EQ(story({End::ok, End::ok, End::ok}), "d0 d1 d2 done"); }

TEST(Saga, UndoesInReverseOrder) {
  EXPECT_EQ(story({End::ok, End::ok, End::fail, End::ok, End::ok}), "d0 d1 d2 u1 u0 compensated");
  EXPECT_EQ(story({End::fail}), "d0 compensated");
}

TEST(Saga, UndoesWhatMayHaveTakenEffect) {
  EXPECT_EQ(story({End::ok, End::unknown, End::ok, End::ok}), "d0 d1 u1 u0 compensated");
  EXPECT_EQ(story({End::unknown, End::ok}), "d0 u0 compensated");
}

TEST(Saga, ACompensationIsTriedUntilItSucceeds) {
  EXPECT_EQ(story({End::ok, End::fail, End::fail, End::unknown, End::ok}),
            "d0 d1 u0 u0 u0 compensated");
}

/// Random ends and crashes: in the end either all actions have taken effect, or of each that may
/// have there was a compensation after it that succeeded.
TEST(Saga, AllOrCompensated) {
  int done = 0;
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    SplitMixSource chance(seed);
    const std::size_t actions = 1 + chance.below(5);
    Saga saga(actions);
    std::vector<bool> effect(actions);
    while (!saga.over()) {
      const bool acts = saga.doing() == Doing::action;
      const auto end = static_cast<End>(std::max<std::uint64_t>(chance.below(6), 3) - 3);
      // What ends unknown has taken effect or not.
      if (end == End::ok || (end == End::unknown && chance.below(2) == 0)) {
        effect[saga.index()] = acts;
      }
      if (chance.below(10) == 0) {
        saga.recover();
      } else {
        saga.ended(end);
      }
    }
    for (const bool each : effect) ASSERT_EQ(each, saga.doing() == Doing::done) << seed;
    done += saga.doing() == Doing::done ? 1 : 0;
  }
  EXPECT_GT(done, 300);
  EXPECT_LT(done, 4700);
}

TEST(Saga, IsOverWhenItIsOver) {
  Saga saga(1);
  saga.ended(End::ok);
  EXPECT_DEATH(saga.ended(End::ok), "over");
  EXPECT_DEATH(Saga(0), "actions > 0");
}

TEST(SagaOverlaps, CountsWhoBuildsOnWhatMayNotStay) {
  SagaOverlaps overlaps;
  overlaps.wrote(1, 5);
  overlaps.wrote(1, 5);  // Its own.
  EXPECT_EQ(overlaps.overlaps(), 0u);
  overlaps.wrote(2, 5);
  overlaps.wrote(3, 6);
  EXPECT_EQ(overlaps.overlaps(), 1u);
  overlaps.over(1, {5}, true);  // Undone: 2 has read what never was.
  EXPECT_EQ(overlaps.dirty_reads(), 1u);
  overlaps.wrote(4, 5);
  EXPECT_EQ(overlaps.overlaps(), 2u);
  overlaps.over(2, {5}, false);
  EXPECT_EQ(overlaps.dirty_reads(), 1u);
  overlaps.over(4, {5}, true);
  overlaps.wrote(5, 5);
  EXPECT_EQ(overlaps.overlaps(), 2u);
}

}  // namespace
}  // namespace faultline::models
