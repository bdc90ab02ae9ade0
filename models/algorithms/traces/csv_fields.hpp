/// The fields of a line of comma-separated text, and what they mean.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::models {

/// `text` without the blanks around it.
inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The fields of one line of CSV. A field may stand in double quotes, doubled inside it.
class CsvFields {
 public:
  /// False if a quote does not close.
  bool split(std::string_view line) {
    count_ = 0;
    while (true) {
      if (count_ == fields_.size()) fields_.emplace_back();
      std::string& field = fields_[count_++];
      field.clear();
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (!line.empty() && line.front() == '"') {
        if (!take_quoted(line, field)) return false;
      }
      const std::size_t comma = line.find(',');
      field += trimmed(line.substr(0, comma));
      if (comma == std::string_view::npos) return true;
      line.remove_prefix(comma + 1);
    }
  }
  std::size_t count() const { return count_; }
  const std::string& operator[](std::size_t field) const { return fields_[field]; }

 private:
  static bool take_quoted(std::string_view& line, std::string& field) {
    line.remove_prefix(1);
    while (true) {
      const std::size_t quote = line.find('"');
      if (quote == std::string_view::npos) return false;
      field += line.substr(0, quote);
      line.remove_prefix(quote + 1);
      if (line.empty() || line.front() != '"') return true;
      field += '"';
      line.remove_prefix(1);
    }
  }

  std::vector<std::string> fields_;  ///< Kept from line to line, so that they allocate rarely.
  std::size_t count_ = 0;
};

bool ends_with_ignoring_case(std::string_view text, std::string_view end);
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// A piece of somebody's file as it stands in a message: short, printable, in quotes.
std::string shown(std::string_view text);

std::optional<std::int64_t> whole_number(std::string_view text);
/// "12.5" with 9 digits is 12500000000: a decimal number in units of 10^-digits, rounded down.
/// Nothing if it is none, or too large.
std::optional<std::int64_t> decimal(std::string_view text, int digits);

}  // namespace faultline::models
