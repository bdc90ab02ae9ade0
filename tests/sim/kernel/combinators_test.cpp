#include "sim/kernel/combinators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/kernel/resource.hpp"
#include "sim/kernel/run_error.hpp"
#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// Cannot be copied.
using Box = std::unique_ptr<std::string>;

class CombinatorsTest : public testing::Test, public ProcessWorld {
 protected:
  /// Gives its name after `time`; at once when that is nothing.
  static Task<Box> after(ProcessWorld& world, std::string name, Duration time) {
    const Farewell farewell(world, name);
    if (time > Duration(0)) co_await delay(time);
    co_return std::make_unique<std::string>(name);
  }
  static Task<Box> fails(ProcessWorld& world, Duration time) {
    co_await delay(time);
    throw RunError(world.kernel.now(), "child", "cannot go on");
  }
  static Task<void> note_all(ProcessWorld& world, std::vector<Task<Box>> tasks) {
    Task<std::vector<Box>> all = when_all(std::move(tasks));
    const std::vector<Box> boxes = co_await all;
    std::string text = "all:";
    for (const Box& box : boxes) text += " " + *box;
    world.note(text);
  }
  static Task<void> note_any(ProcessWorld& world, std::vector<Task<Box>> tasks) {
    Task<FirstOf<Box>> any = when_any(std::move(tasks));
    const FirstOf<Box> first = co_await any;
    world.note(fmt::format("any: {} {}", first.index, *first.value));
  }
  static Task<void> note_within(ProcessWorld& world, Task<Box> task, Duration limit) {
    Task<std::optional<Box>> within = with_timeout(std::move(task), limit);
    const std::optional<Box> box = co_await within;
    world.note("within: " + (box ? **box : "nothing"));
  }

  template <class... Tasks>
  static std::vector<Task<Box>> list(Tasks... tasks) {
    std::vector<Task<Box>> all;
    (all.push_back(std::move(tasks)), ...);
    return all;
  }
};

TEST_F(CombinatorsTest, AllEndsWithTheLastAndKeepsTheOrderGiven) {
  spawn(note_all(*this,
                 list(after(*this, "a", 5ms), after(*this, "b", 2ms), after(*this, "c", 0ms))));
  run();
  EXPECT_THAT(diary, ElementsAre("0: c gone", "2: b gone", "5: a gone", "5: all: a b c"));
}

TEST_F(CombinatorsTest, AllOfNothingAndAllAtOnceDoNotWait) {
  spawn(note_all(*this, {}));
  spawn(note_all(*this, list(after(*this, "a", 0ms), after(*this, "b", 0ms))));
  EXPECT_THAT(diary, ElementsAre("0: all:", "0: a gone", "0: b gone", "0: all: a b"));
}

TEST_F(CombinatorsTest, AnyEndsWithTheFirstAndEndsTheOthersWhereTheyWait) {
  spawn(note_any(*this,
                 list(after(*this, "a", 5ms), after(*this, "b", 2ms), after(*this, "c", 9ms))));
  run();
  EXPECT_THAT(diary, ElementsAre("2: b gone", "2: a gone", "2: c gone", "2: any: 1 b"));
  EXPECT_EQ(kernel.now(), Time(2ms));  // Nothing of the others is left.
}

TEST_F(CombinatorsTest, OfSeveralAtTheSameTimeTheFirstScheduledWins) {
  spawn(note_any(*this, list(after(*this, "a", 3ms), after(*this, "b", 3ms))));
  run();
  EXPECT_EQ(diary.back(), "3: any: 0 a");
}

TEST_F(CombinatorsTest, AnyDoesNotStartWhatComesBehindOneThatDoesNotWait) {
  spawn(note_any(*this,
                 list(after(*this, "a", 3ms), after(*this, "b", 0ms), after(*this, "c", 0ms))));
  EXPECT_THAT(diary, ElementsAre("0: b gone", "0: a gone", "0: any: 1 b"));
}

TEST_F(CombinatorsTest, ATimeoutLetsThroughWhatEndsInTime) {
  spawn(note_within(*this, after(*this, "a", 5ms), 6ms));
  spawn(note_within(*this, after(*this, "b", 0ms), 0ms));
  EXPECT_THAT(diary, ElementsAre("0: b gone", "0: within: b"));
  diary.clear();
  run();
  EXPECT_THAT(diary, ElementsAre("5: a gone", "5: within: a"));
  EXPECT_EQ(kernel.now(), Time(5ms));  // The timer went with it.
}

TEST_F(CombinatorsTest, ATimeoutEndsWhatDoesNot) {
  spawn(note_within(*this, after(*this, "a", 5ms), 4ms));
  run();
  EXPECT_THAT(diary, ElementsAre("4: a gone", "4: within: nothing"));
  EXPECT_EQ(kernel.now(), Time(4ms));
}

TEST_F(CombinatorsTest, AtTheVeryTimeOfTheLimitTheTaskIsInTime) {
  // Both were scheduled for 5 ms, the task before its timer.
  spawn(note_within(*this, after(*this, "a", 5ms), 5ms));
  run();
  EXPECT_EQ(diary.back(), "5: within: a");
}

TEST_F(CombinatorsTest, TheyNest) {
  struct Story {
    static Task<Box> race(ProcessWorld& world) {
      Task<FirstOf<Box>> any = when_any(list(after(world, "a", 4ms), after(world, "b", 3ms)));
      FirstOf<Box> first = co_await any;
      co_return std::move(first.value);
    }
  };
  spawn(note_all(*this, list(Story::race(*this), after(*this, "c", 1ms), Story::race(*this))));
  spawn(note_within(*this, Story::race(*this), 2ms));
  run();
  // Both races end at 3 ms; each goes on in a turn of its own, and only then ends its loser.
  EXPECT_THAT(diary,
              ElementsAre("1: c gone", "2: a gone", "2: b gone", "2: within: nothing", "3: b gone",
                          "3: b gone", "3: a gone", "3: a gone", "3: all: b c b"));
}

TEST_F(CombinatorsTest, ACrashEndsTheChildrenWithTheirParent) {
  spawn(note_all(*this, list(after(*this, "a", 5ms), after(*this, "b", 9ms))));
  spawn(note_any(*this, list(after(*this, "c", 9ms), after(*this, "d", 9ms))));
  spawn(note_within(*this, after(*this, "e", 9ms), 9ms));
  run_until(6ms);
  EXPECT_THAT(diary, ElementsAre("5: a gone"));
  crash();
  EXPECT_THAT(diary, testing::UnorderedElementsAre("5: a gone", "6: b gone", "6: c gone",
                                                   "6: d gone", "6: e gone"));
  EXPECT_EQ(kernel.next_event_time(), time_max);
}

TEST_F(CombinatorsTest, ACrashBetweenTheLastChildAndTheParentsTurnLeavesNothing) {
  struct Story {
    static Task<void> strike(ProcessOwner& owner) {
      co_await delay(5ms);
      owner.end_processes();
    }
  };
  ProcessOwner other(kernel, 2);
  spawn(note_all(*this, list(after(*this, "a", 5ms))));
  other.spawn(Story::strike(owner));
  run();
  EXPECT_THAT(diary, ElementsAre("5: a gone"));
}

TEST_F(CombinatorsTest, ALoserGivesBackWhatItHeldAndLeavesTheQueueItWaitedIn) {
  struct Story {
    static Task<Box> hold(Resource& resource, Duration time) {
      const Resource::Lease lease = co_await resource.acquire();
      co_await delay(time);
      co_return std::make_unique<std::string>("held");
    }
  };
  Resource resource(kernel, 1, {.servers = 1});
  spawn(note_any(
      *this, list(Story::hold(resource, 9ms), Story::hold(resource, 9ms), after(*this, "a", 2ms))));
  run_until(1ms);
  EXPECT_EQ(resource.busy(), 1);
  EXPECT_EQ(resource.waiting(), 1);
  run();
  EXPECT_EQ(diary.back(), "2: any: 2 a");
  EXPECT_EQ(resource.busy(), 0);
  EXPECT_EQ(resource.waiting(), 0);
}

TEST_F(CombinatorsTest, AChildThatThrowsEndsTheRun) {
  for (const int which : {0, 1, 2}) {
    ProcessWorld world;
    if (which == 0) world.spawn(note_all(world, list(fails(world, 1ms), after(world, "a", 1ms))));
    if (which == 1) world.spawn(note_any(world, list(fails(world, 1ms), after(world, "a", 3ms))));
    if (which == 2) world.spawn(note_within(world, fails(world, 1ms), 2ms));
    EXPECT_THROW(world.run(), RunError) << which;
    EXPECT_THAT(world.diary, IsEmpty()) << which;
    world.crash();
  }
}

}  // namespace
}  // namespace faultline::sim
