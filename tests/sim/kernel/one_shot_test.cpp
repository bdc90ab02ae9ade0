#include "sim/kernel/one_shot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class OneShotTest : public testing::Test, public ProcessWorld {
 protected:
  static Task<void> wait(ProcessWorld& world, OneShot<int>& shot, Duration time) {
    co_await delay(time);
    const int value = co_await shot.wait();
    world.note(std::to_string(value));
  }
};

TEST_F(OneShotTest, WakesWhoWaitsAtTheTimeItIsSet) {
  OneShot<int> shot(kernel);
  spawn(wait(*this, shot, 1ms));
  run_until(5ms);
  EXPECT_FALSE(shot.is_set());
  shot.set(7);
  EXPECT_THAT(diary, IsEmpty());  // In a turn of its own.
  run();
  EXPECT_THAT(diary, ElementsAre("5: 7"));
}

TEST_F(OneShotTest, MayBeSetBeforeTheWait) {
  OneShot<int> shot(kernel);
  shot.set(7);
  spawn(wait(*this, shot, 1ms));
  run();
  EXPECT_THAT(diary, ElementsAre("1: 7"));
}

TEST_F(OneShotTest, WhoIsEndedNoLongerWaits) {
  OneShot<int> shot(kernel);
  ProcessOwner other(kernel, 2);
  other.spawn(wait(*this, shot, 1ms));
  run_until(2ms);
  other.end_processes();
  spawn(wait(*this, shot, 1ms));  // So another one may.
  run_until(4ms);
  shot.set(8);
  run();
  EXPECT_THAT(diary, ElementsAre("4: 8"));
}

TEST_F(OneShotTest, WhoIsEndedBetweenSetAndItsTurnDoesNotGoOn) {
  OneShot<int> shot(kernel);
  spawn(wait(*this, shot, 1ms));
  run_until(2ms);
  shot.set(9);
  crash();
  EXPECT_EQ(kernel.next_event_time(), time_max);
  run();
  EXPECT_THAT(diary, IsEmpty());
}

TEST(OneShotDeathTest, IsSetOnce) {
  ProcessWorld world;
  OneShot<int> shot(world.kernel);
  shot.set(1);
  EXPECT_DEATH(shot.set(2), "value_");
}

}  // namespace
}  // namespace faultline::sim
