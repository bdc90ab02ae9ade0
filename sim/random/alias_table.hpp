/// Choosing one of several things with given weights, in constant time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/random/stream.hpp"

namespace faultline::sim {

/// Draws an index with a probability proportional to its weight, from one word whatever the number
/// of weights. Source: Walker 1977; Vose, "A Linear Algorithm for Generating Random Numbers with a
/// Given Distribution", 1991.
class AliasTable {
 public:
  /// Requires: at least one weight; all of them finite and not negative; one above 0.
  explicit AliasTable(const std::vector<double>& weights);

  std::size_t sample(Stream& stream) const {
    // The high half of the product is a uniform column, the low half a uniform place in it.
    std::uint64_t column;
    std::uint64_t place;
    multiply_wide(stream.next(), columns_.size(), column, place);
    const Column& chosen = columns_[column];
    return place < chosen.threshold ? column : chosen.alias;
  }
  std::size_t size() const { return columns_.size(); }
  /// The probability of `index`: its weight over the sum.
  double probability(std::size_t index) const { return probabilities_[index]; }

 private:
  struct Column {
    std::uint64_t threshold;  ///< Share of the column that is its own, as a fraction of 2^64.
    std::uint64_t alias;      ///< Whose the rest is.
  };
  std::vector<Column> columns_;
  std::vector<double> probabilities_;
};

}  // namespace faultline::sim
