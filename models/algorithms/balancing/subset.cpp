#include "models/algorithms/balancing/subset.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/algorithms/random_source.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {

std::vector<std::size_t> deterministic_subset(std::size_t backends, std::uint64_t balancer,
                                              std::size_t size) {
  SIM_ASSERT(size > 0);
  std::vector<std::size_t> order(backends);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (size >= backends) return order;
  const std::uint64_t subsets = backends / size;
  SplitMixSource shuffle(balancer / subsets);
  for (std::size_t left = backends; left > 1; --left) {
    std::swap(order[left - 1], order[shuffle.below(left)]);
  }
  const auto begin = order.begin() + static_cast<std::ptrdiff_t>(balancer % subsets * size);
  std::vector<std::size_t> subset(begin, begin + static_cast<std::ptrdiff_t>(size));
  std::sort(subset.begin(), subset.end());
  return subset;
}

}  // namespace faultline::models
