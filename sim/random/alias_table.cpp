#include "sim/random/alias_table.hpp"

#include <limits>

#include "sim/param/assert.hpp"

namespace faultline::sim {
namespace {

std::uint64_t as_fraction(double share) {
  if (share >= 1) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(share * 0x1p64);
}

}  // namespace

AliasTable::AliasTable(const std::vector<double>& weights) {
  double largest = 0;
  std::size_t heaviest = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    SIM_ASSERT(weights[i] >= 0);
    SIM_ASSERT(weights[i] <= std::numeric_limits<double>::max());
    if (weights[i] > largest) {
      largest = weights[i];
      heaviest = i;
    }
  }
  SIM_ASSERT(largest > 0);
  double sum = 0;  // Relative to the largest, so that it cannot overflow.
  for (const double weight : weights) sum += weight / largest;

  const std::size_t size = weights.size();
  std::vector<double> share(size);  // Of a column; 1 on average.
  std::vector<std::size_t> poor;
  std::vector<std::size_t> rich;
  for (std::size_t i = 0; i < size; ++i) {
    probabilities_.push_back(weights[i] / largest / sum);
    share[i] = probabilities_[i] * static_cast<double>(size);
    (share[i] < 1 ? poor : rich).push_back(i);
  }
  columns_.resize(size);
  while (!poor.empty() && !rich.empty()) {
    const std::size_t small = poor.back();
    const std::size_t large = rich.back();
    poor.pop_back();
    columns_[small] = {as_fraction(share[small]), large};
    share[large] -= 1 - share[small];
    if (share[large] < 1) {
      rich.pop_back();
      poor.push_back(large);
    }
  }
  // What rounding left over has a full column; but a weight of 0 must never be drawn.
  for (const auto* rest : {&poor, &rich}) {
    for (const std::size_t i : *rest) {
      columns_[i] = weights[i] > 0 ? Column{as_fraction(1), i} : Column{0, heaviest};
    }
  }
}

}  // namespace faultline::sim
