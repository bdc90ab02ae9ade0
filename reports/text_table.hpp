/// A table of text for a terminal: columns as wide as their widest cell, inside a given width,
/// whatever the names in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::reports {

/// How a piece of text is marked where colour is asked for. The text itself always says the same
/// without it.
enum class Emphasis { none, heading, good, bad, faint };

/// `text` in the terminal's colours (ANSI escape codes), or as it is if `colour` is false.
std::string emphasized(std::string_view text, Emphasis emphasis, bool colour);

/// One cell. The text is made visible (see visible_text) when the table is printed.
struct Cell {
  std::string text;
  Emphasis emphasis = Emphasis::none;
};

/// One column. The first column is left-aligned and gives way when the line is too long; the others
/// are right-aligned unless `left` is set.
struct Column {
  std::string header;
  bool left = false;
  int importance =
      1;  ///< When the line is too long even so, the least important column is left out first.
};

/// Collects rows and prints them.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Requires: as many cells as columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  /// The header and all rows, two spaces before each line and between columns, no line wider than
  /// `width` columns. A column in which no cell holds any text is left out.
  std::string print(std::size_t width, bool colour) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace faultline::reports
