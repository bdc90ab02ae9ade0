/// Where the pending events are, by number: an entry that is moved about names its event by a slot,
/// so that cancelling needs to know the slot only and costs O(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/kernel/event_entry.hpp"
#include "sim/kernel/page_memory.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim {

class Event;

class EventSlots {
 public:
  /// Slots are numbered below this.
  static constexpr std::size_t count_max = std::size_t{1} << EventEntry::place_bits;

  /// A slot for `event`. Requires: not full.
  std::uint32_t take(Event& event) {
    if (free_ == none) [[unlikely]]
      add();
    const std::uint32_t slot = free_;
    free_ = static_cast<std::uint32_t>(cells_[slot] >> 1);
    cells_[slot] = reinterpret_cast<std::uintptr_t>(&event);
    return slot;
  }
  /// The event; null when it was cancelled. Requires: taken.
  Event* at(std::uint64_t slot) const {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a cell holds either kind.
    return reinterpret_cast<Event*>(cells_[slot]);
  }
  /// Forgets the event, but not that the slot is taken: an entry still names it.
  void cancel(std::uint64_t slot) { cells_[slot] = 0; }
  /// Requires: taken; no entry names it any longer.
  void give(std::uint64_t slot) {
    cells_[slot] = std::uintptr_t{free_} << 1 | 1;
    free_ = static_cast<std::uint32_t>(slot);
  }
  bool full() const { return free_ == none && cells_.size() == count_max; }

  /// Brings the slot nearer to the processor. Any number below count_max does.
  void prefetch(std::uint64_t slot) const { __builtin_prefetch(cells_.data() + slot); }
  /// The same of the event in the slot.
  void prefetch_event(std::uint64_t slot) const {
    if (slot < cells_.size()) __builtin_prefetch(at(slot));
  }

  /// Calls visit(Event&) for each event in a slot; the visitor may take and cancel.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::size_t slot = 0; slot < cells_.size(); ++slot) {
      if (cells_[slot] != 0 && (cells_[slot] & 1) == 0) visit(*at(slot));
    }
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX >> 1;
  void add() {
    SIM_ASSERT(cells_.size() < count_max);
    free_ = static_cast<std::uint32_t>(cells_.size());
    cells_.push_back(std::uintptr_t{none} << 1 | 1);
  }

  /// An event's address, 0 for a cancelled one, or twice the next free slot plus 1.
  std::vector<std::uintptr_t, PageAllocator<std::uintptr_t>> cells_;
  std::uint32_t free_ = none;
};

}  // namespace faultline::sim
