#include "sim/kernel/event_queue.hpp"

#include <algorithm>

namespace faultline::sim {

EventQueue::EventQueue(std::uint64_t first_sequence)
    : next_order_(first_sequence << EventEntry::place_bits) {}

EventQueue::Lane EventQueue::lane_of(Duration delay) {
  const Lane lane = lanes_.lane_of(delay.count());
  return lane == EventLanes::lanes_max ? no_lane : lane;
}

void EventQueue::push(Event& event, Time time) {
  const std::uint32_t slot = slots_.take(event);
  event.ticket_ = std::uint64_t{slot} + 1;
  push_entry({time.time_since_epoch().count(), next_order() | slot});
}

void EventQueue::cancel(Event& event) {
  SIM_ASSERT(event.scheduled());
  if (EventLanes::holds(event.ticket_)) return lanes_.cancel(event);
  slots_.cancel(event.ticket_ - 1);
  event.ticket_ = 0;
  if (++dead_ > few &&
      2 * dead_ > sorted_.size() + heap_.size() + (run_end_ - run_at_) + ladder_.size())
    drop_dead();
}

void EventQueue::gather(EventLadder::Run& entries) {
  entries.insert(entries.end(), sorted_.begin(), sorted_.end());
  entries.insert(entries.end(), heap_.begin(), heap_.end());
  entries.insert(entries.end(), run_.begin() + run_at_, run_.begin() + run_end_);
  sorted_.clear();
  heap_.clear();
  run_at_ = run_end_ = run_low_ = 0;
}

void EventQueue::drop_dead() {
  EventLadder::Run entries;
  gather(entries);
  ladder_.take_all(entries);
  laddering_ = false;
  horizon_ = INT64_MAX;
  dead_ = 0;
  std::sort(entries.begin(), entries.end(), before);  // As the sorted array takes them.
  for (const EventEntry& entry : entries) {
    if (slots_.at(entry.place())) {
      push_entry(entry);
    } else {
      slots_.give(entry.place());
    }
  }
}

void EventQueue::push_full(const EventEntry& entry) {
  make_room();
  push_entry(entry);
}

void EventQueue::make_room() {
  // Of the heap, if there is a ladder. A run that is longer than the heap would be moved too often,
  // and equal times cannot be parted.
  const std::int64_t first = heap_.top().time;
  if (laddering_ && (run_end_ - run_at_ > 2 * heap_.size() || horizon_ - first <= 1 ||
                     !ladder_.can_push_first())) {
    heap_.set_capacity(2 * heap_.capacity());
    return;
  }
  EventLadder::Run entries;
  gather(entries);
  ladder_.push_first(entries);
  laddering_ = true;
  extend_run();
}

void EventQueue::extend_run() {
  if (heap_.capacity() > few && heap_.size() < heap_.capacity() / 4)
    heap_.set_capacity(heap_.capacity() / 2);
  const std::size_t left = run_end_ - run_at_;
  if (left + heap_.size() + ladder_.size() <= few / 2) {
    EventLadder::Run entries;
    gather(entries);
    ladder_.take_all(entries);
    laddering_ = false;
    horizon_ = INT64_MAX;
    std::sort(entries.begin(), entries.end(), before);
    for (const EventEntry& entry : entries) sorted_.push(entry);
    return;
  }
  if (run_at_ > 0) std::copy(run_.begin() + run_at_, run_.begin() + run_end_, run_.begin());
  run_.resize(left);
  run_at_ = 0;
  if (!ladder_.empty())
    ladder_.take_first(std::clamp<std::size_t>(ladder_.size() / 16, 8, 64), run_);
  horizon_ = ladder_.horizon();
  run_end_ = run_.size();
  run_low_ = ladder_.empty() || run_end_ <= lookahead ? run_end_ : run_end_ - lookahead;
  run_.insert(run_.end(), 2 * lookahead, EventEntry{INT64_MAX, 0});
  for (std::size_t i = left; i < run_end_; ++i) slots_.prefetch(run_[i].place());
}

Event* EventQueue::pop_with_run(std::int64_t until, Time& time) {
  for (;;) {
    if (run_at_ >= run_low_ && (run_at_ < run_end_ || heap_.empty())) {
      extend_run();
      if (!laddering_) return pop_until(Time(Duration(until)), time);
    }
    const EventEntry* first = run_.data() + run_at_;
    const bool from_heap = before(heap_.top(), *first);
    const EventEntry entry = from_heap ? heap_.top() : *first;
    if (!before(entry, lanes_.front())) break;
    if (entry.time > until) return nullptr;
    if (from_heap) {
      heap_.pop();
    } else {
      {
        const auto later = reinterpret_cast<std::uintptr_t>(slots_.at(first[lookahead].place()));

        __builtin_prefetch(reinterpret_cast<const char*>(later - 64));
        __builtin_prefetch(reinterpret_cast<const char*>(later));
        __builtin_prefetch(reinterpret_cast<const char*>(later + 64));
      }
      ++run_at_;
    }
    Event* event = take(entry);
    if (event) [[likely]] {
      event->ticket_ = 0;
      time = Time(Duration(entry.time));
      return event;
    }
    --dead_;
  }
  const std::int64_t lane_time = lanes_.front().time;
  if (lane_time > until) return nullptr;
  time = Time(Duration(lane_time));
  return lanes_.pop();
}

std::uint64_t EventQueue::renumber() {
  // The orders of all pending events, as they are and as they will be.
  std::vector<std::uint64_t> orders;
  const auto collect = [&](std::uint64_t& order) {
    orders.push_back(order & ~EventEntry::place_mask);
  };
  const auto replace = [&](std::uint64_t& order) {
    const auto at = std::lower_bound(orders.begin(), orders.end(), order & ~EventEntry::place_mask);
    order = static_cast<std::uint64_t>(at - orders.begin()) << EventEntry::place_bits |
            (order & EventEntry::place_mask);
  };
  const auto each = [&](auto visit) {
    const auto visit_entry = [&](EventEntry& entry) { visit(entry.order); };
    std::for_each(sorted_.begin(), sorted_.end(), visit_entry);
    std::for_each(heap_.begin(), heap_.end(), visit_entry);
    std::for_each(run_.begin() + run_at_, run_.begin() + run_end_, visit_entry);
    ladder_.for_each(visit_entry);
    lanes_.for_each_order(visit);
  };
  each(collect);
  std::sort(orders.begin(), orders.end());
  each(replace);
  next_order_ = std::uint64_t{orders.size() + 1} << EventEntry::place_bits;
  return std::uint64_t{orders.size()} << EventEntry::place_bits;
}

Time EventQueue::next_time() {
  for (;;) {
    if (laddering_ && run_at_ >= run_low_ && (run_at_ < run_end_ || heap_.empty())) extend_run();
    EventEntry first = laddering_ ? heap_.top() : sorted_.top();
    if (laddering_ && before(run_[run_at_], first)) first = run_[run_at_];
    if (first.time == INT64_MAX || slots_.at(first.place())) {
      return Time(Duration(std::min(first.time, lanes_.front().time)));
    }
    if (!laddering_) {
      sorted_.pop();
    } else if (!before(heap_.top(), run_[run_at_])) {
      ++run_at_;
    } else {
      heap_.pop();
    }
    slots_.give(first.place());
    --dead_;
  }
}

}  // namespace faultline::sim
