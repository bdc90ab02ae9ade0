#include "sim/kernel/kernel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <thread>

#include "sim/kernel/run_error.hpp"
#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// Does something when its time comes.
class Deed final : public Event {
 public:
  explicit Deed(std::function<void()> deed) : Event(&fire), deed_(std::move(deed)) {}

 private:
  static void fire(Event& event) { static_cast<Deed&>(event).deed_(); }
  std::function<void()> deed_;
};

class KernelTest : public testing::Test, public ProcessWorld {
 protected:
  Deed noting(const std::string& text) {
    return Deed([this, text] { note(text); });
  }
};

TEST_F(KernelTest, FiresByTimeAndEqualTimesInTheOrderOfScheduling) {
  Deed a = noting("a"), b = noting("b"), c = noting("c"), d = noting("d"), e = noting("e");
  const EventQueue::Lane lane = kernel.lane_of(5ms);
  kernel.schedule_after(a, 5ms);
  kernel.schedule_constant(b, lane, 5ms);
  kernel.schedule_at(c, Time(5ms));
  kernel.schedule_after(d, 1ms);
  kernel.schedule_constant(e, EventQueue::no_lane, 5ms);
  run();
  EXPECT_THAT(diary, ElementsAre("1: d", "5: a", "5: b", "5: c", "5: e"));
  EXPECT_EQ(kernel.events(), 5u);
}

TEST_F(KernelTest, NowIsBehindAllThatIsScheduledForNow) {
  Deed late = noting("scheduled now");
  Deed first([&] {
    note("first");
    kernel.schedule_now(late);
  });
  Deed second = noting("second");
  kernel.schedule_after(first, 1ms);
  kernel.schedule_after(second, 1ms);
  run();
  EXPECT_THAT(diary, ElementsAre("1: first", "1: second", "1: scheduled now"));
}

TEST_F(KernelTest, RunsUpToAndIncludingTheTimeAsked) {
  Deed at5 = noting("a"), at6 = noting("b");
  kernel.schedule_after(at5, 5ms);
  kernel.schedule_after(at6, 6ms);
  EXPECT_EQ(kernel.run_until(Time(4ms)), StopReason::reached);
  EXPECT_EQ(kernel.now(), Time(4ms));
  EXPECT_THAT(diary, ElementsAre());
  EXPECT_EQ(kernel.next_event_time(), Time(5ms));
  kernel.run_until(Time(5ms));
  EXPECT_THAT(diary, ElementsAre("5: a"));
  kernel.run_until(Time(2ms));  // No way back.
  EXPECT_EQ(kernel.now(), Time(5ms));
  kernel.run_until(Time(10ms));
  EXPECT_THAT(diary, ElementsAre("5: a", "6: b"));
  EXPECT_EQ(kernel.now(), Time(10ms));
}

TEST_F(KernelTest, StepsOneEventAtATime) {
  Deed at5 = noting("a"), at6 = noting("b");
  kernel.schedule_after(at5, 5ms);
  kernel.schedule_after(at6, 6ms);
  EXPECT_FALSE(kernel.step(Time(4ms)));
  EXPECT_TRUE(kernel.step(Time(5ms)));
  EXPECT_FALSE(kernel.step(Time(5ms)));
  EXPECT_THAT(diary, ElementsAre("5: a"));
  EXPECT_TRUE(kernel.step(time_max));
  EXPECT_FALSE(kernel.step(time_max));
  EXPECT_THAT(diary, ElementsAre("5: a", "6: b"));
}

TEST_F(KernelTest, PausesAfterTheEventThatAsksForItAndResumes) {
  Deed asks([&] {
    note("asks");
    kernel.request_pause();
  });
  Deed other = noting("other");
  kernel.schedule_after(asks, 5ms);
  kernel.schedule_after(other, 5ms);
  EXPECT_EQ(kernel.run_until(Time(9ms)), StopReason::paused);
  EXPECT_EQ(kernel.now(), Time(5ms));
  EXPECT_THAT(diary, ElementsAre("5: asks"));
  EXPECT_EQ(kernel.run_until(Time(9ms)), StopReason::reached);
  EXPECT_THAT(diary, ElementsAre("5: asks", "5: other"));
}

TEST_F(KernelTest, ARunWithoutEndIsEndedFromAnotherThread) {
  // An event that schedules itself again and again: only the pause ends it.
  std::atomic<bool> going{false};
  Deed* self = nullptr;
  Deed forever([&] {
    going = true;
    kernel.schedule_after(*self, 1ns);
  });
  self = &forever;
  kernel.schedule_after(forever, 1ns);
  std::thread other([&] {
    while (!going) std::this_thread::yield();
    kernel.request_pause();
  });
  EXPECT_EQ(kernel.run_until(time_max), StopReason::paused);
  other.join();
  kernel.cancel(forever);
  EXPECT_EQ(kernel.next_event_time(), time_max);
}

TEST_F(KernelTest, ATimeBeyondTheEndOfTimeIsTheEndOfTime) {
  Deed a = noting("a"), b = noting("b");
  kernel.schedule_after(a, 1ms);
  run();
  const EventQueue::Lane lane = kernel.lane_of(Duration::max());
  kernel.schedule_after(a, Duration::max());
  kernel.schedule_constant(b, lane, Duration::max());
  EXPECT_LT(kernel.next_event_time(), time_max);
  EXPECT_GT(kernel.next_event_time(), Time(Duration::max() - 1ms));
  kernel.cancel(a);
  EXPECT_TRUE(b.scheduled());
  kernel.cancel(b);
}

TEST_F(KernelTest, WhatAnEventThrowsLeavesThroughRunUntil) {
  Deed throws([] { throw std::runtime_error("broken"); });
  Deed after = noting("after");
  kernel.schedule_after(throws, 1ms);
  kernel.schedule_after(after, 2ms);
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_EQ(kernel.now(), Time(1ms));
  EXPECT_TRUE(after.scheduled());
  kernel.cancel(after);
}

TEST_F(KernelTest, ItsDigestSeesTimeOwnerAndKindInTheirOrder) {
  const auto digest = [](Duration time, std::uint32_t component, EventKind kind, bool swap) {
    ProcessWorld world;
    Deed a([] {}), b([] {});
    a.set_tag(component, kind);
    b.set_tag(7, EventKind::other);
    world.kernel.schedule_at(swap ? b : a, Time(time));
    world.kernel.schedule_at(swap ? a : b, Time(time));
    world.run();
    return world.kernel.order_digest().value();
  };
  const std::uint64_t one = digest(1ms, 1, EventKind::resume, false);
  EXPECT_EQ(digest(1ms, 1, EventKind::resume, false), one);
  EXPECT_NE(digest(2ms, 1, EventKind::resume, false), one);
  EXPECT_NE(digest(1ms, 2, EventKind::resume, false), one);
  EXPECT_NE(digest(1ms, 1, EventKind::grant, false), one);
  EXPECT_NE(digest(1ms, 1, EventKind::resume, true), one);
}

TEST(KernelDeathTest, ThePastStaysAsItIs) {
  ProcessWorld world;
  Deed deed([] {});
  world.run_until(5ms);
  EXPECT_DEATH(world.kernel.schedule_at(deed, Time(4ms)), "time >= now_");
  EXPECT_DEATH(world.kernel.schedule_after(deed, Duration(-1)), "delay");
}

}  // namespace
}  // namespace faultline::sim
