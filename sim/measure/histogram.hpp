/// Histogram of non-negative integers, as a rule nanoseconds, with a bounded relative error at any
/// magnitude.
///
/// Buckets are log-linear: every power of two ("octave") is cut into 128 equal parts, so that a
/// bucket is never wider than 1/128 of the values in it; values below 256 have a bucket each. A
/// quantile is reported as the middle of its bucket, at most 1/256 (0.4 %) off the exact sample at
/// any magnitude from 0 to 2^63 - 1. Count, sum, minimum, maximum, mean and standard deviation are
/// exact, not read from buckets. The memory of an octave is taken when the first value falls into
/// it, so an empty histogram is 80 bytes and a recording allocates nothing in the long run.
///
/// A bucket counts in 16 bits, and what is carried out of them in 64 bits elsewhere: a system has
/// many histograms, and each request writes into several, so what is written often has to be small
/// enough to stay in the processor's nearest cache. An octave takes 264 bytes, and 1 KiB more from
/// its first carry on.
///
/// Source: G. Tene, HdrHistogram (log-linear buckets); the octave table and the exact sums are
/// ours.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "sim/measure/wide.hpp"

namespace faultline::sim {

/// Where log-linear buckets lie: octave 0 holds 0 .. 2^bits - 1 in buckets of width 1, octave k >=
/// 1 holds 2^(bits+k-1) .. 2^(bits+k) - 1 in buckets of width 2^(k-1).
template <int sub_bucket_bits>
struct LogLinear {
  static constexpr int bits = sub_bucket_bits;
  static constexpr std::size_t sub_buckets = std::size_t{1} << bits;
  static constexpr std::size_t octaves = 64 - bits;  ///< Of the values 0 .. 2^63 - 1.

  /// The octave of `value`. A negative value yields `octaves`, one past the last.
  static constexpr std::size_t octave_of(std::int64_t value) {
    const auto magnitude = static_cast<std::uint64_t>(value) | (sub_buckets - 1);
    return static_cast<std::size_t>(std::bit_width(magnitude) - bits);
  }
  /// The place of `value` inside `octave`. Requires: octave == octave_of(value).
  static constexpr std::size_t sub_bucket_of(std::int64_t value, std::size_t octave) {
    return (static_cast<std::uint64_t>(value) >> shift(octave)) & (sub_buckets - 1);
  }
  /// The smallest value of a bucket.
  static constexpr std::int64_t low(std::size_t octave, std::size_t sub_bucket) {
    const std::uint64_t leading = octave == 0 ? 0 : sub_buckets;
    return static_cast<std::int64_t>((leading + sub_bucket) << shift(octave));
  }
  /// The largest value of a bucket.
  static constexpr std::int64_t high(std::size_t octave, std::size_t sub_bucket) {
    return low(octave, sub_bucket) + ((std::int64_t{1} << shift(octave)) - 1);
  }
  /// What a bucket's samples are reported as.
  static constexpr std::int64_t middle(std::size_t octave, std::size_t sub_bucket) {
    return low(octave, sub_bucket) + ((std::int64_t{1} << shift(octave)) - 1) / 2;
  }

 private:
  static constexpr unsigned shift(std::size_t octave) {
    return octave == 0 ? 0U : static_cast<unsigned>(octave - 1);
  }
};

/// The 1-based rank of the `q` quantile among `count` sorted samples: ceil(q * count), at least 1
/// and at most `count`. A product that differs from a whole number by rounding alone counts as that
/// number (0.07 * 100 is 7, not 8). Requires: count > 0.
std::uint64_t quantile_rank(double q, std::uint64_t count);

/// See the head of this file. Copyable, movable, mergeable; a moved-from histogram is empty.
class Histogram {
 public:
  /// The largest relative difference between a reported quantile and the exact sample of that rank.
  static constexpr double relative_error = 1.0 / 256;

  Histogram() = default;
  Histogram(const Histogram& other);
  Histogram(Histogram&& other) noexcept;
  Histogram& operator=(const Histogram& other);
  Histogram& operator=(Histogram&& other) noexcept;
  ~Histogram();

  /// Adds one sample. Requires: value >= 0 (a negative one stops the program).
  void record(std::int64_t value) {
    const std::size_t octave = Buckets::octave_of(value);
    Octave* counts = (*table_)[octave];
    if (counts == nullptr) [[unlikely]]
      counts = add_octave(octave);
    counts->add_one(Buckets::sub_bucket_of(value, octave));
    ++count_;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    const auto magnitude = static_cast<std::uint64_t>(value);
    sum_ += magnitude;
    add_square(static_cast<Uint128>(magnitude) * magnitude);
  }
  /// Adds `times` samples of the same value. Requires: value >= 0.
  void record_n(std::int64_t value, std::uint64_t times);
  /// Adds all samples of `other`: the same histogram as if they had been recorded here.
  void merge(const Histogram& other);
  /// Forgets all samples and keeps the memory.
  void reset();

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }  ///< Exact; 0 if empty.
  std::int64_t max() const { return count_ == 0 ? 0 : max_; }  ///< Exact; 0 if empty.
  Uint128 sum() const { return sum_; }                         ///< Exact.
  double mean() const;  ///< The exact sum over the count, rounded once or twice; 0 if empty.
  /// Standard deviation of the samples (divided by count, not count - 1), from the exact sums of
  /// values and of squares: in whole numbers to the last step, so that no digit is lost to
  /// cancellation. 0 if empty.
  double stddev() const;

  /// The smallest reported value whose rank is at least ceil(q * count): within `relative_error` of
  /// the exact sample of that rank, exact for the first and last rank and for samples below 256. 0
  /// if empty. Requires: 0 <= q <= 1.
  std::int64_t quantile(double q) const;
  /// How many samples lie in the buckets up to and including that of `value`: exact for value <
  /// 256; above, samples that exceed `value` by less than 1/128 of it may be counted in.
  std::uint64_t count_at_or_below(std::int64_t value) const;

  /// Calls visit(low, high, count) for each bucket that is not empty, in ascending order; `high` is
  /// the last value in it.
  template <class Visit>
  void for_each_bucket(Visit&& visit) const {
    for (std::size_t octave = 0; octave < Buckets::octaves; ++octave) {
      const Octave* counts = (*table_)[octave];
      if (counts == nullptr) continue;
      for (std::size_t sub_bucket = 0; sub_bucket < Buckets::sub_buckets; ++sub_bucket) {
        const std::uint64_t count = counts->at(sub_bucket);
        if (count != 0) {
          visit(Buckets::low(octave, sub_bucket), Buckets::high(octave, sub_bucket), count);
        }
      }
    }
  }

  /// The same samples, as far as buckets and exact sums can tell.
  bool operator==(const Histogram& other) const;

  /// Heap memory held, in bytes.
  std::size_t memory_bytes() const;

 private:
  friend class HistogramWindow;  // Sees which counts have changed.
  using Buckets = LogLinear<7>;
  /// The counts of one octave's buckets.
  class Octave {
   public:
    void add_one(std::size_t sub_bucket) {
      if (++low_[sub_bucket] == 0) [[unlikely]]
        carry(sub_bucket, 1);
    }
    void add(std::size_t sub_bucket, std::uint64_t times);
    std::uint64_t at(std::size_t sub_bucket) const {
      return low_[sub_bucket] + (high_ ? (*high_)[sub_bucket] << low_bits : 0);
    }
    void clear();
    std::size_t memory_bytes() const;

   private:
    friend class HistogramWindow;
    static constexpr int low_bits = 16;
    using High = std::array<std::uint64_t, Buckets::sub_buckets>;
    void carry(std::size_t sub_bucket, std::uint64_t times);
    std::array<std::uint16_t, Buckets::sub_buckets> low_{};
    std::unique_ptr<High> high_;  ///< How often 2^16 was carried out of `low_`; null: never.
  };
  /// One entry past the last octave stays null, so that a negative value ends in add_octave, which
  /// refuses it.
  using Table = std::array<Octave*, Buckets::octaves + 1>;

  void add_square(Uint128 square) {
    const Uint128 before = squares_low_;
    squares_low_ += square;
    squares_high_ += squares_low_ < before ? 1U : 0U;
  }
  Octave* add_octave(std::size_t octave);
  void release();

  static Table
      no_octaves;  ///< All null and never written: the table of every histogram without a sample.

  Table* table_ = &no_octaves;
  std::uint64_t count_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = 0;
  Uint128 sum_ = 0;
  Uint128 squares_low_ = 0;  ///< Sum of squares, low 128 bits.
  std::uint64_t squares_high_ =
      0;  ///< And what is carried out of them: 192 bits hold any sum of squares.
};

}  // namespace faultline::sim
