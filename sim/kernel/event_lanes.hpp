/// The pending events of constant delays: network latencies, fixed service times, time-outs.
///
/// Events that are all scheduled the same delay ahead fall due in the order they were scheduled, so
/// each such delay has a lane, a ring buffer, and costs O(1) a push and a pop. The first of the
/// lanes' fronts is kept by a tournament: four lanes play each other, four winners play each other,
/// so that sixteen lanes in use take two rounds where four take one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "sim/kernel/event.hpp"
#include "sim/kernel/event_entry.hpp"

namespace faultline::sim {

class EventLanes {
 public:
  using Lane = std::uint32_t;
  static constexpr std::size_t lanes_max = 64;

  EventLanes();

  /// The lane of `delay`, a new one if need be; lanes_max when all are taken.
  Lane lane_of(std::int64_t delay);

  /// The first event's time and order; no_entry when there is none.
  const EventEntry& front() const { return front_; }

  /// `order` holds the sequence number. Requires: `time` and `order` not before the lane's last.
  void push(Lane lane, std::int64_t time, std::uint64_t order, Event& event) {
    if (needs_room(lane)) grow(rings_[lane]);
    push_with_room(lane, time, order, event);
  }
  bool needs_room(Lane lane) const {
    const Ring& ring = rings_[lane];
    return ring.tail - ring.head > ring.mask;
  }
  /// The same. Requires: !needs_room(lane).
  void push_with_room(Lane lane, std::int64_t time, std::uint64_t order, Event& event) {
    Ring& ring = rings_[lane];
    ring.at(ring.tail) = {time, order, &event};
    event.ticket_ = ticket(lane, ring.tail);
    if (ring.head == ring.tail++) front_appeared(lane, {time, order | lane}, event);
  }
  /// Takes the first event out. Requires: there is one.
  Event* pop() {
    const auto lane = static_cast<Lane>(front_.place());
    Ring& ring = rings_[lane];
    Event* event = front_event_;
    ++ring.head;
    event->ticket_ = 0;
    next_front(lane);
    return event;
  }
  /// Whether the event of this ticket is here.
  static bool holds(std::uint64_t ticket) { return (ticket & flag) != 0; }
  /// Requires: `event` is here. O(1) on average: when most of a lane is cancelled, the rest moves
  /// up.
  void cancel(Event& event);

  /// Calls visit(Event&) for each event; the visitor may push and cancel.
  template <class Visit>
  void visit_pending(Visit visit) {
    keep_places_ = true;
    for (std::size_t lane = 0; lane < count_; ++lane) {
      for (std::uint64_t i = rings_[lane].head; i < rings_[lane].tail; ++i) {
        if (Event* event = rings_[lane].at(i).event; event && i >= rings_[lane].head) visit(*event);
      }
    }
    keep_places_ = false;
  }
  /// Calls visit(time, order, Event&) for each event; the visitor leaves them as they are.
  template <class Visit>
  void visit_entries(Visit visit) const {
    for (std::size_t lane = 0; lane < count_; ++lane) {
      for (std::uint64_t i = rings_[lane].head; i < rings_[lane].tail; ++i) {
        const RingEntry& entry = rings_[lane].at(i);
        if (entry.event) visit(entry.time, entry.order, *entry.event);
      }
    }
  }
  /// Calls visit(order) for each event's order; the visitor may change it, but not the order of any
  /// two.
  template <class Visit>
  void for_each_order(Visit visit) {
    for (Ring& ring : rings_) {
      for (std::uint64_t i = ring.head; i < ring.tail; ++i) visit(ring.at(i).order);
    }
    for (Lane lane = 0; lane < count_; ++lane) {
      if (rings_[lane].head != rings_[lane].tail) next_front(lane);
    }
  }

 private:
  /// A ticket is the flag, then the lane, then the place in it.
  static constexpr std::uint64_t flag = std::uint64_t{1} << 63;
  static constexpr int index_bits = 56;
  static constexpr std::size_t fan = 4;
  static constexpr std::size_t group_count = lanes_max / fan;
  struct RingEntry {
    std::int64_t time;
    std::uint64_t order;
    Event* event;  ///< Null when cancelled.
  };
  struct alignas(64) Ring {
    std::unique_ptr<RingEntry[]> entries;
    std::uint64_t mask = 0;  ///< The number of entries, a power of two, less 1.
    std::uint64_t head = 0;  ///< Counted from the beginning of the run.
    std::uint64_t tail = 0;
    std::uint64_t cancelled = 0;  ///< Between head and tail.
    std::int64_t delay = 0;
    RingEntry& at(std::uint64_t index) const { return entries[index & mask]; }
  };

  static std::uint64_t ticket(std::uint64_t lane, std::uint64_t index) {
    return flag | lane << index_bits | index;
  }
  void front_appeared(Lane lane, const EventEntry& front, Event& event) {
    fronts_[lane] = front;
    front_events_[lane] = &event;
    EventEntry& group = groups_[lane / fan];
    if (before(front, group)) group = front;
    if (before(front, front_)) {
      front_ = front;
      front_event_ = &event;
    }
  }
  void next_front(Lane lane) {
    Ring& ring = rings_[lane];
    while (ring.head != ring.tail) {
      const RingEntry& entry = ring.at(ring.head);
      if (entry.event) [[likely]] {
        // It is nearly always the next event of all, or the one after.
        __builtin_prefetch(entry.event);
        __builtin_prefetch(reinterpret_cast<const char*>(entry.event) + 64);
        fronts_[lane] = {entry.time, entry.order | lane};
        front_events_[lane] = entry.event;
        return replay(lane);
      }
      ++ring.head;
      --ring.cancelled;
    }
    fronts_[lane] = no_entry;
    replay(lane);
  }
  /// By value and word by word: what was stored in two words a moment ago cannot be loaded as one
  /// vector without waiting until it has reached the cache.
  static EventEntry first(EventEntry a, EventEntry b) {
    const bool second = before(b, a);
    return {second ? b.time : a.time, second ? b.order : a.order};
  }
  void replay(Lane lane) {
    if (count_ <= 2) {
      front_ = first(fronts_[0], fronts_[1]);
    } else if (count_ <= fan) {
      front_ = first(first(fronts_[0], fronts_[1]), first(fronts_[2], fronts_[3]));
    } else {
      replay_groups(lane);
    }
    front_event_ = front_events_[front_.place()];
  }
  void replay_groups(Lane lane) {
    const std::size_t group = lane / fan;
    const EventEntry* fronts = &fronts_[group * fan];
    groups_[group] = first(first(fronts[0], fronts[1]), first(fronts[2], fronts[3]));
    EventEntry best = groups_[0];
    for (std::size_t i = 1; i < (count_ + fan - 1) / fan; ++i) best = first(best, groups_[i]);
    front_ = best;
  }
  static void grow(Ring& ring);
  static void compact(Ring& ring, Lane lane);

  std::size_t count_ = 0;
  bool keep_places_ = false;  ///< While they are being visited.
  EventEntry front_ = no_entry;
  /// At hand before it is asked for: where the processor goes next depends on it.
  Event* front_event_ = nullptr;
  std::array<EventEntry, group_count> groups_;
  std::array<EventEntry, lanes_max> fronts_;
  std::array<Event*, lanes_max> front_events_{};  ///< Of lanes with a front.
  std::array<Ring, lanes_max> rings_;
};

}  // namespace faultline::sim
