/// The pending events in the order (time, scheduling order).
///
/// Constant delays go to lanes (event_lanes.hpp). All others go to a sorted array while they are
/// few (sorted_events.hpp). When it is full, its content becomes the first rung of a ladder
/// (event_ladder.hpp), which hands over what is due next as a sorted run; from then on what is
/// pushed into the time of that run goes to a heap (event_heap.hpp). When few are left, all go back
/// to the sorted array.
///
///   push ---- constant delay ---> lanes ----------------.
///     |------ while they are few ---> sorted array -----|
///     |------ before the horizon ---> heap -------------+---> the first of the fronts
///     '------ else ---> ladder -----> run --------------'
///
/// Which structure holds an event depends on counts and virtual times alone and never shows in the
/// order. Cancelling empties the event's place and costs O(1); the entry is dropped when its time
/// comes, or with all others when half are dead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/kernel/event_entry.hpp"
#include "sim/kernel/event_heap.hpp"
#include "sim/kernel/event_ladder.hpp"
#include "sim/kernel/event_lanes.hpp"
#include "sim/kernel/event_slots.hpp"
#include "sim/kernel/sorted_events.hpp"
#include "sim/kernel/time.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim {

class EventQueue {
 public:
  using Lane = EventLanes::Lane;
  static constexpr Lane no_lane = ~Lane{0};
  static constexpr std::size_t lanes_max = EventLanes::lanes_max;
  /// Pending events of other than lanes; cancelled ones that are not dropped yet count.
  static constexpr std::size_t pending_max = EventSlots::count_max;

  /// `first_sequence` numbers the first event; for tests of what happens when the numbers run out.
  explicit EventQueue(std::uint64_t first_sequence = 0);

  /// The lane of events a constant `delay` after their scheduling, or no_lane when all lanes are
  /// taken: then use push.
  Lane lane_of(Duration delay);

  /// Requires: not scheduled; not full(); `time` not before the last popped event's, and before
  /// time_max.
  void push(Event& event, Time time);
  /// Requires: not scheduled; `time` is now plus the lane's delay, and before time_max.
  void push_lane(Event& event, Lane lane, Time time) {
    lanes_.push(lane, time.time_since_epoch().count(), next_order(), event);
  }
  /// The same when it needs neither more room nor new numbers; else false, and nothing is done.
  bool try_push_lane(Event& event, Lane lane, std::int64_t time) {
    const std::uint64_t order = next_order_;
    if (order > ~std::uint64_t{0} - 2 * EventEntry::place_mask || lanes_.needs_room(lane))
        [[unlikely]]
      return false;
    next_order_ = order + EventEntry::place_mask + 1;
    lanes_.push_with_room(lane, time, order, event);
    return true;
  }
  /// Takes a scheduled event out.
  void cancel(Event& event);
  /// Takes out the first event if its time is not after `until`, and stores its time in `time`;
  /// else null.
  Event* pop_until(Time until, Time& time);
  /// The time of the first event; time_max when there is none.
  Time next_time();
  bool empty() { return next_time() == time_max; }
  /// Calls visit(Event&) for every pending event, in no particular order; the visitor may destroy
  /// it. For tearing down.
  template <class Visit>
  void visit_pending(Visit visit) {
    slots_.for_each(visit);
    lanes_.visit_pending(visit);
  }
  /// Calls visit(time, order, Event&) for every pending event, in no particular order: they fire by
  /// time, then by order. The visitor leaves them as they are.
  template <class Visit>
  void visit_entries(Visit visit) {
    const auto visit_entry = [&](const EventEntry& entry) {
      if (Event* event = slots_.at(entry.place())) visit(entry.time, entry.order, *event);
    };
    for (const EventEntry& entry : sorted_) visit_entry(entry);
    for (const EventEntry& entry : heap_) visit_entry(entry);
    for (std::size_t i = run_at_; i < run_end_; ++i) visit_entry(run_[i]);
    ladder_.for_each(visit_entry);
    lanes_.visit_entries(visit);
  }
  /// True when an event more would not fit.
  bool full() const { return slots_.full(); }

 private:
  /// So many are sorted; the ladder is left at half of it. And the heap's size when it is full for
  /// the first time.
  static constexpr std::size_t few = SortedEvents::capacity;
  /// How far ahead of its turn a run's event is fetched from memory.
  static constexpr std::size_t lookahead = 8;

  std::uint64_t next_order() {
    const std::uint64_t order = next_order_;
    if (__builtin_add_overflow(order, EventEntry::place_mask + 1, &next_order_)) [[unlikely]]
      return renumber();
    return order;
  }
  std::uint64_t renumber();
  void push_entry(const EventEntry& entry) {
    if (!laddering_) {
      if (sorted_.full()) [[unlikely]]
        return push_full(entry);
      return sorted_.push(entry);
    }
    if (entry.time >= horizon_) return ladder_.push(entry);
    if (heap_.full()) [[unlikely]]
      return push_full(entry);
    heap_.push(entry);
  }
  void push_full(const EventEntry& entry);
  void make_room();
  void extend_run();
  void gather(EventLadder::Run& entries);
  void drop_dead();
  Event* pop_with_run(std::int64_t until, Time& time);
  /// Frees the entry's slot; its event, or null when it was cancelled.
  Event* take(const EventEntry& entry) {
    Event* event = slots_.at(entry.place());
    slots_.give(entry.place());
    return event;
  }

  SortedEvents sorted_;               ///< Empty while there is a ladder.
  EventHeap heap_{few};               ///< Empty while there is none.
  std::int64_t horizon_ = INT64_MAX;  ///< Of the ladder: entries before this time go to the heap.
  EventSlots slots_;
  std::uint64_t next_order_;
  bool laddering_ = false;
  std::size_t run_at_ = 0;   ///< The run's first entry.
  std::size_t run_end_ = 0;  ///< Behind the run's last entry.
  std::size_t run_low_ = 0;  ///< When the first entry is here, more are taken from the ladder.
  EventLadder::Run run_;     ///< Ends with `lookahead` times no_entry.
  std::size_t dead_ = 0;     ///< Cancelled entries not dropped yet.
  EventLanes lanes_;
  EventLadder ladder_;
};

[[gnu::always_inline]] inline Event* EventQueue::pop_until(Time until_time, Time& time) {
  const std::int64_t until = until_time.time_since_epoch().count() < INT64_MAX
                                 ? until_time.time_since_epoch().count()
                                 : INT64_MAX - 1;
  if (laddering_) return pop_with_run(until, time);
  for (;;) {
    const EventEntry top = sorted_.top();
    if (!before(top, lanes_.front())) break;
    if (top.time > until) return nullptr;
    sorted_.pop();
    Event* event = take(top);
    if (event) [[likely]] {
      slots_.prefetch_event(sorted_.top().place());
      event->ticket_ = 0;
      time = Time(Duration(top.time));
      return event;
    }
    --dead_;
  }
  const std::int64_t lane_time = lanes_.front().time;
  if (lane_time > until) return nullptr;
  time = Time(Duration(lane_time));
  return lanes_.pop();
}

}  // namespace faultline::sim
