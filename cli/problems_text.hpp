/// Problems as lines for people and editors: `file:line:column: path: message; hint`.
#pragma once

#include <string>
#include <string_view>

#include "sim/param/problem.hpp"
#include "sim/registry/language.hpp"

namespace faultline::cli {

/// `text` with control characters and bytes that are not UTF-8 made visible, so that a file cannot
/// play with the terminal.
std::string printable(std::string_view text);

/// Prints all problems of `file` to standard error, at most 100 of them.
void print_problems(const std::string& file, const sim::Problems& problems,
                    sim::Language language = sim::Language::english);

}  // namespace faultline::cli
