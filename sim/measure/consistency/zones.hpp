/// Linearizability of a register to which no value is written twice, in O(n log n).
///
/// A value's operations are its write and all reads that found it. Its zone reaches from the first
/// end among them to the last beginning. If that is forward in time the register held the value all
/// through the zone; if it is backward (all of them overlap) it held it at some instant of the
/// zone. The history is linearizable exactly if no read ends before the write of what it found
/// begins, no two forward zones overlap, and no backward zone lies within a forward one.
/// Source: Gibbons and Korach, "Testing Shared Memories", SIAM J. Computing 1997, section 3.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

struct ZoneResult {
  Verdict verdict = Verdict::holds;
  /// Of a violation: places in `operations` of a few that already violate.
  std::vector<std::size_t> witness;
};

/// Nothing if it does not apply: a value is written twice, or is the initial one, or there are
/// operations other than reads and writes.
std::optional<ZoneResult> check_zones(const History& history,
                                      std::span<const RankedOperation> operations);

}  // namespace faultline::sim::consistency
