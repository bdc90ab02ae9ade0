/// How often each key was used lately, in a few bits: the count-min sketch of TinyLFU.
///
/// Source: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM TOS
/// 13(4), 2017; 4-bit counters in 4 rows as Caffeine 2 has them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "models/algorithms/eviction/key_index.hpp"

namespace faultline::models {

/// How often each key was used lately, at most 15, never too low but for the halvings. 8 bytes an
/// expected key.
class FrequencySketch {
 public:
  /// Halves after `uses_per_key` uses a key of `keys`; 0 keys: of as many as there turn out to be.
  FrequencySketch(std::int64_t uses_per_key, std::int64_t keys)
      : uses_per_key_(uses_per_key),
        keys_(keys),
        words_(static_cast<std::size_t>(expected_keys_), 0) {}

  void increment(CacheKey key) {
    bool added = false;
    for (const Counter counter : counters_of(key)) {
      std::uint64_t& word = words_[counter.word];
      if (((word >> counter.shift) & 15u) == 15u) continue;
      word += std::uint64_t{1} << counter.shift;
      added = true;
    }
    if (!added) return;
    ++uses_;
    const std::int64_t keys = keys_ > 0 ? keys_ : expected_keys_;
    if (uses_ / uses_per_key_ >= keys) halve();
  }
  std::uint64_t frequency(CacheKey key) const {
    std::uint64_t least = 15;
    for (const Counter counter : counters_of(key)) {
      least = std::min(least, (words_[counter.word] >> counter.shift) & 15u);
    }
    return least;
  }

  /// Keeps the error down when there are more keys than expected. Doubling repeats the table, which
  /// keeps all estimates.
  void expect_at_least(std::int64_t keys) {
    if (keys <= expected_keys_) return;
    expected_keys_ *= 2;
    const std::size_t half = words_.size();
    words_.resize(half * 2);
    std::copy_n(words_.begin(), half, words_.begin() + static_cast<std::ptrdiff_t>(half));
  }

 private:
  static constexpr unsigned rows = 4;
  struct Counter {
    std::size_t word;
    unsigned shift;
  };

  /// Row r has the nibbles 4r .. 4r+3 of every word.
  std::array<Counter, rows> counters_of(CacheKey key) const {
    const std::uint64_t hash = mix_key(key ^ 0x9e3779b97f4a7c15u);
    const std::uint64_t step = (hash >> 32) | 1u;
    std::array<Counter, rows> counters{};
    for (unsigned row = 0; row < rows; ++row) {
      const std::uint64_t of_row = mix_key(hash + row * step);
      counters[row] = {of_row & (words_.size() - 1),
                       (row * 4 + static_cast<unsigned>(of_row >> 62)) * 4};
    }
    return counters;
  }
  void halve() {
    std::int64_t lost_halves = 0;
    for (std::uint64_t& word : words_) {
      lost_halves += std::popcount(word & 0x1111111111111111u);
      word = (word >> 1) & 0x7777777777777777u;
    }
    uses_ = (uses_ - lost_halves / rows) / 2;
  }

  std::int64_t uses_per_key_;         ///< Parameter.
  std::int64_t keys_;                 ///< Parameter.
  std::int64_t expected_keys_ = 64;   ///< A power of two. State.
  std::int64_t uses_ = 0;             ///< Since the counters were empty, halved with them. State.
  std::vector<std::uint64_t> words_;  ///< One an expected key, 16 counters each. State.
};

}  // namespace faultline::models
