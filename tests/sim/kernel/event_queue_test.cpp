#include "sim/kernel/event_queue.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

/// An event with a number.
class Numbered final : public Event {
 public:
  explicit Numbered(std::uint64_t n) : Event([](Event&) {}), number(n) {}
  std::uint64_t number;
};

Time at(std::int64_t nanoseconds) { return Time(Duration(nanoseconds)); }

/// The queue beside the simplest thing that does the same: a map by time and order of scheduling.
class Checked {
 public:
  explicit Checked(std::uint64_t first_sequence = 0) : queue_(first_sequence) {}

  void push(std::int64_t delay) {
    Numbered& event = make(now_ + delay);
    queue_.push(event, at(now_ + delay));
  }
  void push_constant(std::int64_t delay) {
    const EventQueue::Lane lane = queue_.lane_of(Duration(delay));
    ASSERT_NE(lane, EventQueue::no_lane);
    Numbered& event = make(now_ + delay);
    queue_.push_lane(event, lane, at(now_ + delay));
  }
  /// Cancels the pending event that is `rank` places from the front.
  void cancel(std::size_t rank) {
    const auto found = std::next(pending_.begin(), static_cast<std::ptrdiff_t>(rank));
    queue_.cancel(*found->second);
    EXPECT_FALSE(found->second->scheduled());
    pending_.erase(found);
  }
  void pop() { pop_until(INT64_MAX); }
  /// Pops what both say is first; nothing when it is later than `until`.
  void pop_until(std::int64_t until) {
    Time time;
    Event* const event = queue_.pop_until(at(until), time);
    if (pending_.empty() || pending_.begin()->first.first > until) {
      ASSERT_EQ(event, nullptr);
      return;
    }
    const auto first = pending_.begin();
    ASSERT_EQ(event, first->second.get()) << "expected number " << first->second->number;
    ASSERT_EQ(time, at(first->first.first));
    ASSERT_FALSE(event->scheduled());
    now_ = first->first.first;
    pending_.erase(first);
  }
  void expect_next_time() {
    const Time first = pending_.empty() ? time_max : at(pending_.begin()->first.first);
    ASSERT_EQ(queue_.next_time(), first);
    ASSERT_EQ(queue_.empty(), pending_.empty());
  }
  void pop_all() {
    while (!pending_.empty() && !testing::Test::HasFatalFailure()) pop();
    expect_next_time();
  }
  void cancel_all() {
    while (!pending_.empty()) cancel(0);
    expect_next_time();
  }
  std::size_t size() const { return pending_.size(); }
  EventQueue& queue() { return queue_; }

 private:
  Numbered& make(std::int64_t time) {
    auto event = std::make_unique<Numbered>(made_);
    Numbered& reference = *event;
    pending_.emplace(std::pair(time, made_++), std::move(event));
    return reference;
  }

  std::map<std::pair<std::int64_t, std::uint64_t>, std::unique_ptr<Numbered>> pending_;
  std::uint64_t made_ = 0;
  std::int64_t now_ = 0;
  EventQueue queue_;
};

TEST(EventQueue, OfNothingHasNoNextTime) {
  EventQueue queue;
  Time time;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next_time(), time_max);
  EXPECT_EQ(queue.pop_until(time_max, time), nullptr);
}

TEST(EventQueue, HandsOutByTimeAndEqualTimesInTheOrderOfScheduling) {
  Checked queue;
  for (const std::int64_t delay : {30, 10, 20, 10, 30, 10, 0}) queue.push(delay);
  // A lane and the heap share one order: an event of each at 10, pushed in turn.
  queue.push_constant(10);
  queue.push(10);
  queue.push_constant(10);
  queue.pop_all();
}

TEST(EventQueue, GivesNothingThatIsLaterThanAsked) {
  Checked queue;
  queue.push(10);
  queue.push_constant(10);
  queue.pop_until(9);
  EXPECT_EQ(queue.size(), 2u);
  queue.pop_until(10);
  queue.pop_until(10);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(EventQueue, ACancelledEventDoesNotComeAndMayBeScheduledAgain) {
  Numbered one(1);
  Numbered two(2);
  EventQueue queue;
  queue.push(one, at(1));
  queue.push(two, at(2));
  queue.cancel(one);
  EXPECT_FALSE(one.scheduled());
  queue.push(one, at(3));
  Time time;
  EXPECT_EQ(queue.pop_until(time_max, time), &two);
  EXPECT_EQ(queue.pop_until(time_max, time), &one);
  EXPECT_EQ(time, at(3));
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, AgreesWithASortedMapWhileTheyAreFew) {
  std::mt19937_64 random(1);
  Checked queue;
  for (int i = 0; i < 50'000 && !HasFatalFailure(); ++i) {
    const std::uint64_t choice = random() % 8;
    if (queue.size() < 40 && choice < 3) queue.push(static_cast<std::int64_t>(random() % 100));
    if (queue.size() < 40 && choice == 3) {
      queue.push_constant(static_cast<std::int64_t>(random() % 3 * 50));
    }
    if (choice == 4 && queue.size() > 0) queue.cancel(random() % queue.size());
    if (choice == 5) queue.expect_next_time();
    if (choice > 5) queue.pop();
  }
  queue.pop_all();
}

TEST(EventQueue, AgreesWithASortedMapWhenTheyGrowManyAndFewAgain) {
  // Up to 20,000 pending and back, twice; the delays have every magnitude, so that the ladder's
  // rungs are unevenly full, and many are equal.
  std::mt19937_64 random(2);
  Checked queue;
  for (const int wanted : {20'000, 10, 20'000, 0}) {
    while (static_cast<int>(queue.size()) != wanted && !HasFatalFailure()) {
      const bool grow = static_cast<int>(queue.size()) < wanted;
      const std::uint64_t choice = random() % 16;
      if (choice < (grow ? 9u : 3u)) {
        queue.push(static_cast<std::int64_t>(random() >> (20 + random() % 44)));
      } else if (choice < (grow ? 11u : 4u)) {
        queue.push_constant(static_cast<std::int64_t>(random() % 20 * 1000));
      } else if (choice == 15) {
        queue.expect_next_time();
      } else if (queue.size() > 0) {
        // Mostly near the front, where map and queue are quick to look.
        if (choice % 2 == 0) queue.cancel(random() % std::min<std::size_t>(queue.size(), 100));
        if (choice % 2 == 1) queue.pop();
      }
    }
  }
  queue.pop_all();
}

TEST(EventQueue, ManyEqualTimesKeepTheirOrder) {
  Checked queue;
  for (int i = 0; i < 5000; ++i) queue.push(i % 3);
  for (int i = 0; i < 1000; ++i) queue.pop();
  for (int i = 0; i < 5000; ++i) queue.push(0);
  queue.pop_all();
}

TEST(EventQueue, ManyCancelledOnesAreDropped) {
  Checked queue;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 5000; ++i) queue.push(1'000'000 + i);
    queue.push(1);
    queue.cancel_all();
  }
  // Their places are given back: no more than one round's are ever taken.
  EXPECT_FALSE(queue.queue().full());
}

TEST(EventQueue, HasALaneForEachDelayUntilAllAreTaken) {
  EventQueue queue;
  for (std::size_t i = 0; i < EventQueue::lanes_max; ++i) {
    EXPECT_NE(queue.lane_of(Duration(i)), EventQueue::no_lane) << i;
  }
  EXPECT_EQ(queue.lane_of(Duration(EventQueue::lanes_max)), EventQueue::no_lane);
  EXPECT_EQ(queue.lane_of(Duration(3)), queue.lane_of(Duration(3)));
  EXPECT_NE(queue.lane_of(Duration(3)), queue.lane_of(Duration(4)));
}

TEST(EventQueue, AgreesWithASortedMapWithEveryLaneInUse) {
  std::mt19937_64 random(3);
  Checked queue;
  for (int i = 0; i < 50'000 && !HasFatalFailure(); ++i) {
    const std::uint64_t choice = random() % 4;
    if (choice < 2 && queue.size() < 500) {
      queue.push_constant(static_cast<std::int64_t>(random() % EventQueue::lanes_max));
    }
    if (choice == 2 && queue.size() > 0) queue.cancel(random() % queue.size());
    if (choice == 3) queue.pop();
  }
  queue.pop_all();
}

TEST(EventQueue, KeepsTheOrderWhenTheNumbersRunOut) {
  // Sequence numbers have 40 bits; the pending events are numbered anew when they are used up.
  for (const bool many : {false, true}) {
    Checked queue((std::uint64_t{1} << 40) - 500);
    for (int i = 0; i < (many ? 5000 : 30); ++i) {
      queue.push(i % 7);
      queue.push_constant(5);
    }
    for (int i = 0; i < 3000; ++i) {
      queue.pop();
      queue.push(i % 7);
    }
    queue.pop_all();
  }
}

TEST(EventQueue, AVisitorSeesEachPendingEventAndMayEndIt) {
  EventQueue queue;
  std::vector<std::unique_ptr<Numbered>> events;
  const EventQueue::Lane lane = queue.lane_of(7ns);
  for (std::uint64_t i = 0; i < 200; ++i) {
    events.push_back(std::make_unique<Numbered>(i));
    if (i % 2 == 0) queue.push(*events.back(), at(static_cast<std::int64_t>(i)));
    if (i % 2 == 1) queue.push_lane(*events.back(), lane, at(7));
  }
  std::vector<int> seen(200);
  queue.visit_pending([&](Event& event) {
    const std::uint64_t number = static_cast<Numbered&>(event).number;
    ++seen[number];
    queue.cancel(event);
    events[number].reset();
  });
  EXPECT_EQ(seen, std::vector<int>(200, 1));
}

}  // namespace
}  // namespace faultline::sim
