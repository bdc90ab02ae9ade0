/// What can be written in a scenario file, as text for people: `faultline types` and the pages of
/// docs/reference. All of it comes from the declarations, in the order of kinds and names, so the
/// same program always writes the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/registry/language.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {

/// How the type is written in a file: its own example, or one made from its parameters. Usually a
/// text such as `exponential(5ms)`, else an object with a "type".
Json example_of(const TypeRecord& type);

/// `json` on one line, spaced for people: `{"type": "lru", "sizes": [1, 2]}`.
std::string one_line(const Json& json);

/// At most 80 columns wide. Without a name, all kinds with their types; with a kind, its types with
/// their parameters; with a type's name, that type in every kind that has it. Nothing and a
/// sentence in `error` if there is no such name.
std::optional<std::string> types_text(std::string_view name, std::string& error,
                                      Language language = Language::english);

/// File name to Markdown: "eviction.md" for each kind, and "README.md", which lists them.
std::map<std::string, std::string> reference_pages(Language language = Language::english);

}  // namespace faultline::sim
