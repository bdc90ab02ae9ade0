/// The quantile of the last values of a sequence, in O(1) a value on average.
///
/// Values fall into buckets, `per_octave` of them for each power of two, so that the quantile is
/// off by at most 1 / per_octave; the answer is the upper end of its bucket. The bucket of the
/// quantile is kept as a pointer that moves as values come and go.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "sim/param/assert.hpp"

namespace faultline::models {

class SlidingQuantile {
 public:
  static constexpr int octave_bits = 5;
  static constexpr std::int64_t per_octave = 1 << octave_bits;

  /// Requires: 0 < share < 1; window > 0.
  SlidingQuantile(double share, std::size_t window) : share_(share), ring_(window) {
    SIM_ASSERT(window > 0);
  }

  /// Requires: value >= 0.
  void add(std::int64_t value) {
    if (count_ == ring_.size()) {
      const std::uint16_t gone = ring_[at_];
      --buckets_[gone];
      if (gone < quantile_) --below_;
    } else {
      ++count_;
    }
    const std::uint16_t bucket = bucket_of(value);
    ring_[at_] = bucket;
    if (++at_ == ring_.size()) at_ = 0;
    ++buckets_[bucket];
    if (bucket < quantile_) ++below_;
    // The number of values the quantile leaves behind it: the smallest bucket whose values and all
    // smaller ones make up at least `share`.
    const double wanted = share_ * static_cast<double>(count_);
    while (static_cast<double>(below_ + buckets_[quantile_]) < wanted) {
      below_ += buckets_[quantile_++];
    }
    while (static_cast<double>(below_) >= wanted) below_ -= buckets_[--quantile_];
  }
  std::size_t count() const { return count_; }
  /// No less than the exact quantile of the values in the window. Requires: count() > 0.
  std::int64_t quantile() const { return upper_end(quantile_); }

 private:
  static constexpr std::size_t bucket_count = (64 - octave_bits) * per_octave;

  static std::uint16_t bucket_of(std::int64_t value) {
    const auto magnitude = static_cast<std::uint64_t>(value);
    // Below 2 * per_octave each value has a bucket of its own.
    const int shift = std::max(0, static_cast<int>(std::bit_width(magnitude)) - octave_bits - 1);
    return static_cast<std::uint16_t>(static_cast<std::uint64_t>(shift) * per_octave +
                                      (magnitude >> shift));
  }
  static std::int64_t upper_end(std::size_t bucket) {
    const auto number = static_cast<std::int64_t>(bucket);
    if (number < 2 * per_octave) return number;
    const std::int64_t shift = number / per_octave - 1;
    const std::int64_t mantissa = number - shift * per_octave;
    return static_cast<std::int64_t>(((static_cast<std::uint64_t>(mantissa) + 1) << shift) - 1);
  }

  double share_;
  std::vector<std::uint16_t> ring_;  ///< The buckets of the values in the window.
  std::size_t at_ = 0;               ///< The oldest.
  std::size_t count_ = 0;
  std::array<std::uint32_t, bucket_count> buckets_{};
  std::size_t quantile_ = 0;  ///< A bucket.
  std::size_t below_ = 0;     ///< Values in buckets before it.
};

}  // namespace faultline::models
