#include "sim/param/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <system_error>

#include "sim/param/problem.hpp"

namespace faultline::sim {
namespace {

// 128 bits hold 24 decimal digits times the largest unit (a day in nanoseconds, a tebibyte).
__extension__ typedef unsigned __int128 Wide;
constexpr std::size_t digits_kept = 24;
constexpr std::size_t text_max = 100;
constexpr int exponent_max = 9999;

/// A unit: `10^decimal * factor / divisor` base units.
struct Unit {
  std::string_view name;
  int decimal = 0;
  std::uint64_t factor = 1;
  int divisor = 1;
};

struct Dimension {
  std::string_view noun;     ///< "a duration"
  std::string_view example;  ///< "5ms"
  std::span<const Unit> units;
  std::string_view range;  ///< The largest values that can be held: "at most 292 years".
};

constexpr std::array duration_units{Unit{"ns"},         Unit{"us", 3},      Unit{"ms", 6},
                                    Unit{"s", 9},       Unit{"min", 9, 60}, Unit{"h", 9, 3600},
                                    Unit{"d", 9, 86400}};
constexpr std::array bytes_units{Unit{"B"},
                                 Unit{"kB", 3},
                                 Unit{"MB", 6},
                                 Unit{"GB", 9},
                                 Unit{"TB", 12},
                                 Unit{"KiB", 0, 1ULL << 10},
                                 Unit{"MiB", 0, 1ULL << 20},
                                 Unit{"GiB", 0, 1ULL << 30},
                                 Unit{"TiB", 0, 1ULL << 40}};
constexpr std::array rate_units{Unit{"/s"}, Unit{"/min", 0, 1, 60}, Unit{"/h", 0, 1, 3600},
                                Unit{"/d", 0, 1, 86400}};
constexpr std::array bandwidth_units{Unit{"bit/s"},
                                     Unit{"kbit/s", 3},
                                     Unit{"Mbit/s", 6},
                                     Unit{"Gbit/s", 9},
                                     Unit{"Tbit/s", 12},
                                     Unit{"B/s", 0, 8},
                                     Unit{"kB/s", 3, 8},
                                     Unit{"MB/s", 6, 8},
                                     Unit{"GB/s", 9, 8},
                                     Unit{"KiB/s", 0, 8ULL << 10},
                                     Unit{"MiB/s", 0, 8ULL << 20},
                                     Unit{"GiB/s", 0, 8ULL << 30}};
constexpr std::array probability_units{Unit{"%", -2}};

constexpr Dimension duration_dimension{"a duration", "5ms", duration_units,
                                       "at most 106751d (292 years)"};
constexpr Dimension bytes_dimension{"a size", "64KiB", bytes_units, "at most 8388607TiB"};
constexpr Dimension rate_dimension{"a rate", "200/s", rate_units, "at most 1.7e308/s"};
constexpr Dimension bandwidth_dimension{"a bandwidth", "1Gbit/s", bandwidth_units,
                                        "at most 1.7e308bit/s"};
constexpr Dimension probability_dimension{"a share", "95%", probability_units, "at most 1.7e308%"};

/// A decimal number as it is written: (-1)^negative * digits * 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;  ///< Without leading zeros; empty for zero.
  int exponent = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes a number as JSON writes them (leading zeros allowed) off the front of `text`.
bool take_number(std::string_view& text, Decimal& out) {
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') {
    out.negative = true;
    ++at;
  }
  const std::size_t whole = at;
  const auto take_digit = [&] {
    if (!out.digits.empty() || text[at] != '0') out.digits += text[at];
    ++at;
  };
  while (at < text.size() && is_digit(text[at])) take_digit();
  if (at == whole) return false;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    ++at;
    while (at < text.size() && is_digit(text[at])) {
      take_digit();
      --out.exponent;
    }
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digit = at + 1;
    const bool negative = digit < text.size() && text[digit] == '-';
    if (digit < text.size() && (text[digit] == '-' || text[digit] == '+')) ++digit;
    if (digit < text.size() && is_digit(text[digit])) {
      int exponent = 0;
      for (; digit < text.size() && is_digit(text[digit]); ++digit) {
        if (exponent < exponent_max) exponent = exponent * 10 + (text[digit] - '0');
      }
      out.exponent += negative ? -exponent : exponent;
      at = digit;
    }
  }
  text.remove_prefix(at);
  return true;
}

struct Quantity {
  Decimal number;
  Unit unit;
};

/// `text` as a number and one of the units of `dimension`; else what is wrong, in `error`.
bool split(const Dimension& dimension, std::string_view text, Quantity& out, std::string& error) {
  const auto expected_example = [&] {
    error = fmt::format("expected {} with a unit such as \"{}\", got {}", dimension.noun,
                        dimension.example, in_quotes(text));
    return false;
  };
  if (text.size() > text_max) return expected_example();
  std::string_view rest = text;
  if (!take_number(rest, out.number)) return expected_example();
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.empty()) return expected_example();
  for (const Unit& unit : dimension.units) {
    if (rest == unit.name) {
      out.unit = unit;
      return true;
    }
  }
  std::string names;
  for (const Unit& unit : dimension.units) {
    if (!names.empty()) names += ", ";
    names += unit.name;
  }
  error =
      fmt::format("expected {} in {}{}, got {}", dimension.noun,
                  dimension.units.size() > 1 ? "one of the units " : "", names, in_quotes(text));
  return false;
}

std::string too_large(const Dimension& dimension, std::string_view text) {
  return fmt::format("expected {} of {}, got {}", dimension.noun, dimension.range, in_quotes(text));
}

/// A whole number of base units, exact but for a fraction of one, which is rounded (halves away
/// from zero). False: does not fit 64 bits.
bool to_whole(const Quantity& quantity, std::int64_t& out) {
  Wide value = 0;
  int exponent = quantity.number.exponent + quantity.unit.decimal;
  std::size_t used = 0;
  for (const char digit : quantity.number.digits) {
    if (used == digits_kept) break;
    value = value * 10 + static_cast<unsigned>(digit - '0');
    ++used;
  }
  exponent += static_cast<int>(quantity.number.digits.size() - used);
  value *= quantity.unit.factor;
  constexpr Wide largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value != 0) {
    for (; exponent > 0; --exponent) {
      if (value > largest) return false;
      value *= 10;
    }
    for (; exponent < -1 && value != 0; ++exponent) value /= 10;
    if (exponent < 0) value = value / 10 + (value % 10 >= 5 ? 1 : 0);
  }
  // One more below zero than above.
  if (value > largest + (quantity.number.negative ? 1 : 0)) return false;
  const auto magnitude = static_cast<std::uint64_t>(value);
  out = static_cast<std::int64_t>(quantity.number.negative ? 0 - magnitude : magnitude);
  return true;
}

/// The nearest double (twice rounded where a unit is no power of ten). False: too large.
bool to_real(const Quantity& quantity, double& out) {
  const std::string text =
      fmt::format("{}e{}", quantity.number.digits.empty() ? "0" : quantity.number.digits,
                  quantity.number.exponent + quantity.unit.decimal);
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status == std::errc::result_out_of_range) {
    // Either too large or too small for a double; the latter is zero.
    if (static_cast<int>(quantity.number.digits.size()) + quantity.number.exponent > 0)
      return false;
    value = 0;
  }
  value = value * static_cast<double>(quantity.unit.factor) / quantity.unit.divisor;
  if (!std::isfinite(value)) return false;
  out = quantity.number.negative ? -value : value;
  return true;
}

std::optional<std::int64_t> parse_whole(const Dimension& dimension, std::string_view text,
                                        std::string& error) {
  Quantity quantity;
  std::int64_t value = 0;
  if (!split(dimension, text, quantity, error)) return std::nullopt;
  if (!to_whole(quantity, value)) {
    error = too_large(dimension, text);
    return std::nullopt;
  }
  return value;
}

std::optional<double> parse_real(const Dimension& dimension, std::string_view text,
                                 std::string& error) {
  Quantity quantity;
  double value = 0;
  if (!split(dimension, text, quantity, error)) return std::nullopt;
  if (!to_real(quantity, value)) {
    error = too_large(dimension, text);
    return std::nullopt;
  }
  return value;
}

/// The shorter text wins; of two equally short ones, the later, so units stand in rising order.
void keep_shorter(std::string& best, std::string candidate) {
  if (best.empty() || candidate.size() <= best.size()) best = std::move(candidate);
}

std::string whole_text(std::int64_t value, std::span<const Unit> units, std::string_view zero) {
  if (value == 0) return std::string(zero);
  const std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string best;
  for (const Unit& unit : units) {
    std::uint64_t size = unit.factor;
    for (int i = 0; i < unit.decimal; ++i) size *= 10;
    if (magnitude < size) continue;
    std::string text = fmt::format("{}", magnitude / size);
    std::uint64_t rest = magnitude % size;
    if (rest != 0) text += '.';
    while (rest != 0 && text.size() < digits_kept) {
      rest *= 10;
      text += static_cast<char>('0' + rest / size);
      rest %= size;
    }
    if (rest == 0) keep_shorter(best, text.append(unit.name));
  }
  if (value < 0) best.insert(best.begin(), '-');
  return best;
}

/// The shortest decimal that is nearest to `value` alone, its point moved `shift` places to the
/// right.
std::string shifted_text(double value, int shift) {
  std::array<char, 64> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                     std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  Decimal number;
  if (!take_number(text, number)) return std::string(text);  // Infinite or not a number.
  if (number.digits.empty()) return "0";
  while (number.digits.size() > 1 && number.digits.back() == '0') {
    number.digits.pop_back();
    ++number.exponent;
  }
  const int length = static_cast<int>(number.digits.size());
  const int exponent = number.exponent + shift;
  const int point = length + exponent;  // Digits before the decimal point.
  std::string out = number.negative ? "-" : "";
  if (point > 0 && point <= 21) {
    if (exponent >= 0)
      return out + number.digits + std::string(static_cast<std::size_t>(exponent), '0');
    const auto whole = static_cast<std::size_t>(point);
    return out + number.digits.substr(0, whole) + "." + number.digits.substr(whole);
  }
  if (point <= 0 && point > -6) {
    return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + number.digits;
  }
  out += number.digits[0];
  if (length > 1) out.append(".").append(number.digits, 1);
  return out + fmt::format("e{}", point - 1);
}

std::string real_text(double value, const Dimension& dimension, std::span<const Unit> units) {
  std::string best = shifted_text(value, -units.front().decimal).append(units.front().name);
  for (const Unit& unit : units.subspan(1)) {
    const double in_unit = value * unit.divisor / static_cast<double>(unit.factor);
    std::string text = shifted_text(in_unit, -unit.decimal);
    if (text.starts_with("0") || text.starts_with("-0") || text.find('e') != std::string::npos)
      continue;
    text.append(unit.name);
    std::string error;
    if (text.size() >= best.size() || parse_real(dimension, text, error) != value) continue;
    best = std::move(text);
  }
  return best;
}

}  // namespace

Duration from_seconds(double seconds) {
  if (std::isnan(seconds)) return Duration(0);
  const double nanoseconds = std::round(seconds * 1e9);
  constexpr double limit = 0x1p63;
  if (nanoseconds >= limit) return Duration::max();
  if (nanoseconds <= -limit) return Duration::min();
  return Duration(static_cast<std::int64_t>(nanoseconds));
}

std::optional<Duration> parse_duration(std::string_view text, std::string& error) {
  const auto value = parse_whole(duration_dimension, text, error);
  return value ? std::optional(Duration(*value)) : std::nullopt;
}

std::optional<Bytes> parse_bytes(std::string_view text, std::string& error) {
  const auto value = parse_whole(bytes_dimension, text, error);
  return value ? std::optional(Bytes{*value}) : std::nullopt;
}

std::optional<Rate> parse_rate(std::string_view text, std::string& error) {
  const auto value = parse_real(rate_dimension, text, error);
  return value ? std::optional(Rate{*value}) : std::nullopt;
}

std::optional<Bandwidth> parse_bandwidth(std::string_view text, std::string& error) {
  const auto value = parse_real(bandwidth_dimension, text, error);
  return value ? std::optional(Bandwidth{*value}) : std::nullopt;
}

std::optional<Probability> parse_probability(std::string_view text, std::string& error) {
  const auto value = parse_real(probability_dimension, text, error);
  return value ? std::optional(Probability{*value}) : std::nullopt;
}

std::string to_text(Duration value) { return whole_text(value.count(), duration_units, "0s"); }

std::string to_text(Bytes value) { return whole_text(value.count, bytes_units, "0B"); }

std::string to_text(Rate value) { return real_text(value.per_second, rate_dimension, rate_units); }

std::string to_text(Bandwidth value) {
  // Networks are spoken of in bits.
  return real_text(value.bits_per_second, bandwidth_dimension, std::span(bandwidth_units).first(5));
}

std::string to_text(Probability value) {
  return real_text(value.value, probability_dimension, probability_units);
}

}  // namespace faultline::sim
