/// Dimensions as types. A value with a dimension is written with its unit in a scenario file
/// ("5ms", "64KiB", "200/s", "1Gbit/s", "99.9%") and is held in base units here, so that a unit can
/// neither be forgotten nor mixed up.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faultline::sim {

/// A span of virtual time. Base unit: nanosecond, as a signed 64-bit count (292 years).
using Duration = std::chrono::nanoseconds;

/// An amount of data. Base unit: byte.
struct Bytes {
  std::int64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};

/// Events a second.
struct Rate {
  double per_second = 0;
  auto operator<=>(const Rate&) const = default;
};

/// Data a second. Base unit: bit a second.
struct Bandwidth {
  double bits_per_second = 0;
  auto operator<=>(const Bandwidth&) const = default;
};

/// A probability or a share, 0 to 1. Written "95%"; a bare number is refused, so that 1 is never
/// read as 1 %.
struct Probability {
  double value = 0;
  auto operator<=>(const Probability&) const = default;
};

/// Seconds as a floating-point number, for results only.
constexpr double to_seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;  // Rounded once: 7.5e9 ns is 7.5 s.
}

/// The nearest whole nanosecond to `seconds`; what does not fit ends at the largest or smallest
/// duration, NaN at zero.
Duration from_seconds(double seconds);

/// `text` as a value with its unit, or nothing and what is wrong in `error` (one sentence:
/// expected, found). A number as JSON writes it, at most one blank, the unit; the same in every
/// locale. Negative values and shares above 100 % are read: the range is the parameter's affair.
/// What does not fit is an error. Duration: ns us ms s min h d, exact; a fraction of a nanosecond
/// is rounded, halves away from zero. Bytes: B kB MB GB TB (powers of 1000) KiB MiB GiB TiB (powers
/// of 1024), exact; a fraction of a byte is rounded the same. Rate: /s /min /h /d: a bare count
/// over a time ("200req/s" is refused). Bandwidth: bit/s kbit/s Mbit/s Gbit/s Tbit/s, B/s kB/s MB/s
/// GB/s KiB/s MiB/s GiB/s. Probability: %, the nearest double to the share written.
std::optional<Duration> parse_duration(std::string_view text, std::string& error);
std::optional<Bytes> parse_bytes(std::string_view text, std::string& error);
std::optional<Rate> parse_rate(std::string_view text, std::string& error);
std::optional<Bandwidth> parse_bandwidth(std::string_view text, std::string& error);
std::optional<Probability> parse_probability(std::string_view text, std::string& error);

/// The shortest text with a number of at least 1 that the matching parse function reads back to the
/// same value ("5ms", "1.5s", "64KiB", "99.9%"); a bandwidth is written in bits. Requires: a finite
/// value.
std::string to_text(Duration value);
std::string to_text(Bytes value);
std::string to_text(Rate value);
std::string to_text(Bandwidth value);
std::string to_text(Probability value);

}  // namespace faultline::sim
