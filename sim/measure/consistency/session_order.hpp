/// What each session did after what: its operations as chains in which one follows the other.
///
/// A session that does one thing after another is one chain. One whose operations overlap (several
/// threads, or an operation that was never answered) is several, and an operation may then have to
/// wait for some of another chain of its session.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

struct SessionOrder {
  struct Wait {
    std::uint32_t chain;
    std::uint32_t count;  ///< So many of that chain come first.
  };

  std::vector<std::vector<std::uint32_t>> chains;  ///< Places in `operations`.
  std::vector<std::uint32_t> chain_of;             ///< By place.
  std::vector<std::vector<Wait>> waits;  ///< By place; what follows from the chain is left out.

  /// `operations` by begin.
  SessionOrder(const History& history, std::span<const RankedOperation> operations);
};

}  // namespace faultline::sim::consistency
