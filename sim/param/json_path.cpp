#include "sim/param/json_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sim/param/json_reader.hpp"
#include "sim/param/json_text.hpp"
#include "sim/param/utf8.hpp"

namespace faultline::sim {
namespace {

/// Takes `["key"]` or `[index]` off the front of `text`.
bool take_bracket(std::string_view& text, PathStep& step) {
  if (text.size() > 1 && text[1] == '"') {
    std::size_t end = 2;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end + 1 >= text.size() || text[end + 1] != ']') return false;
    const Json key = Json::parse(text.substr(1, end), nullptr, false);
    if (!key.is_string()) return false;
    step.key = key.get<std::string>();
    text.remove_prefix(end + 2);
    return true;
  }
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return false;
  std::size_t index = 0;
  const auto [stop, status] = std::from_chars(text.data() + 1, text.data() + end, index);
  if (end == 1 || status != std::errc() || stop != text.data() + end) return false;
  step.index = index;
  text.remove_prefix(end + 1);
  return true;
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

/// The value one step below `parent`, which may be made if `make` says so; null after a problem.
Json* descend(Json& parent, const PathStep& step, const Path& parent_path, const Path& path,
              bool make, Problems& problems) {
  if (step.index) {
    if (!parent.is_array()) {
      problems.add(parent_path, fmt::format("expected a list, got {}", found_text(parent)));
      return nullptr;
    }
    if (*step.index >= parent.size()) {
      problems.add(path, parent.empty() ? std::string("the list is empty")
                                        : fmt::format("expected an index of at most {}, got {}",
                                                      parent.size() - 1, *step.index));
      return nullptr;
    }
    return &parent[*step.index];
  }
  if (parent.is_array()) {
    problems.add(parent_path,
                 fmt::format("expected an index such as [0], got {}", in_quotes(step.key)));
    return nullptr;
  }
  if (!parent.is_object()) {
    const bool is_call = parent.is_string();
    problems.add(parent_path,
                 fmt::format("expected an object to set {} in, got {}", in_quotes(step.key),
                             found_text(parent)),
                 is_call ? "write it as an object with a \"type\", or set it as a whole" : "");
    return nullptr;
  }
  const auto member = parent.find(step.key);
  if (member != parent.end()) return &*member;
  if (make) return &parent[step.key];
  problems.add(path, "nothing there to set a part of", suggestion(step.key, keys_of(parent)));
  return nullptr;
}

}  // namespace

std::optional<std::vector<PathStep>> parse_path(std::string_view text) {
  if (find_invalid_utf8(text)) return std::nullopt;
  std::vector<PathStep> steps;
  while (!text.empty()) {
    PathStep step;
    if (text.front() == '[') {
      if (!take_bracket(text, step)) return std::nullopt;
    } else {
      if (!steps.empty()) {
        if (text.front() != '.') return std::nullopt;
        text.remove_prefix(1);
      }
      const std::size_t end = std::min(text.find_first_of(".[]\"\\ "), text.size());
      if (end == 0) return std::nullopt;
      step.key = text.substr(0, end);
      text.remove_prefix(end);
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

Path to_path(const std::vector<PathStep>& steps, std::size_t count) {
  Path path;
  for (std::size_t i = 0; i < std::min(count, steps.size()); ++i) {
    path = steps[i].index ? path[*steps[i].index] : path / steps[i].key;
  }
  return path;
}

void set_by_path(Json& root, std::string_view path, std::string_view value_text, Problems& problems,
                 const std::vector<std::string>& sections) {
  for (const std::string_view text : {path, value_text}) {
    if (find_invalid_utf8(text)) return problems.add(Path(), "not UTF-8: " + in_quotes(text));
  }
  const std::optional<std::vector<PathStep>> steps = parse_path(path);
  if (!steps || steps->empty()) {
    problems.add(Path(), fmt::format("expected a path such as \"nodes.app.replicas\", got {}",
                                     in_quotes(path)));
    return;
  }
  for (std::size_t i = 0; i < steps->size(); ++i) {
    if (has_control_character((*steps)[i].key)) {
      return problems.add(to_path(*steps, i + 1), "a name must not have control characters");
    }
  }
  Json value(std::string{value_text});
  if (Json::accept(value_text)) {
    Problems value_problems;
    std::optional<Json> parsed = read_json(value_text, value_problems);
    for (const Problem& problem : value_problems.sorted()) {
      problems.add(to_path(*steps), problem.to_text());
    }
    if (!parsed) return;
    value = std::move(*parsed);
  }
  // Made only once the whole way is known to be right.
  const PathStep& first = steps->front();
  if (root.is_object() && steps->size() == 2 && !first.index && !root.contains(first.key) &&
      !steps->back().index &&
      std::find(sections.begin(), sections.end(), first.key) != sections.end()) {
    root[first.key] = Json::object();
  }
  Json* target = &root;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const bool is_last = i + 1 == steps->size();
    target = descend(*target, (*steps)[i], to_path(*steps, i), to_path(*steps, i + 1), is_last,
                     problems);
    if (!target) return;
  }
  *target = std::move(value);
}

}  // namespace faultline::sim
