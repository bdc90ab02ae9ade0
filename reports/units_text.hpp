/// Numbers as people read them: three digits that matter, a unit that fits, and the decimal sign of
/// the reader's language.
///
/// Every function takes values in base units (seconds, counts, shares of 1) and never prints an
/// exponent where a unit prefix will do. What is not a number is "–", infinity "∞". Between number
/// and unit stands an ordinary space.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/registry/language.hpp"

namespace faultline::reports {

using sim::Language;
using sim::language_of;

/// A unit of time, or the prefix of a count.
struct Unit {
  double size;  ///< Base units it holds.
  std::string_view english;
  std::string_view russian;

  std::string_view name(Language language) const {
    return language == Language::russian ? russian : english;
  }
};

/// From the nanosecond to the day, in seconds.
inline constexpr std::array<Unit, 7> time_units = {{{1e-9, "ns", "нс"},
                                                    {1e-6, "µs", "мкс"},
                                                    {1e-3, "ms", "мс"},
                                                    {1, "s", "с"},
                                                    {60, "min", "мин"},
                                                    {3600, "h", "ч"},
                                                    {86400, "d", "сут"}}};

/// One, thousand, million ...
inline constexpr std::array<Unit, 5> count_units = {
    {{1, "", ""}, {1e3, "k", "тыс."}, {1e6, "M", "млн"}, {1e9, "G", "млрд"}, {1e12, "T", "трлн"}}};

/// `value` with `decimals` (0 to 9) places after the decimal sign and groups of three before it:
/// "27,512.5"; in Russian "27 512,5", grouped by a no-break space.
std::string fixed_text(double value, int decimals, Language language = Language::english);

/// As fixed_text, without zeros at the end of the decimal places: "1.5", "60".
std::string trimmed_text(double value, int decimals, Language language = Language::english);

/// A whole number, grouped: "27,512".
std::string count_text(std::uint64_t value, Language language = Language::english);

/// A number without a unit, three significant digits: "0.0214", "3.20", "496", "27,512".
std::string number_text(double value, Language language = Language::english);

/// A count or rate in little room: whole numbers below 10,000 in full, else three digits and k, M,
/// G or T: "1.23 M".
std::string short_count_text(double value, Language language = Language::english);

/// The load that clients make: "770/s", "200 users", or both. NaN: none of that kind.
std::string load_text(double per_second, double users, Language language = Language::english);

/// Events a second: "496/s", "1.23 k/s".
std::string rate_text(double per_second, Language language = Language::english);

/// A measured time, three significant digits from ns to d: "12.3 ms", "1.00 s", "16.7 min". Zero is
/// "0 s".
std::string seconds_text(double seconds, Language language = Language::english);

/// A stated time, as short as it can be said: "55 s", "1.5 s", "250 ms", "15 min", "1 h", "1,000
/// s".
std::string time_text(double seconds, Language language = Language::english);

/// A share as a percentage: one place ("69.9 %"), two within 10 % of either end ("99.12 %"), and as
/// many as it takes to tell 99.9997 % from all and 0.0003 % from nothing.
std::string ratio_text(double ratio, Language language = Language::english);

/// A share with one decimal place, for columns to be compared: "5.5 %", "93.0 %".
std::string percent_text(double ratio, Language language = Language::english);

/// A mean length or level: three digits but at most three decimal places, so that columns stay
/// calm: "0.002", "4.70".
std::string level_text(double level, Language language = Language::english);

/// A share somebody chose, such as a target: "99 %", "99.95 %".
std::string stated_ratio_text(double ratio, Language language = Language::english);

/// An amount of data: "20.0 KiB", "512 B".
std::string bytes_text(double bytes, Language language = Language::english);

/// The value of a result that `path` names ("nodes.db.utilization",
/// "requests.latency_seconds.p99"), in the unit that the names in the path end with: _seconds,
/// _bytes, _per_second; utilization, ratio and budget_used are shares.
std::string scalar_text(std::string_view path, double value, Language language = Language::english);

}  // namespace faultline::reports
