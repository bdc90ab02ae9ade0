/// Sticky sessions: which backend a caller was sent to, remembered for as long as he keeps coming.
/// It stands for the cookie of a balancer or its stick table: an entry is good for `ttl` after its
/// last use; a full table forgets whoever was not seen for the longest time. All in O(1).
/// Source: HAProxy configuration manual, "stick-table" (expire, size); Envoy, stateful session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/algorithms/eviction/key_index.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

class StickyTable {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  /// Requires: ttl > 0; 1 <= entries_max < 2^32 - 1.
  StickyTable(sim::Duration ttl, std::size_t entries_max) : ttl_(ttl), entries_max_(entries_max) {}

  /// The backend of `caller`, or none. Counts as no use. Time never goes back.
  std::size_t find(std::uint64_t caller, sim::Duration now);
  /// `caller` was sent to `backend` now.
  void put(std::uint64_t caller, std::size_t backend, sim::Duration now);
  void clear();
  std::size_t size() const { return index_.size(); }

 private:
  static constexpr std::uint32_t nobody = KeyIndex::none;
  struct Entry {
    std::uint64_t caller = 0;
    std::uint32_t backend = 0;
    std::uint32_t older = nobody;
    std::uint32_t newer = nobody;
    sim::Duration used{};
  };

  std::uint32_t slot_of(std::uint64_t caller) const;
  void unlink(std::uint32_t slot);
  void link_as_newest(std::uint32_t slot);
  void forget_oldest();

  sim::Duration ttl_;                ///< Parameter.
  std::size_t entries_max_;          ///< Parameter.
  std::vector<Entry> entries_;       ///< By slot. State.
  std::vector<std::uint32_t> free_;  ///< Slots not in use. State.
  KeyIndex index_;                   ///< Slot by caller. State.
  std::uint32_t oldest_ = nobody;    ///< State.
  std::uint32_t newest_ = nobody;    ///< State.
};

}  // namespace faultline::models
