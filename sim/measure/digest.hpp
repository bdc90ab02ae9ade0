/// Digests: 64-bit fingerprints that show whether two runs did the same. OrderDigest takes every
/// event as it happens, ContentDigest takes values (the results). Both depend on the order of what
/// they are given and on nothing of the machine. They find differences; they are no protection
/// against somebody who wants two inputs to collide.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "sim/kernel/time.hpp"

namespace faultline::sim {

/// `value` as 16 lower-case hexadecimal digits.
inline std::string to_hex(std::uint64_t value) {
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

/// Mixes all bits of `value` into all bits of the result, one to one.
/// Source: Stafford, "Better Bit Mixing", 2011, variant 13 (the finaliser of SplitMix64).
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

/// Fingerprint of a sequence of events. One step, state' = rotate((state ^ word) * odd), is one to
/// one in the state, so that a difference once made is never lost to a later equal event; time and
/// tag are multiplied by different odd numbers first, so that neither can stand in for the other.
/// Only two of these operations wait for the step before.
class OrderDigest {
 public:
  /// An event at `time`; `tag` says which (component and kind).
  void add(Time time, std::uint64_t tag) {
    const auto nanoseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
    const std::uint64_t word = nanoseconds * 0x9e3779b97f4a7c15U + tag * 0xd1342543de82ef95U;
    state_ = std::rotl((state_ ^ word) * 0xff51afd7ed558ccdU, 32);
    ++count_;
  }
  std::uint64_t count() const { return count_; }  ///< Events so far.
  std::uint64_t value() const { return mix_bits(state_ ^ mix_bits(count_)); }
  std::string finish() const {
    return to_hex(value());
  }  ///< 16 hexadecimal digits. More may be added after.
  bool operator==(const OrderDigest&) const = default;

 private:
  std::uint64_t state_ = 0x243f6a8885a308d3U;
  std::uint64_t count_ = 0;
};

/// Fingerprint of a sequence of typed values. Every value is folded with its kind and strings with
/// their length, so that ("ab", "c") differs from ("a", "bc") and 1 from 1.0. Of the doubles, -0
/// counts as 0 and all NaN are one.
class ContentDigest {
 public:
  void add_integer(std::int64_t value) {
    fold(1);
    fold(static_cast<std::uint64_t>(value));
  }
  void add_unsigned(std::uint64_t value) {
    fold(2);
    fold(value);
  }
  void add_real(double value) {
    if (value == 0) value = 0;
    if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
    fold(3);
    fold(std::bit_cast<std::uint64_t>(value));
  }
  void add_boolean(bool value) { fold(value ? 5 : 4); }
  void add_text(std::string_view text) {
    fold(6);
    fold(text.size());
    for (std::size_t begin = 0; begin < text.size(); begin += 8) {
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < 8 && begin + i < text.size(); ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(text[begin + i])} << (8 * i);
      }
      fold(word);
    }
  }
  std::uint64_t value() const { return mix_bits(state_); }
  std::string finish() const {
    return to_hex(value());
  }  ///< 16 hexadecimal digits. More may be added after.
  bool operator==(const ContentDigest&) const = default;

 private:
  void fold(std::uint64_t word) {
    state_ = mix_bits(state_ + 0x9e3779b97f4a7c15U) ^ mix_bits(~word);
  }
  std::uint64_t state_ = 0x13198a2e03707344U;
};

}  // namespace faultline::sim
