/// Where to split a hot range: keeps an even sample of the keys that were asked for and names the
/// one that leaves about half of the load on either side.
///
/// Rule: reservoir sampling; the split is the median of the sample, moved up to the next greater
/// key when the median's own key is so popular that nothing of the sample lies below it. A range
/// whose load is one key cannot be split.
/// Source: Vitter, "Random Sampling with a Reservoir", ACM TOMS 1985; CockroachDB, "Load-based
/// splitting" (a reservoir of keys for each hot range).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {

class SplitSampler {
 public:
  /// Requires: size > 0.
  SplitSampler(std::size_t size, RandomSource& random) : size_(size), random_(random) {}

  void saw(std::uint64_t key);
  /// The first key of the upper part, or nothing.
  std::optional<std::uint64_t> split() const;
  std::uint64_t seen() const { return seen_; }
  void clear();

 private:
  std::size_t size_;
  RandomSource& random_;
  std::vector<std::uint64_t> sample_;
  std::uint64_t seen_ = 0;
};

}  // namespace faultline::models
