/// What the pending-event structures hold of an event: when it is due, and its place among equals.
#pragma once

#include <cstdint>

#include "sim/measure/wide.hpp"

namespace faultline::sim {

/// 16 bytes, so that four share a cache line, ordered as one 128-bit number: time first, then the
/// order of scheduling.
struct alignas(16) EventEntry {
  std::int64_t time;    ///< Nanoseconds, not negative.
  std::uint64_t order;  ///< Sequence number, then in the low bits where the event is found (a slot
                        ///< or a lane).

  static constexpr int place_bits = 24;
  static constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;
  std::uint64_t place() const { return order & place_mask; }
};

/// Stands where there is no event: after all others.
inline constexpr EventEntry no_entry{INT64_MAX, ~EventEntry::place_mask};

/// One comparison without a branch on ties: compilers make it two subtractions with borrow.
inline bool before(const EventEntry& a, const EventEntry& b) {
  const Uint128 key_a = static_cast<Uint128>(static_cast<std::uint64_t>(a.time)) << 64 | a.order;
  const Uint128 key_b = static_cast<Uint128>(static_cast<std::uint64_t>(b.time)) << 64 | b.order;
  return key_a < key_b;
}

}  // namespace faultline::sim
