#include "reports/units_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace faultline::reports {
namespace {

constexpr std::string_view no_break_space = "\u00A0";

/// The decimal exponent of `value` after rounding to three digits: 2 for 999.4, 3 for 999.6.
/// Requires: finite, not 0.
int exponent_of(double value) {
  const std::string text = fmt::format("{:.2e}", value);
  return std::atoi(text.c_str() + text.find('e') + 1);
}

/// "–" or "∞" for what cannot be written in digits; empty for what can.
std::string unprintable(double value) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  return {};
}

/// Three significant digits, none of them in an exponent. Requires: finite.
std::string three_digits(double value, Language language) {
  if (value == 0) return "0";
  return fixed_text(value, std::clamp(2 - exponent_of(value), 0, 9), language);
}

/// Whether `seconds` is a tenth of `unit_size` taken a whole number of times, so that one decimal
/// place says it exactly.
bool is_tenths_of(double seconds, double unit_size) {
  const double tenths = seconds / unit_size * 10;
  return std::abs(tenths - std::round(tenths)) < 1e-9 * tenths;
}

const Unit& time_unit_for(double seconds) {
  const double size = std::abs(seconds);
  const int exponent = exponent_of(size);
  if (exponent < -6) return time_units[0];
  if (exponent < -3) return time_units[1];
  if (exponent < 0) return time_units[2];
  if (exponent < 3) return time_units[3];
  if (size < 3 * 3600) return time_units[4];
  return size < 3 * 86400 ? time_units[5] : time_units[6];
}

}  // namespace

std::string fixed_text(double value, int decimals, Language language) {
  if (std::string text = unprintable(value); !text.empty()) return text;
  const bool russian = language == Language::russian;
  const std::string plain = fmt::format("{:.{}f}", value, decimals);
  const std::size_t begin = plain.front() == '-' ? 1 : 0;
  const std::size_t point = std::min(plain.find('.'), plain.size());
  const std::size_t digits = point - begin;
  std::string out;
  // A rounded -0.0 is 0: the sign would claim a difference that is not shown.
  if (begin == 1 && plain.find_first_of("123456789") != std::string::npos) out += '-';
  for (std::size_t i = 0; i < digits; ++i) {
    const std::size_t left = digits - i;
    const bool group = i > 0 && left % 3 == 0;
    if (group) out += russian ? no_break_space : ",";
    out += plain[begin + i];
  }
  if (point < plain.size()) {
    out += russian ? ',' : '.';
    out.append(plain, point + 1);
  }
  return out;
}

std::string trimmed_text(double value, int decimals, Language language) {
  std::string text = fixed_text(value, decimals, language);
  if (decimals == 0 || !std::isfinite(value)) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.' || text.back() == ',') text.pop_back();
  return text;
}

std::string count_text(std::uint64_t value, Language language) {
  const std::string plain = fmt::format("{}", value);
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool group = i > 0 && (plain.size() - i) % 3 == 0;
    const bool russian = language == Language::russian;
    if (group) out += russian ? no_break_space : ",";
    out += plain[i];
  }
  return out;
}

std::string number_text(double value, Language language) {
  if (std::string text = unprintable(value); !text.empty()) return text;
  if (value == 0) return "0";
  const int exponent = exponent_of(value);
  if (exponent >= -4 && exponent < 15) return three_digits(value, language);
  std::string text = fmt::format("{:.2e}", value);
  if (language == Language::russian) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

std::string short_count_text(double value, Language language) {
  if (std::string text = unprintable(value); !text.empty()) return text;
  const double size = std::abs(value);
  if (size < 10'000 && size == std::floor(size)) return fixed_text(value, 0, language);
  if (size < 999.5) return number_text(value, language);
  const std::size_t index = std::min<std::size_t>(exponent_of(value) / 3, count_units.size() - 1);
  const Unit& unit = count_units[index];
  return fmt::format("{} {}", three_digits(value / unit.size, language), unit.name(language));
}

std::string load_text(double per_second, double users, Language language) {
  const std::string word = language == Language::russian ? "пользователей: {}" : "{} users";
  std::string text;
  if (!std::isnan(per_second)) text = rate_text(per_second, language);
  if (std::isnan(users)) return text.empty() ? "–" : text;
  const std::string count = short_count_text(users, language);
  return (text.empty() ? "" : text + ", ") + fmt::format(fmt::runtime(word), count);
}

std::string rate_text(double per_second, Language language) {
  if (std::string text = unprintable(per_second); !text.empty()) return text;
  return short_count_text(per_second, language) + (language == Language::russian ? "/с" : "/s");
}

std::string seconds_text(double seconds, Language language) {
  if (std::string text = unprintable(seconds); !text.empty()) return text;
  const Unit& unit = seconds == 0 ? time_units[3] : time_unit_for(seconds);
  return fmt::format("{} {}", three_digits(seconds / unit.size, language), unit.name(language));
}

std::string time_text(double seconds, Language language) {
  if (std::string text = unprintable(seconds); !text.empty()) return text;
  if (seconds == 0) return seconds_text(seconds, language);
  const double size = std::abs(seconds);
  const Unit* unit = &time_units[3];
  if (size < 1) {
    unit = &time_unit_for(seconds);
  } else if (size >= 86400 && is_tenths_of(size, 86400)) {
    unit = &time_units[6];
  } else if (size >= 3600 && is_tenths_of(size, 3600)) {
    unit = &time_units[5];
  } else if (size >= 600 && is_tenths_of(size, 600)) {
    unit = &time_units[4];
  } else if (size >= 1e6) {
    unit = &time_units[6];
  }
  const double amount = seconds / unit->size;
  const int decimals = std::abs(amount) < 1000 ? std::clamp(3 - exponent_of(amount), 0, 3) : 0;
  return fmt::format("{} {}", trimmed_text(amount, decimals, language), unit->name(language));
}

std::string ratio_text(double ratio, Language language) {
  const double percent = ratio * 100;
  if (std::string text = unprintable(percent); !text.empty()) return text;
  if (percent == 0) return "0 %";
  if (percent >= 100 || percent < 0) return three_digits(percent, language) + " %";
  const double distance = std::min(percent, 100 - percent);
  int decimals = distance >= 10 ? 1 : 2;
  for (double seen = 0.1; distance < seen && decimals < 9; seen /= 10) ++decimals;
  return fixed_text(percent, decimals, language) + " %";
}

std::string bytes_text(double bytes, Language language) {
  if (std::string text = unprintable(bytes); !text.empty()) return text;
  static constexpr std::array<Unit, 6> units = {{{1, "B", "Б"},
                                                 {0x1p10, "KiB", "КиБ"},
                                                 {0x1p20, "MiB", "МиБ"},
                                                 {0x1p30, "GiB", "ГиБ"},
                                                 {0x1p40, "TiB", "ТиБ"},
                                                 {0x1p50, "PiB", "ПиБ"}}};
  const Unit* unit = &units[0];
  for (const Unit& candidate : units) {
    if (std::abs(bytes) >= candidate.size) unit = &candidate;
  }
  const double amount = bytes / unit->size;
  const bool whole = unit == &units[0] && amount == std::floor(amount);
  return fmt::format("{} {}",
                     whole ? fixed_text(amount, 0, language) : three_digits(amount, language),
                     unit->name(language));
}

std::string scalar_text(std::string_view path, double value, Language language) {
  const auto has = [path](std::string_view suffix) {
    // The suffix of a name inside the path: what follows it is the end, a dot or a bracket.
    for (std::size_t at = path.find(suffix); at != std::string_view::npos;
         at = path.find(suffix, at + 1)) {
      const std::size_t end = at + suffix.size();
      if (end == path.size() || path[end] == '.' || path[end] == '[') return true;
    }
    return false;
  };
  if (has(".count")) return number_text(value, language);
  if (has("_per_second")) return rate_text(value, language);
  if (has("_seconds")) return seconds_text(value, language);
  if (has("_bytes")) return bytes_text(value, language);
  if (has("utilization") || has("ratio") || has("budget_used")) return ratio_text(value, language);
  return number_text(value, language);
}

std::string percent_text(double ratio, Language language) {
  return fixed_text(ratio * 100, 1, language) + " %";
}

std::string level_text(double level, Language language) {
  if (std::isfinite(level) && level != 0 && std::abs(level) < 1)
    return fixed_text(level, 3, language);
  return short_count_text(level, language);
}

std::string stated_ratio_text(double ratio, Language language) {
  return trimmed_text(ratio * 100, 7, language) + " %";
}

}  // namespace faultline::reports
