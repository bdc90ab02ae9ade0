#include "reports/text_table.hpp"

#include <algorithm>
#include <utility>

#include "reports/plain_text.hpp"
#include "sim/param/assert.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t indent = 2;
constexpr std::size_t gap = 2;
constexpr std::size_t first_width_wanted =
    20;  ///< Below this, columns are left out before the first one gives way.

std::string_view ansi_code(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::heading:
      return "\x1b[1m";
    case Emphasis::good:
      return "\x1b[32m";
    case Emphasis::bad:
      return "\x1b[1;31m";
    case Emphasis::faint:
      return "\x1b[2m";
    case Emphasis::none:
      break;
  }
  return {};
}

/// The columns that are printed, and how wide.
struct Layout {
  std::vector<std::size_t> shown;   ///< Indices of columns.
  std::vector<std::size_t> widths;  ///< Of all columns, by index.

  std::size_t total() const {
    std::size_t sum = indent;
    for (const std::size_t column : shown) sum += widths[column];
    return shown.empty() ? sum : sum + gap * (shown.size() - 1);
  }
};

void append_cell(std::string& line, const std::string& text, Emphasis emphasis, std::size_t width,
                 bool left, bool colour) {
  const std::string cut = shortened(text, std::max<std::size_t>(width, 1));
  const std::size_t taken = display_width(cut);
  const std::string padding(width > taken ? width - taken : 0, ' ');
  if (!left) line += padding;
  line += emphasized(cut, emphasis, colour);
  if (left) line += padding;
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string emphasized(std::string_view text, Emphasis emphasis, bool colour) {
  const std::string_view code = ansi_code(emphasis);
  if (!colour || code.empty() || text.empty()) return std::string(text);
  return std::string(code) + std::string(text) + "\x1b[0m";
}

void TextTable::add(std::vector<Cell> row) {
  SIM_ASSERT(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = visible_text(cell.text);
  rows_.push_back(std::move(row));
}

std::string TextTable::print(std::size_t width, bool colour) const {
  Layout layout;
  layout.widths.resize(columns_.size());
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    std::size_t cells_width = 0;
    for (const auto& row : rows_)
      cells_width = std::max(cells_width, display_width(row[column].text));
    layout.widths[column] = std::max(cells_width, display_width(columns_[column].header));
    if (cells_width > 0 || column == 0) layout.shown.push_back(column);
  }
  const std::size_t first_least = std::min(layout.widths[0], first_width_wanted);
  const auto excess = [&] {
    const std::size_t total = layout.total();
    return total > width ? total - width : 0;
  };
  // Columns go while even a first column cut to what is wanted of it would not make the line fit.
  while (excess() > layout.widths[0] - first_least && layout.shown.size() > 1) {
    const auto least = std::min_element(layout.shown.begin() + 1, layout.shown.end(),
                                        [&](std::size_t a, std::size_t b) {
                                          return columns_[a].importance < columns_[b].importance;
                                        });
    layout.shown.erase(least);
  }
  layout.widths[0] -= std::min(excess(), layout.widths[0] - 1);

  std::string out;
  const auto append_row = [&](const auto& cell_of) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < layout.shown.size(); ++i) {
      const std::size_t column = layout.shown[i];
      if (i > 0) line.append(gap, ' ');
      const auto& [text, emphasis] = cell_of(column);
      append_cell(line, text, emphasis, layout.widths[column], column == 0 || columns_[column].left,
                  colour);
    }
    out += without_trailing_spaces(std::move(line)) + "\n";
  };
  const bool headed = std::any_of(columns_.begin(), columns_.end(),
                                  [](const Column& column) { return !column.header.empty(); });
  if (headed)
    append_row([&](std::size_t column) { return Cell{columns_[column].header, Emphasis::faint}; });
  for (const auto& row : rows_) append_row([&](std::size_t column) { return row[column]; });
  return out;
}

}  // namespace faultline::reports
