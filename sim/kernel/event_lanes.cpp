#include "sim/kernel/event_lanes.hpp"

#include <utility>

namespace faultline::sim {

EventLanes::EventLanes() {
  fronts_.fill(no_entry);
  groups_.fill(no_entry);
}

EventLanes::Lane EventLanes::lane_of(std::int64_t delay) {
  for (std::size_t lane = 0; lane < count_; ++lane) {
    if (rings_[lane].delay == delay) return static_cast<Lane>(lane);
  }
  if (count_ == lanes_max) return lanes_max;
  const auto lane = static_cast<Lane>(count_++);
  rings_[lane].delay = delay;
  constexpr std::size_t entries = 64;
  rings_[lane].entries = std::make_unique<RingEntry[]>(entries);
  rings_[lane].mask = entries - 1;
  // Few lanes play without groups. From now on the first group plays too, with what is in it.
  if (count_ == fan + 1) replay_groups(0);
  return lane;
}

void EventLanes::cancel(Event& event) {
  const std::uint64_t ticket = event.ticket_;
  event.ticket_ = 0;
  const auto lane = static_cast<Lane>((ticket & ~flag) >> index_bits);
  const std::uint64_t index = ticket & ((std::uint64_t{1} << index_bits) - 1);
  Ring& ring = rings_[lane];
  ring.at(index).event = nullptr;
  if (index == ring.head) {
    ++ring.head;
    next_front(lane);
  } else if (++ring.cancelled > 64 && 2 * ring.cancelled > ring.tail - ring.head && !keep_places_) {
    compact(ring, lane);
  }
}

void EventLanes::compact(Ring& ring, Lane lane) {
  // The front stays where it is: it is never a cancelled one.
  std::uint64_t to = ring.head;
  for (std::uint64_t from = ring.head; from != ring.tail; ++from) {
    const RingEntry entry = ring.at(from);
    if (!entry.event) continue;
    entry.event->ticket_ = ticket(lane, to);
    ring.at(to++) = entry;
  }
  ring.tail = to;
  ring.cancelled = 0;
}

void EventLanes::grow(Ring& ring) {
  const std::uint64_t mask = 2 * ring.mask + 1;
  auto larger = std::make_unique<RingEntry[]>(mask + 1);
  for (std::uint64_t i = ring.head; i != ring.tail; ++i) larger[i & mask] = ring.at(i);
  ring.entries = std::move(larger);
  ring.mask = mask;
}

}  // namespace faultline::sim
