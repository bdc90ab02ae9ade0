#include "models/algorithms/traces/csv_fields.hpp"

#include <charconv>
#include <limits>
#include <system_error>

namespace faultline::models {

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  if (text.size() < end.size()) return false;
  const std::string_view tail = text.substr(text.size() - end.size());
  return std::equal(tail.begin(), tail.end(), end.begin(), [](char a, char b) {
    const char lower_a = a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a;
    const char lower_b = b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b;
    return lower_a == lower_b;
  });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ends_with_ignoring_case(a, b);
}

std::string shown(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  std::string out = "\"";
  for (const char letter : text.substr(0, shown_max)) {
    out += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return out + (text.size() > shown_max ? "...\"" : "\"");
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> decimal(std::string_view text, int digits) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 4;
  std::int64_t number = 0;
  int after_point = -1;
  if (text.empty() || text == ".") return std::nullopt;
  for (const char letter : text) {
    if (letter == '.' && after_point < 0) {
      after_point = 0;
      continue;
    }
    if (letter < '0' || letter > '9') return std::nullopt;
    if (after_point >= digits) continue;
    if (number > (most - 9) / 10) return std::nullopt;
    number = number * 10 + (letter - '0');
    if (after_point >= 0) ++after_point;
  }
  for (int i = std::max(after_point, 0); i < digits; ++i) {
    if (number > most / 10) return std::nullopt;
    number *= 10;
  }
  return number;
}

}  // namespace faultline::models
