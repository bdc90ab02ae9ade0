/// The order of a history's events as small whole numbers, which is all that checkers look at.
///
/// Every beginning and end gets a rank of its own; operation a precedes b if a.end < b.begin. At
/// one instant beginnings come before ends, so that operations which touch overlap. The exception
/// is a session whose operation ends at the instant its next one begins: there the end comes first,
/// because one client does one thing after another. If several sessions do that at one instant no
/// such order exists that lets all other pairs overlap; then these pairs overlap too, so that
/// nothing is called a violation that is none.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/measure/consistency/history.hpp"

namespace faultline::sim::consistency {

using Rank = std::uint32_t;
inline constexpr Rank never = UINT32_MAX;

struct RankedOperation {
  Rank begin = 0;
  Rank end = never;         ///< never: its outcome is unknown.
  std::uint32_t index = 0;  ///< In History::operations.

  bool completed() const { return end != never; }
  bool operator==(const RankedOperation&) const = default;
};

/// The operations that may have taken effect, by `begin`. Failed ones are left out, and reads
/// without an answer, because nothing can be told from them. Requires: fewer than 2^31 operations;
/// `invoked` at most `completed` of each that is ok.
std::vector<RankedOperation> ranked(const History& history);

}  // namespace faultline::sim::consistency
