/// Reading JSON from outside: every way in which a file can be wrong ends as a problem that says
/// where.
///
/// Beside standard JSON (RFC 8259), comments (`//` and `/* */`) and a UTF-8 byte order mark are
/// allowed. Refused are: text that is not UTF-8, two members of one name, control characters in
/// names, numbers that no double holds, more than 64 levels, and more than 64 MiB.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/param.hpp"

namespace faultline::sim {

/// A place in a text, both counted from 1; columns in characters. 0 and 0: no place.
struct TextPosition {
  std::size_t line = 0;
  std::size_t column = 0;
  bool operator==(const TextPosition&) const = default;
};

/// The value in `text`, or nothing if there was a problem.
std::optional<Json> read_json(std::string_view text, Problems& problems);

/// The whole of a regular file of at most 64 MiB, or nothing and a problem.
std::optional<std::string> read_text_file(const std::filesystem::path& file, Problems& problems);

/// The value in a file, or nothing and problems.
std::optional<Json> read_json_file(const std::filesystem::path& file, Problems& problems);

/// For each problem, where its path stands in `text`: the member's name, the element, or, for what
/// is not in the text itself (a missing parameter, a part of a call), what encloses it. Requires:
/// `read_json` accepted `text`.
std::vector<TextPosition> locate(std::string_view text, const std::vector<Problem>& problems);

}  // namespace faultline::sim
