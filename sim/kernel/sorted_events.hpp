/// A few entries, sorted: the structure for few pending events, as long as there is no ladder.
///
/// An array, the first due last. Taking the first is a step back of the end, and pushing moves up
/// those that are due before: with some tens of entries that is one short loop over neighbours, and
/// the only branch that cannot be foreseen is where it ends. A heap, which moves less, has several
/// of those a push and a pop, and each costs as much as moving a dozen entries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/kernel/event_entry.hpp"

namespace faultline::sim {

class SortedEvents {
 public:
  static constexpr std::size_t capacity = 64;

  SortedEvents() { entries_[0] = no_entry; }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity; }

  /// The first entry; no_entry when there is none.
  const EventEntry& top() const { return entries_[size_]; }
  /// Requires: not full; scheduled after all that are here, so that it comes behind those of the
  /// same time.
  void push(const EventEntry& entry) {
    // The one at 0 is after all others and ends the loop.
    std::size_t at = ++size_;
    for (; entries_[at - 1].time <= entry.time; --at) entries_[at] = entries_[at - 1];
    entries_[at] = entry;
  }
  /// Requires: not empty.
  void pop() { --size_; }
  void clear() { size_ = 0; }
  /// The last due first.
  EventEntry* begin() { return entries_.data() + 1; }
  EventEntry* end() { return begin() + size_; }

 private:
  alignas(64) std::array<EventEntry, capacity + 1> entries_;
  std::size_t size_ = 0;
};

}  // namespace faultline::sim
