/// How much of the traffic each level of priority gets: the first level takes what its healthy
/// hosts are good for, the rest overflows to the next.
///
/// Rule: a level's health is its percentage of healthy hosts times `overprovisioning`, 100 at most,
/// in whole per cent. If the healths add up to 100 or more, each level takes its health until
/// nothing is left; if they do not, they are scaled up to 100, rounded, and what rounding leaves
/// goes to the first. Only in that case does a level panic: when its percentage of healthy hosts is
/// below the panic threshold, all of its hosts count as healthy. If nobody is healthy at all,
/// everything goes to the first level that has hosts.
/// Source: Envoy documentation, "Priority levels" and "Panic threshold", their tables.
/// Does not model: degraded hosts.
#pragma once

#include <cstddef>
#include <vector>

namespace faultline::models {

/// The hosts of a level.
struct LevelHealth {
  std::size_t healthy = 0;
  std::size_t hosts = 0;
};

struct PriorityLoads {
  std::vector<int> load;    ///< By level, in per cent; they add up to 100.
  std::vector<bool> panic;  ///< By level.
  int total_health = 0;     ///< Normalized: 100 at most.
};

/// Requires: some level has hosts; 0 <= panic_threshold <= 1; overprovisioning >= 1.
PriorityLoads priority_loads(const std::vector<LevelHealth>& levels, double overprovisioning,
                             double panic_threshold);

}  // namespace faultline::models
