/// Text from a file made fit to be shown: UTF-8 read with care, control characters made visible,
/// width in columns.
///
/// A name in a scenario may hold anything: Chinese (two columns a character on a terminal),
/// combining accents (none), a terminal's escape codes, or bytes that are no UTF-8. Everything a
/// report prints of a file goes through here first.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace faultline::reports {

/// One character read from UTF-8.
struct CodePoint {
  char32_t value = 0;      ///< The character, or the byte itself if `valid` is false.
  std::size_t length = 1;  ///< Bytes it takes, at least 1.
  bool valid = true;       ///< False: the byte begins no well-formed sequence.
};

/// The character at `position` of `text`. Overlong forms, surrogates and values above U+10FFFF are
/// not well-formed. Requires: position < text.size().
CodePoint code_point_at(std::string_view text, std::size_t position);

/// Whether `value` must not reach a terminal or a page as it is: control characters, line and
/// paragraph separators, marks that turn the writing direction, and what XML cannot hold.
bool is_control(char32_t value);

/// What line breaks and tabs become in `visible_text`.
enum class LineBreaks { escape, keep };

/// `text` as well-formed UTF-8 without control characters: they become `\n`, `\t`, `\x1b` or
/// `\u202e`, a byte that is no UTF-8 becomes `\xff`. With LineBreaks::keep, line feeds and tabs
/// stay (and a carriage return before a line feed goes).
std::string visible_text(std::string_view text, LineBreaks line_breaks = LineBreaks::escape);

/// Columns that `text` takes on a terminal: 2 for wide East Asian characters and emoji, 0 for
/// combining marks, else 1. Source: Unicode 14, EastAsianWidth.txt and UnicodeData.txt. Requires:
/// no control characters (see visible_text).
std::size_t display_width(std::string_view text);

/// `text`, or as much of its beginning as fits into `width` columns together with a closing "…".
/// Requires: width >= 1.
std::string shortened(std::string_view text, std::size_t width);

}  // namespace faultline::reports
