/// How unevenly a load is spread over shards.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace faultline::models {

struct Imbalance {
  double max_over_mean = 1;             ///< 1: even. Also of nothing at all.
  double coefficient_of_variation = 0;  ///< Standard deviation over mean.
};

inline Imbalance imbalance_of(const std::vector<std::uint64_t>& loads) {
  double sum = 0;
  double highest = 0;
  for (const std::uint64_t load : loads) {
    sum += static_cast<double>(load);
    highest = std::max(highest, static_cast<double>(load));
  }
  if (sum == 0) return {};
  const double mean = sum / static_cast<double>(loads.size());
  double squares = 0;
  for (const std::uint64_t load : loads) {
    const double off = static_cast<double>(load) - mean;
    squares += off * off;
  }
  return {highest / mean, std::sqrt(squares / static_cast<double>(loads.size())) / mean};
}

}  // namespace faultline::models
