#include "sim/measure/histogram.hpp"

#include <cmath>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim {
namespace {

/// 256 bits, lowest word first: wide enough for count * sum of squares and for the square of a sum.
using Words = std::array<std::uint64_t, 4>;

/// a * b, where `a` has three words and `b` one.
Words product(const std::array<std::uint64_t, 3>& a, std::uint64_t b) {
  Words result{};
  Uint128 carry = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    carry += static_cast<Uint128>(a[i]) * b;
    result[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  result[3] = static_cast<std::uint64_t>(carry);
  return result;
}

/// a * a. Requires: a < 2^127.
Words square(Uint128 a) {
  const auto low = static_cast<std::uint64_t>(a);
  const auto high = static_cast<std::uint64_t>(a >> 64);
  Words result = product({low, high, 0}, low);
  const Words upper = product({low, high, 0}, high);
  Uint128 carry = 0;
  for (std::size_t i = 1; i < result.size(); ++i) {
    carry += static_cast<Uint128>(result[i]) + upper[i - 1];
    result[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return result;
}

/// a - b as a floating-point number. Requires: a >= b.
double difference(const Words& a, const Words& b) {
  Words result{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Uint128 word = static_cast<Uint128>(a[i]) - b[i] - borrow;
    result[i] = static_cast<std::uint64_t>(word);
    borrow = static_cast<std::uint64_t>(word >> 64) & 1;
  }
  double value = 0;
  for (std::size_t i = result.size(); i-- > 0;) {
    value = value * 0x1.0p64 + static_cast<double>(result[i]);
  }
  return value;
}

}  // namespace

std::uint64_t quantile_rank(double q, std::uint64_t count) {
  SIM_ASSERT(q >= 0);
  SIM_ASSERT(q <= 1);
  SIM_ASSERT(count > 0);
  // Two roundings, of q and of the product, put the product at most about two units of its last
  // place too high.
  const double product = q * static_cast<double>(count);
  const double rank = std::ceil(product * (1 - 0x1.0p-51));
  if (rank < 1) return 1;
  if (rank >= static_cast<double>(count)) return count;
  return static_cast<std::uint64_t>(rank);
}

Histogram::Table Histogram::no_octaves{};

Histogram::Histogram(const Histogram& other) { merge(other); }

Histogram::Histogram(Histogram&& other) noexcept { *this = std::move(other); }

Histogram& Histogram::operator=(const Histogram& other) {
  if (this != &other) {
    reset();
    merge(other);
  }
  return *this;
}

Histogram& Histogram::operator=(Histogram&& other) noexcept {
  if (this == &other) return *this;
  release();
  table_ = std::exchange(other.table_, &no_octaves);
  count_ = std::exchange(other.count_, 0);
  min_ = std::exchange(other.min_, INT64_MAX);
  max_ = std::exchange(other.max_, 0);
  sum_ = std::exchange(other.sum_, 0);
  squares_low_ = std::exchange(other.squares_low_, 0);
  squares_high_ = std::exchange(other.squares_high_, 0);
  return *this;
}

Histogram::~Histogram() { release(); }

void Histogram::release() {
  if (table_ == &no_octaves) return;
  for (Octave* counts : *table_) delete counts;
  delete table_;
  table_ = &no_octaves;
}

void Histogram::Octave::add(std::size_t sub_bucket, std::uint64_t times) {
  const std::uint64_t sum = low_[sub_bucket] + (times & ((1U << low_bits) - 1));
  low_[sub_bucket] = static_cast<std::uint16_t>(sum);
  if (const std::uint64_t carried = (times >> low_bits) + (sum >> low_bits); carried != 0) {
    carry(sub_bucket, carried);
  }
}

void Histogram::Octave::carry(std::size_t sub_bucket, std::uint64_t times) {
  if (!high_) high_ = std::make_unique<High>();
  (*high_)[sub_bucket] += times;
}

void Histogram::Octave::clear() {
  low_.fill(0);
  if (high_) high_->fill(0);
}

std::size_t Histogram::Octave::memory_bytes() const {
  return sizeof(Octave) + (high_ ? sizeof(High) : 0);
}

Histogram::Octave* Histogram::add_octave(std::size_t octave) {
  SIM_ASSERT(octave < Buckets::octaves);  // A negative value was recorded.
  if (table_ == &no_octaves) table_ = new Table{};
  return (*table_)[octave] = new Octave{};
}

void Histogram::record_n(std::int64_t value, std::uint64_t times) {
  if (times == 0) return;
  const std::size_t octave = Buckets::octave_of(value);
  Octave* counts = (*table_)[octave];
  if (counts == nullptr) counts = add_octave(octave);
  counts->add(Buckets::sub_bucket_of(value, octave), times);
  count_ += times;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  const auto magnitude = static_cast<std::uint64_t>(value);
  sum_ += static_cast<Uint128>(magnitude) * times;
  const Uint128 one = static_cast<Uint128>(magnitude) * magnitude;
  const Words all =
      product({static_cast<std::uint64_t>(one), static_cast<std::uint64_t>(one >> 64), 0}, times);
  add_square(static_cast<Uint128>(all[1]) << 64 | all[0]);
  squares_high_ += all[2];
}

void Histogram::merge(const Histogram& other) {
  if (other.empty()) return;
  for (std::size_t octave = 0; octave < Buckets::octaves; ++octave) {
    const Octave* from = (*other.table_)[octave];
    if (from == nullptr) continue;
    Octave* to = (*table_)[octave];
    if (to == nullptr) to = add_octave(octave);
    for (std::size_t i = 0; i < Buckets::sub_buckets; ++i) to->add(i, from->at(i));
  }
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  const std::uint64_t squares_high = other.squares_high_;
  add_square(other.squares_low_);
  squares_high_ += squares_high;
}

void Histogram::reset() {
  if (table_ != &no_octaves) {
    for (Octave* counts : *table_) {
      if (counts != nullptr) counts->clear();
    }
  }
  count_ = 0;
  min_ = INT64_MAX;
  max_ = 0;
  sum_ = 0;
  squares_low_ = 0;
  squares_high_ = 0;
}

double Histogram::mean() const {
  return empty() ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

double Histogram::stddev() const {
  if (empty()) return 0;
  // variance = (count * squares - sum * sum) / count^2, the numerator in whole numbers.
  const Words scaled_squares =
      product({static_cast<std::uint64_t>(squares_low_),
               static_cast<std::uint64_t>(squares_low_ >> 64), squares_high_},
              count_);
  return std::sqrt(difference(scaled_squares, square(sum_))) / static_cast<double>(count_);
}

std::int64_t Histogram::quantile(double q) const {
  if (empty()) return 0;
  const std::uint64_t rank = quantile_rank(q, count_);
  if (rank == 1) return min_;
  if (rank == count_) return max_;
  std::uint64_t seen = 0;
  for (std::size_t octave = 0; octave < Buckets::octaves; ++octave) {
    const Octave* counts = (*table_)[octave];
    if (counts == nullptr) continue;
    for (std::size_t sub_bucket = 0; sub_bucket < Buckets::sub_buckets; ++sub_bucket) {
      seen += counts->at(sub_bucket);
      if (seen >= rank) return std::clamp(Buckets::middle(octave, sub_bucket), min_, max_);
    }
  }
  return max_;
}

std::uint64_t Histogram::count_at_or_below(std::int64_t value) const {
  if (value < min()) return 0;
  if (value >= max_) return count_;
  const std::size_t last_octave = Buckets::octave_of(value);
  const std::size_t last_sub_bucket = Buckets::sub_bucket_of(value, last_octave);
  std::uint64_t seen = 0;
  for (std::size_t octave = 0; octave <= last_octave; ++octave) {
    const Octave* counts = (*table_)[octave];
    if (counts == nullptr) continue;
    const std::size_t end = octave == last_octave ? last_sub_bucket + 1 : Buckets::sub_buckets;
    for (std::size_t i = 0; i < end; ++i) seen += counts->at(i);
  }
  return seen;
}

bool Histogram::operator==(const Histogram& other) const {
  if (count_ != other.count_ || min() != other.min() || max() != other.max() ||
      sum_ != other.sum_ || squares_low_ != other.squares_low_ ||
      squares_high_ != other.squares_high_) {
    return false;
  }
  for (std::size_t octave = 0; octave < Buckets::octaves; ++octave) {
    const Octave* ours = (*table_)[octave];
    const Octave* theirs = (*other.table_)[octave];
    if (ours == nullptr && theirs == nullptr) continue;
    for (std::size_t i = 0; i < Buckets::sub_buckets; ++i) {
      if ((ours ? ours->at(i) : 0) != (theirs ? theirs->at(i) : 0)) return false;
    }
  }
  return true;
}

std::size_t Histogram::memory_bytes() const {
  if (table_ == &no_octaves) return 0;
  std::size_t bytes = sizeof(Table);
  for (const Octave* counts : *table_) bytes += counts ? counts->memory_bytes() : 0;
  return bytes;
}

}  // namespace faultline::sim
