/// What a caller has done, for the result of its node.
#pragma once

#include <cstdint>

#include "sim/network/node.hpp"

namespace faultline::models {

/// Statistics of one caller since they began. All callers of a node are reported together.
struct CallerCounters {
  std::uint64_t calls = 0;           ///< Made through the caller.
  std::uint64_t attempts = 0;        ///< Messages sent for them: first tries, retries and hedges.
  std::uint64_t retries = 0;         ///< Tries after a failed one.
  std::uint64_t retries_denied = 0;  ///< Retries and hedges that the budget forbade.
  std::uint64_t hedges_sent = 0;     ///< Sent again while the first was waited for.
  std::uint64_t hedges_won = 0;      ///< Answered ok before the first.
  std::uint64_t fallbacks = 0;       ///< Answers ok that a fallback gave.
  std::uint64_t bulkhead_rejected = 0;  ///< Tries that found no place in the bulkhead.
  std::uint64_t breaker_rejected = 0;   ///< Tries that the breaker let not through.

  void describe(sim::NodeStatistics& statistics) const;
};

}  // namespace faultline::models
