#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "sim/kernel/kernel.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;

/// Notes when it fires.
class Note final : public Event {
 public:
  explicit Note(Kernel& kernel, std::vector<Time>& times)
      : Event(&fire), kernel_(kernel), times_(times) {}

 private:
  static void fire(Event& event) {
    Note& self = static_cast<Note&>(event);
    self.times_.push_back(self.kernel_.now());
  }
  Kernel& kernel_;
  std::vector<Time>& times_;
};

TEST(EventLanes, MayBecomeManyWhileTheKernelRuns) {
  // Lanes of 1 ms, 2 ms, ... are made one after the other, each when the events of the one before
  // have fired: event i is scheduled at the sum of the delays before it.
  Kernel kernel;
  std::vector<Time> times, expected;
  std::deque<Note> notes;
  Time now{};
  for (int i = 1; i <= 40; ++i) {
    const Duration delay = milliseconds(i);
    notes.emplace_back(kernel, times);
    kernel.schedule_constant(notes.back(), kernel.lane_of(delay), delay);
    now += delay;
    expected.push_back(now);
    kernel.run_until(now);
  }
  EXPECT_EQ(times, expected);
}

}  // namespace
}  // namespace faultline::sim
