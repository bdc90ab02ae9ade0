/// Draws an entry with a probability proportional to its weight, and takes a new weight, both in
/// O(log n). The sums are added up anew on the way to the top, so no rounding error builds up over
/// any number of changes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

namespace faultline::models {

class WeightTree {
 public:
  WeightTree() : sums_(2) {}

  /// Makes room for entries below `size`. Never shrinks.
  void grow(std::size_t size) {
    if (size <= leaves_) return;
    const std::size_t leaves = std::bit_ceil(size);
    std::vector<double> sums(2 * leaves);
    std::copy(sums_.begin() + static_cast<std::ptrdiff_t>(leaves_), sums_.end(),
              sums.begin() + static_cast<std::ptrdiff_t>(leaves));
    sums_.swap(sums);
    leaves_ = leaves;
    for (std::size_t node = leaves_ - 1; node > 0; --node) add_up(node);
  }

  /// Requires: there is room for `index`; weight >= 0.
  void set(std::size_t index, double weight) {
    std::size_t node = leaves_ + index;
    sums_[node] = weight;
    while (node > 1) {
      node /= 2;
      add_up(node);
    }
  }

  double total() const { return sums_[1]; }

  /// The entry that holds the point `share` of the way through all weights laid end to end; never
  /// one of weight 0. Requires: total() > 0; 0 <= share < 1.
  std::size_t at(double share) const {
    double point = share * sums_[1];
    std::size_t node = 1;
    while (node < leaves_) {
      node *= 2;
      // The second condition catches a point that rounding has pushed past the last weight.
      // Numbers, not branches: chance would decide which way they go.
      const int beyond = point >= sums_[node];
      const int possible = sums_[node + 1] > 0;
      const int right = beyond & possible;
      point -= sums_[node] * right;
      node += right;
    }
    return node - leaves_;
  }

 private:
  void add_up(std::size_t node) { sums_[node] = sums_[2 * node] + sums_[2 * node + 1]; }

  std::size_t leaves_ = 1;  ///< A power of two.
  std::vector<double>
      sums_;  ///< Node k has the children 2k and 2k+1; the leaves are the last half.
};

}  // namespace faultline::models
