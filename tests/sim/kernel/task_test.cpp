#include "sim/kernel/task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <thread>

#include "sim/kernel/run_error.hpp"
#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class TaskTest : public testing::Test, public ProcessWorld {};

Task<void> worker(ProcessWorld& world, std::string name, Duration pause, int times) {
  const Farewell farewell(world, name);
  for (int i = 0; i < times; ++i) {
    co_await delay(pause);
    world.note(name);
  }
}

TEST_F(TaskTest, AProcessStartsAtOnceAndGoesOnWhenItsDelaysAreOver) {
  spawn(worker(*this, "a", 2ms, 2));
  spawn(worker(*this, "b", 3ms, 1));
  EXPECT_THAT(diary, IsEmpty());
  run();
  EXPECT_THAT(diary, ElementsAre("2: a", "3: b", "3: b gone", "4: a", "4: a gone"));
}

TEST_F(TaskTest, EqualTimesRunInTheOrderOfScheduling) {
  spawn(worker(*this, "a", 2ms, 2));
  spawn(worker(*this, "b", 2ms, 2));
  run();
  EXPECT_THAT(diary, ElementsAre("2: a", "2: b", "4: a", "4: a gone", "4: b", "4: b gone"));
}

TEST_F(TaskTest, ADelayOfNothingLetsTheOthersGoFirst) {
  spawn(worker(*this, "a", 0ms, 2));
  spawn(worker(*this, "b", 0ms, 1));
  run();
  EXPECT_THAT(diary, ElementsAre("0: a", "0: b", "0: b gone", "0: a", "0: a gone"));
}

Task<int> sum_to(int n, Duration pause) {
  if (n == 0) co_return 0;
  if (pause > Duration(0)) co_await delay(pause);
  Task<int> rest = sum_to(n - 1, pause);
  co_return n + co_await rest;
}
Task<void> note_sum(ProcessWorld& world, int n, Duration pause) {
  Task<int> sum = sum_to(n, pause);
  const int value = co_await sum;
  world.note(std::to_string(value));
}

TEST_F(TaskTest, AwaitedTasksGiveTheirValues) {
  spawn(note_sum(*this, 4, 1ms));
  spawn(note_sum(*this, 3, 0ms));  // Without any wait, all within the start.
  EXPECT_THAT(diary, ElementsAre("0: 6"));
  run();
  EXPECT_THAT(diary, ElementsAre("0: 6", "4: 10"));
}

Task<std::unique_ptr<int>> make_box() { co_return std::make_unique<int>(7); }
Task<void> many_children(ProcessWorld& world, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    Task<std::unique_ptr<int>> box = make_box();
    const std::unique_ptr<int> value = co_await box;
    sum += *value;
  }
  world.note(std::to_string(sum));
}

TEST_F(TaskTest, ALoopOfChildrenThatDoNotWaitStaysFlat) {
  // A million of them in one turn: the stack does not grow.
  spawn(many_children(*this, 1'000'000));
  EXPECT_THAT(diary, ElementsAre("0: 7000000"));
}

Task<void> inner(ProcessWorld& world) {
  const Farewell farewell(world, "inner");
  co_await delay(5ms);
  world.note("never");
}
Task<void> outer(ProcessWorld& world) {
  const Farewell farewell(world, "outer");
  Task<void> task = inner(world);
  co_await task;
  world.note("never");
}

TEST_F(TaskTest, ACrashEndsProcessesWhereTheyWaitTheInnermostFirst) {
  spawn(outer(*this));
  spawn(worker(*this, "other", 1ms, 9));
  run_until(2ms);
  diary.clear();
  crash();
  EXPECT_THAT(diary, ElementsAre("2: inner gone", "2: outer gone", "2: other gone"));
  EXPECT_EQ(kernel.next_event_time(), time_max);
  run_until(1s);
  EXPECT_EQ(diary.size(), 3u);
  spawn(worker(*this, "new", 1ms, 1));  // Life goes on.
  run();
  EXPECT_EQ(diary.back(), "1001: new gone");
}

TEST_F(TaskTest, ACrashEndsTheProcessesOfItsOwnerAlone) {
  ProcessOwner other(kernel, 2);
  spawn(worker(*this, "mine", 1ms, 2));
  other.spawn(worker(*this, "theirs", 1ms, 2));
  run_until(1ms);
  crash();
  run();
  EXPECT_THAT(diary,
              ElementsAre("1: mine", "1: theirs", "1: mine gone", "2: theirs", "2: theirs gone"));
}

TEST_F(TaskTest, ATaskThatIsNeverAwaitedNeverStarts) {
  { const Task<void> unused = worker(*this, "unused", 1ms, 1); }
  run();
  EXPECT_THAT(diary, IsEmpty());
}

template <class T>
Task<T> fails(ProcessWorld& world, Duration after) {
  if (after > Duration(0)) co_await delay(after);
  throw RunError(world.kernel.now(), "somewhere", "cannot go on");
}
template <class T>
Task<void> awaits_failure(ProcessWorld& world, Duration after) {
  const Farewell farewell(world, "parent");
  Task<T> task = fails<T>(world, after);
  co_await task;
  world.note("never");
}

TEST_F(TaskTest, WhatAProcessThrowsEndsTheRunAndWhoAwaitsItGoesNoFurther) {
  // With a value that would not bear being made of nothing, and with none; at once and later.
  for (const Duration after : {Duration(0), Duration(1ms)}) {
    for (const bool with_value : {true, false}) {
      ProcessWorld world;
      world.spawn(with_value ? awaits_failure<std::unique_ptr<std::string>>(world, after)
                             : awaits_failure<void>(world, after));
      world.spawn(worker(world, "other", 1ms, 2));
      try {
        world.run();
        ADD_FAILURE() << "nothing was thrown";
      } catch (const RunError& error) {
        EXPECT_EQ(error.where(), "somewhere");
        EXPECT_EQ(error.when(), Time(after));
      }
      EXPECT_EQ(world.diary.front(), after == Duration(0) ? "0: parent gone" : "1: parent gone");
      EXPECT_EQ(world.kernel.now(), Time(1ms));
      world.crash();
    }
  }
}

TEST(FramePool, GivesABlockOutAgainAndTakesItFromAnyThread) {
  void* const block = FramePool::take(100);
  FramePool::give(block, 100);
#if !defined(FAULTLINE_FRAMES_FROM_HEAP)
  EXPECT_EQ(FramePool::take(120), block);  // The same size class.
  FramePool::give(block, 120);
#endif
  // Taken here, given there, and the other way; and larger than any class.
  for (const std::size_t size : {std::size_t{1}, std::size_t{2048}, std::size_t{1} << 20}) {
    void* here = FramePool::take(size);
    void* there = nullptr;
    std::thread([&] {
      FramePool::give(here, size);
      there = FramePool::take(size);
    }).join();
    FramePool::give(there, size);
  }
}

TEST(FramePool, ThreadsThatEndLeaveTheirBlocksToTheNext) {
#if !defined(FAULTLINE_FRAMES_FROM_HEAP)
  // Were blocks lost with their thread, each thread would see addresses of its own.
  constexpr std::size_t size = 1984;
  std::set<void*> seen;
  for (int i = 0; i < 20; ++i) {
    std::thread([&] {
      void* const block = FramePool::take(size);
      seen.insert(block);
      FramePool::give(block, size);
    }).join();
  }
  EXPECT_LT(seen.size(), 10u);
#endif
}

}  // namespace
}  // namespace faultline::sim
