/// Writing of results so that nothing is lost: a file appears whole, under its name, or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace faultline::cli {

/// Writes to a temporary name beside `file`, flushes it to the disk, then renames. "-" is standard
/// output. False and a sentence in `error` when it cannot be done; then nothing is left behind and
/// an older file is untouched.
bool write_file(const std::filesystem::path& file, std::string_view content, std::string& error);

/// Writes to standard output; false when that fails (a full disk, a closed pipe).
bool write_stdout(std::string_view content);

/// True when standard output (1) or standard error (2) is a terminal that takes colours and cursor
/// movement.
bool is_terminal(int descriptor);

}  // namespace faultline::cli
