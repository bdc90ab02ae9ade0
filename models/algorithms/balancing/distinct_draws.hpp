/// Several different random numbers at once, for policies that compare a few backends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {

/// Draws up to `max` different numbers below a bound, every ordered choice equally likely, without
/// memory of its own.
class DistinctDraws {
 public:
  static constexpr std::size_t max = 64;

  /// Calls `use(number)` for `count` different numbers below `bound`, in the order drawn. One word
  /// a number, but for the rare ones that are rejected. Requires: count <= bound; count <= max.
  template <class Use>
  static void draw(std::size_t count, std::uint64_t bound, RandomSource& random, const Use& use) {
    std::array<std::uint64_t, max> sorted;
    for (std::size_t drawn = 0; drawn < count; ++drawn) {
      // A rank among the numbers not drawn yet; stepping over each smaller one drawn makes it a
      // number.
      std::uint64_t number = random.below(bound - drawn);
      std::size_t place = 0;
      while (place < drawn && sorted[place] <= number) {
        ++number;
        ++place;
      }
      for (std::size_t from = drawn; from > place; --from) sorted[from] = sorted[from - 1];
      sorted[place] = number;
      use(number);
    }
  }
};

}  // namespace faultline::models
