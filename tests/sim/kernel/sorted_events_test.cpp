#include "sim/kernel/sorted_events.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/random/stream.hpp"

namespace faultline::sim {
namespace {

std::vector<std::uint64_t> orders_of(SortedEvents& events) {
  std::vector<std::uint64_t> orders;
  for (; !events.empty(); events.pop()) orders.push_back(events.top().order);
  return orders;
}

TEST(SortedEvents, WithoutAnyTheTopIsAfterAllOthers) {
  SortedEvents events;
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(events.top().time, INT64_MAX);
  events.push({5, 1});
  events.pop();
  EXPECT_EQ(events.top().time, INT64_MAX);
}

// Pushed in the order of scheduling: 30 a, 10 b, 20 c, 10 d, 30 e. By time, then as pushed: b d c a
// e.
TEST(SortedEvents, AreTakenByTimeAndEqualTimesInTheOrderOfScheduling) {
  SortedEvents events;
  std::uint64_t order = 0;
  for (const std::int64_t time : {30, 10, 20, 10, 30}) events.push({time, ++order});
  EXPECT_EQ(orders_of(events), (std::vector<std::uint64_t>{2, 4, 3, 1, 5}));
}

TEST(SortedEvents, HoldUpToTheirCapacityAndAgreeWithASort) {
  Stream luck(1, 0, "sorted events", "times");
  for (int round = 0; round < 100; ++round) {
    SortedEvents events;
    std::vector<EventEntry> expected;
    std::uint64_t order = 0;
    while (!events.full()) {
      const EventEntry entry{static_cast<std::int64_t>(luck.below(40)), ++order};
      events.push(entry);
      expected.push_back(entry);
      // Now and then the first is taken, as an event loop does.
      if (luck.chance(0.3)) {
        const auto first = std::min_element(expected.begin(), expected.end(), before);
        ASSERT_EQ(events.top().order, first->order);
        events.pop();
        expected.erase(first);
      }
      ASSERT_EQ(events.size(), expected.size());
    }
    EXPECT_EQ(events.size(), SortedEvents::capacity);
    std::sort(expected.begin(), expected.end(), before);
    std::vector<std::uint64_t> orders;
    for (const EventEntry& entry : expected) orders.push_back(entry.order);
    EXPECT_EQ(orders_of(events), orders);
  }
}

}  // namespace
}  // namespace faultline::sim
