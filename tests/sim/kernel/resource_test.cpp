#include "sim/kernel/resource.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class ResourceTest : public testing::Test, public ProcessWorld {
 protected:
  /// Comes at `time`, holds a server for `work`.
  void visit(Resource& resource, const std::string& name, Duration time, Duration work,
             std::int64_t priority = 0) {
    spawn(holder(*this, resource, name, time, work, priority));
  }
  /// The same by use().
  void use(Resource& resource, const std::string& name, Duration time, Duration work,
           std::int64_t priority = 0) {
    spawn(user(*this, resource, name, time, work, priority));
  }

 private:
  static Task<void> holder(ProcessWorld& world, Resource& resource, std::string name, Duration time,
                           Duration work, std::int64_t priority) {
    co_await delay(time);
    const Resource::Lease lease = co_await resource.acquire(priority);
    if (!lease) {
      world.note(name + " refused");
      co_return;
    }
    world.note(name + " in");
    co_await delay(work);
    world.note(name + " out");
  }
  static Task<void> user(ProcessWorld& world, Resource& resource, std::string name, Duration time,
                         Duration work, std::int64_t priority) {
    co_await delay(time);
    const Resource::Served served = co_await resource.use(work, EventQueue::no_lane, priority);
    world.note(name + (served ? " served" : " refused"));
  }
};

TEST_F(ResourceTest, ServesFirstComeFirstServed) {
  Resource resource(kernel, 1, {.servers = 1});
  visit(resource, "a", 0ms, 10ms);
  visit(resource, "b", 1ms, 10ms);
  visit(resource, "c", 2ms, 10ms);
  run();
  EXPECT_THAT(
      diary, ElementsAre("0: a in", "10: a out", "10: b in", "20: b out", "20: c in", "30: c out"));
}

TEST_F(ResourceTest, ServesLastComeFirstServed) {
  Resource resource(kernel, 1, {.servers = 1, .order = QueueOrder::lifo});
  for (const char* name : {"a", "b", "c", "d"}) use(resource, name, 0ms, 10ms);
  run();
  EXPECT_THAT(diary, ElementsAre("10: a served", "20: d served", "30: c served", "40: b served"));
}

TEST_F(ResourceTest, ServesTheSmallestPriorityFirstAndEqualsInTheirOrder) {
  Resource resource(kernel, 1, {.servers = 1, .order = QueueOrder::priority});
  use(resource, "a", 0ms, 10ms);
  use(resource, "low", 1ms, 10ms, 2);
  visit(resource, "high", 2ms, 10ms, -1);
  use(resource, "low too", 3ms, 10ms, 2);
  use(resource, "middle", 4ms, 10ms, 1);
  run();
  EXPECT_THAT(diary, ElementsAre("10: a served", "10: high in", "20: high out", "30: middle served",
                                 "40: low served", "50: low too served"));
}

TEST_F(ResourceTest, AsManyAreServedAtOnceAsThereAreServers) {
  Resource resource(kernel, 1, {.servers = 2});
  for (const char* name : {"a", "b", "c"}) use(resource, name, 0ms, 10ms);
  Resource many(kernel, 1, {.servers = Resource::unlimited});
  for (const char* name : {"x", "y", "z"}) use(many, name, 0ms, 15ms);
  run();
  EXPECT_THAT(diary, ElementsAre("10: a served", "10: b served", "15: x served", "15: y served",
                                 "15: z served", "20: c served"));
}

TEST_F(ResourceTest, WhoFindsTheQueueFullIsRefusedAtOnce) {
  Resource resource(kernel, 1, {.servers = 1, .queue_limit = 1});
  use(resource, "a", 0ms, 10ms);
  visit(resource, "b", 1ms, 10ms);
  visit(resource, "c", 2ms, 10ms);
  use(resource, "d", 3ms, 10ms);
  use(resource, "e", 11ms, 10ms);
  Resource no_room(kernel, 1, {.servers = 1, .queue_limit = 0});
  use(no_room, "x", 0ms, 10ms);
  use(no_room, "y", 5ms, 10ms);
  run();
  EXPECT_THAT(diary, ElementsAre("2: c refused", "3: d refused", "5: y refused", "10: a served",
                                 "10: x served", "10: b in", "20: b out", "30: e served"));
  EXPECT_EQ(resource.refused(), 2u);
}

TEST_F(ResourceTest, ItsStatisticsAreAveragesOverTime) {
  // 1 server. a: 0 to 10; b comes at 4, waits 6, served 10 to 20; idle to 40.
  Resource resource(kernel, 1, {.servers = 1});
  use(resource, "a", 0ms, 10ms);
  use(resource, "b", 4ms, 10ms);
  run_until(40ms);
  EXPECT_DOUBLE_EQ(resource.utilization(kernel.now()), 20.0 / 40);
  EXPECT_DOUBLE_EQ(resource.queue_gauge().mean(kernel.now()), 6.0 / 40);
  EXPECT_EQ(resource.queue_gauge().maximum(), 1);
  EXPECT_EQ(resource.wait().count(), 2u);  // a's wait of nothing counts.
  EXPECT_EQ(resource.wait().max(), 6'000'000);
  EXPECT_EQ(resource.wait().min(), 0);
}

TEST_F(ResourceTest, AfterAResetWaitsCountByArrival) {
  Resource resource(kernel, 1, {.servers = 1});
  use(resource, "a", 0ms, 10ms);
  use(resource, "b", 4ms, 10ms);
  use(resource, "c", 6ms, 10ms);
  run_until(5ms);
  resource.reset_statistics(kernel.now());
  run_until(25ms);
  EXPECT_EQ(resource.wait().count(), 1u);  // c's: 6 to 20.
  EXPECT_EQ(resource.wait().max(), 14'000'000);
  EXPECT_DOUBLE_EQ(resource.utilization(kernel.now()), 1);
  // b waits for 5 of the 20 ms, c for 14.
  EXPECT_DOUBLE_EQ(resource.queue_gauge().mean(kernel.now()), 19.0 / 20);
  run();  // The resource goes before the processes that use it.
}

TEST_F(ResourceTest, ASlowResourceTakesLongerForWhatBeginsWhileItIsSlow) {
  double slowness = 1;
  Resource resource(kernel, 1, {.servers = 1, .slowness = &slowness});
  for (const char* name : {"a", "b", "c"}) use(resource, name, 0ms, 10ms);
  run_until(5ms);
  slowness = 2.5;
  run_until(12ms);
  slowness = 1;
  run();
  EXPECT_THAT(diary, ElementsAre("10: a served", "35: b served", "45: c served"));
}

TEST_F(ResourceTest, ALeaseMayBeGivenBackEarlyAndHandedOn) {
  Resource resource(kernel, 1, {.servers = 1});
  struct Story {
    static Task<void> tell(ProcessWorld& world, Resource& resource) {
      Resource::Lease lease = co_await resource.acquire();
      Resource::Lease moved = std::move(lease);
      world.note(lease ? "still held" : "moved");  // NOLINT(bugprone-use-after-move): is the point.
      co_await delay(1ms);
      moved.release();
      world.note(fmt::format("{} busy", resource.busy()));
      moved.release();  // A second time does nothing.
      co_await delay(1ms);
    }
  };
  spawn(Story::tell(*this, resource));
  visit(resource, "b", 0ms, 5ms);
  run();
  EXPECT_THAT(diary, ElementsAre("0: moved", "1: 1 busy", "1: b in", "6: b out"));
  EXPECT_EQ(resource.busy(), 0);
}

TEST_F(ResourceTest, WhoIsEndedWhileWaitingLeavesTheQueue) {
  Resource resource(kernel, 1, {.servers = 1});
  ProcessOwner other(kernel, 2);
  struct Story {
    static Task<void> wait(ProcessWorld& world, Resource& resource, bool by_use) {
      const Farewell farewell(world, "waiter");
      if (by_use) co_await resource.use(10ms);
      if (!by_use) const Resource::Lease lease = co_await resource.acquire();
      world.note("never");
    }
  };
  use(resource, "a", 0ms, 10ms);
  run_until(0ms);
  other.spawn(Story::wait(*this, resource, true));
  other.spawn(Story::wait(*this, resource, false));
  use(resource, "b", 1ms, 10ms);
  run_until(5ms);
  EXPECT_EQ(resource.waiting(), 3);
  other.end_processes();
  EXPECT_EQ(resource.waiting(), 1);
  run();
  EXPECT_THAT(diary,
              ElementsAre("5: waiter gone", "5: waiter gone", "10: a served", "20: b served"));
}

TEST_F(ResourceTest, WhoIsEndedWhileServedGivesTheServerToTheNext) {
  Resource resource(kernel, 1, {.servers = 1});
  ProcessOwner other(kernel, 2);
  struct Story {
    static Task<void> hold(Resource& resource, bool by_use) {
      if (by_use) co_await resource.use(10ms);
      if (!by_use) {
        const Resource::Lease lease = co_await resource.acquire();
        co_await delay(10ms);
      }
    }
  };
  for (const bool by_use : {true, false}) {
    other.spawn(Story::hold(resource, by_use));
    use(resource, "b", 1ms, 10ms);
    run_until(Duration(kernel.now().time_since_epoch()) + 5ms);
    other.end_processes();
    run();
    EXPECT_EQ(resource.busy(), 0);
  }
  EXPECT_THAT(diary, ElementsAre("15: b served", "30: b served"));
}

TEST_F(ResourceTest, ACrashOfItsOwnNodeServesNobodyMore) {
  // Both the one served and the ones waiting are ended; none of them is served in between.
  Resource resource(kernel, owner.id(), {.servers = 1});
  for (const char* name : {"a", "b", "c"}) visit(resource, name, 0ms, 10ms);
  for (const char* name : {"d", "e"}) use(resource, name, 1ms, 10ms);
  run_until(5ms);
  crash();
  EXPECT_EQ(resource.busy(), 0);
  EXPECT_EQ(resource.waiting(), 0);
  EXPECT_EQ(kernel.next_event_time(), time_max);
  EXPECT_THAT(diary, ElementsAre("0: a in"));
  // Only a's wait is known; nothing was granted in the crash.
  EXPECT_EQ(resource.wait().count(), 1u);
  diary.clear();
  use(resource, "after", 0ms, 1ms);
  run();
  EXPECT_THAT(diary, ElementsAre("6: after served"));
}

TEST_F(ResourceTest, AGrantThatIsNotTakenUpGoesToTheNext) {
  // a ends at 10 and the server is b's from then on; b is ended at 10, before its turn comes.
  Resource resource(kernel, 1, {.servers = 1});
  ProcessOwner other(kernel, 2);
  struct Story {
    static Task<void> wait(ProcessWorld& world, Resource& resource) {
      const Resource::Lease lease = co_await resource.acquire();
      world.note("never");
    }
    static Task<void> hold_and_strike(ProcessWorld& world, Resource& resource,
                                      ProcessOwner& owner) {
      Resource::Lease lease = co_await resource.acquire();
      co_await delay(10ms);
      lease.release();
      owner.end_processes();
      world.note("struck");
    }
  };
  spawn(Story::hold_and_strike(*this, resource, other));
  other.spawn(Story::wait(*this, resource));
  use(resource, "c", 1ms, 10ms);
  run();
  EXPECT_THAT(diary, ElementsAre("10: struck", "20: c served"));
  EXPECT_EQ(resource.busy(), 0);
}

TEST_F(ResourceTest, ASemaphoreIsAResourceWhoseLeasesAreItsPermits) {
  Semaphore permits(kernel, 1, {.servers = 2});
  for (const char* name : {"a", "b", "c"}) visit(permits, name, 0ms, 10ms);
  run();
  EXPECT_THAT(diary,
              ElementsAre("0: a in", "0: b in", "10: a out", "10: b out", "10: c in", "20: c out"));
}

}  // namespace
}  // namespace faultline::sim
