#include "sim/scenario/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sim/param/units.hpp"
#include "sim/scenario/consistency_spec.hpp"

namespace faultline::sim {
namespace {

constexpr std::string_view claim_example = "\"requests.latency_seconds.p99 < 50ms\"";
constexpr std::string_view value_examples = "\"50ms\", \"99%\", \"64KiB\" or \"200/s\"";

constexpr std::array<std::pair<std::string_view, Comparison>, 6> operators{
    {{"<", Comparison::less},
     {"<=", Comparison::at_most},
     {">", Comparison::greater},
     {">=", Comparison::at_least},
     {"==", Comparison::equal},
     {"!=", Comparison::not_equal}}};

constexpr std::string_view consistency_prefix = "consistency.";
constexpr std::string_view strongest_path = "consistency.strongest";

/// The verdict of a check as a number, as the result has it.
std::optional<double> verdict_in(std::string_view word) {
  if (word == "holds") return 1;
  if (word == "violated") return 0;
  return std::nullopt;
}

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_operator_character(char c) { return c == '<' || c == '>' || c == '=' || c == '!'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// What a value counts, as far as its unit or its path tells.
enum class Dimension { unknown, duration, bytes, rate, bits_per_second, bytes_per_second, share };

struct Value {
  double number = 0;
  Dimension dimension = Dimension::unknown;
};

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<Value> parse_value(std::string_view text) {
  if (text == "true") return Value{1};
  if (text == "false") return Value{0};
  if (const auto number = parse_number(text)) return Value{*number};
  std::string error;
  if (const auto value = parse_duration(text, error)) {
    return Value{to_seconds(*value), Dimension::duration};
  }
  if (const auto value = parse_probability(text, error)) {
    return Value{value->value, Dimension::share};
  }
  if (const auto value = parse_bytes(text, error)) {
    return Value{static_cast<double>(value->count), Dimension::bytes};
  }
  if (const auto value = parse_rate(text, error)) {
    return Value{value->per_second, Dimension::rate};
  }
  if (const auto value = parse_bandwidth(text, error)) {
    return Value{value->bits_per_second, Dimension::bits_per_second};
  }
  return std::nullopt;
}

/// By the unit suffixes that the names of results carry.
Dimension dimension_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, Dimension>, 5> suffixes{
      {{"_bits_per_second", Dimension::bits_per_second},
       {"_bytes_per_second", Dimension::bytes_per_second},
       {"_per_second", Dimension::rate},
       {"_seconds", Dimension::duration},
       {"_bytes", Dimension::bytes}}};
  for (const auto& [suffix, dimension] : suffixes) {
    if (path.find(suffix) != std::string_view::npos) return dimension;
  }
  return Dimension::unknown;
}

std::string_view example_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::duration:
      return "a duration such as \"50ms\", or a number of seconds";
    case Dimension::bytes:
      return "a size such as \"64KiB\", or a number of bytes";
    case Dimension::bits_per_second:
      return "a bandwidth such as \"1Gbit/s\", or a number of bits a second";
    case Dimension::bytes_per_second:
      return "a bandwidth such as \"10MB/s\", or a number of bytes a second";
    default:
      return "a rate such as \"200/s\", or a number a second";
  }
}

/// Where the comparison stands in a claim.
struct Split {
  std::string_view path;
  std::string_view comparison;
  std::string_view rest;
};

/// The first comparison outside of quotes: a run of < > = !, or the words `between` and `within`.
std::optional<Split> split(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
      continue;
    }
    if (text[at] == '"') quoted = !quoted;
    if (quoted) continue;
    std::size_t length = 0;
    while (at + length < text.size() && is_operator_character(text[at + length])) ++length;
    for (const std::string_view word : {"between", "within"}) {
      const bool starts = at > 0 && is_space(text[at - 1]) && text.substr(at).starts_with(word);
      const std::size_t end = at + word.size();
      if (starts && (end == text.size() || is_space(text[end]))) length = word.size();
    }
    if (length > 0) {
      return Split{trimmed(text.substr(0, at)), text.substr(at, length),
                   trimmed(text.substr(at + length))};
    }
  }
  return std::nullopt;
}

/// The parts of `text` before and after the first ` word `.
std::optional<std::pair<std::string_view, std::string_view>> split_at_word(std::string_view text,
                                                                           std::string_view word) {
  for (std::size_t at = 1; at + word.size() < text.size(); ++at) {
    if (text.substr(at, word.size()) == word && is_space(text[at - 1]) &&
        is_space(text[at + word.size()])) {
      return std::pair{trimmed(text.substr(0, at)), trimmed(text.substr(at + word.size()))};
    }
  }
  return std::nullopt;
}

/// Reads one claim; the first thing wrong ends it.
class ClaimReader {
 public:
  ClaimReader(const Path& path, Problems& problems) : path_(path), problems_(problems) {}

  std::optional<Expectation> read(std::string_view text) {
    const auto parts = split(text);
    if (!parts) {
      return wrong(
          fmt::format("expected a claim such as {}, got {}", claim_example, in_quotes(text)));
    }
    if (parts->path.empty()) {
      return wrong(fmt::format("expected the path of a result before {}, got {}",
                               in_quotes(parts->comparison), in_quotes(text)));
    }
    Expectation claim{.claim = std::string(trimmed(text)), .path = std::string(parts->path)};
    if (parts->comparison == "between") return read_between(std::move(claim), parts->rest);
    if (parts->comparison == "within") return read_within(std::move(claim), parts->rest);
    const auto found = std::find_if(operators.begin(), operators.end(), [&](const auto& known) {
      return known.first == parts->comparison;
    });
    if (found == operators.end()) return wrong_operator(parts->comparison);
    claim.comparison = found->second;
    if (!read_value(claim, parts->rest, claim.value)) return std::nullopt;
    return claim;
  }

 private:
  std::nullopt_t wrong(std::string message, std::string hint = {}) {
    problems_.add(path_, std::move(message), std::move(hint));
    return std::nullopt;
  }

  std::nullopt_t wrong_operator(std::string_view comparison) {
    std::string_view meant;
    if (comparison == "=") meant = "==";
    if (comparison == "=<") meant = "<=";
    if (comparison == "=>") meant = ">=";
    if (comparison == "<>" || comparison == "!") meant = "!=";
    return wrong(fmt::format("expected one of <, <=, >, >=, ==, !=, between, within, got {}",
                             in_quotes(comparison)),
                 meant.empty() ? std::string() : fmt::format("did you mean \"{}\"?", meant));
  }

  bool read_value(const Expectation& claim, std::string_view text, double& out) {
    if (claim.path == strongest_path) return read_strength(claim, text, out);
    if (claim.path.starts_with(consistency_prefix)) {
      if (const auto verdict = verdict_in(text)) return out = *verdict, true;
    }
    auto value = parse_value(text);
    if (!value) {
      wrong(fmt::format("expected a number or a value with a unit such as {}, got {}",
                        value_examples, in_quotes(text)));
      return false;
    }
    const Dimension measured = dimension_of(claim.path);
    if (measured == Dimension::bytes_per_second && value->dimension == Dimension::bits_per_second) {
      value = Value{value->number / 8, Dimension::bytes_per_second};
    }
    if (measured != Dimension::unknown && value->dimension != Dimension::unknown &&
        value->dimension != measured) {
      wrong(fmt::format("{} is expected to be compared with {}, got {}", in_quotes(claim.path),
                        example_of(measured), in_quotes(text)));
      return false;
    }
    out = value->number;
    return true;
  }

  bool read_strength(const Expectation& claim, std::string_view text, double& out) {
    const int strength = strength_of(text);
    if (strength < 0) {
      wrong(fmt::format("{} is expected to be compared with a model, got {}", in_quotes(claim.path),
                        in_quotes(text)),
            "from weak to strong: none, session, pram, causal, sequential, linearizable");
      return false;
    }
    out = strength;
    return true;
  }

  std::optional<Expectation> read_between(Expectation claim, std::string_view rest) {
    claim.comparison = Comparison::between;
    const auto bounds = split_at_word(rest, "and");
    if (!bounds) {
      return wrong(fmt::format("expected two bounds such as \"between 0.6 and 0.8\", got {}",
                               in_quotes(rest)));
    }
    if (!read_value(claim, bounds->first, claim.value)) return std::nullopt;
    if (!read_value(claim, bounds->second, claim.value_max)) return std::nullopt;
    if (claim.value > claim.value_max) {
      return wrong(fmt::format("expected the smaller bound first, got {} and {}", bounds->first,
                               bounds->second));
    }
    return claim;
  }

  std::optional<Expectation> read_within(Expectation claim, std::string_view rest) {
    claim.comparison = Comparison::within;
    const auto parts = split_at_word(rest, "of");
    if (!parts) {
      return wrong(
          fmt::format("expected a tolerance and a value such as \"within 5% of 0.8\", got {}",
                      in_quotes(rest)));
    }
    std::string error;
    const auto tolerance = parse_probability(parts->first, error);
    if (!tolerance || tolerance->value < 0) {
      return wrong(
          fmt::format("expected a tolerance such as \"5%\", got {}", in_quotes(parts->first)));
    }
    claim.tolerance = tolerance->value;
    if (!read_value(claim, parts->second, claim.value)) return std::nullopt;
    if (claim.value == 0) {
      return wrong("a tolerance relative to 0 allows nothing", "write \"between -x and x\"");
    }
    return claim;
  }

  const Path& path_;
  Problems& problems_;
};

/// One step down: into which value, by what name, and what is left of the path.
struct Step {
  const Json* to;
  std::string_view name;
  std::string_view rest;
};

/// What is left of `path` after `taken` characters, if a name can end there.
std::optional<std::string_view> rest_after(std::string_view path, std::size_t taken) {
  if (taken == path.size()) return std::string_view();
  if (path[taken] == '[') return path.substr(taken);
  if (path[taken] != '.' || taken + 1 == path.size()) return std::nullopt;
  return path.substr(taken + 1);
}

/// Takes `["name"]` off the front of `path`.
std::optional<std::pair<std::string, std::string_view>> take_quoted(std::string_view path) {
  if (!path.starts_with("[\"")) return std::nullopt;
  std::size_t end = 2;
  while (end < path.size() && path[end] != '"') end += path[end] == '\\' ? 2 : 1;
  if (end + 1 >= path.size() || path[end + 1] != ']') return std::nullopt;
  const Json name = Json::parse(path.substr(1, end), nullptr, false);
  const auto rest = rest_after(path, end + 2);
  if (!name.is_string() || !rest) return std::nullopt;
  return std::pair{name.get<std::string>(), *rest};
}

/// Takes `[index]` off the front of `path`.
std::optional<std::pair<std::size_t, std::string_view>> take_index(std::string_view path) {
  if (!path.starts_with('[')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, status] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
  const auto taken = static_cast<std::size_t>(end - path.data());
  if (status != std::errc() || taken == path.size() || *end != ']') return std::nullopt;
  const auto rest = rest_after(path, taken + 1);
  return rest ? std::optional(std::pair{index, *rest}) : std::nullopt;
}

/// The "name" of an element of a list, or null.
const std::string* name_of(const Json& element) {
  if (!element.is_object()) return nullptr;
  const auto name = element.find("name");
  return name == element.end() ? nullptr : name->get_ptr<const std::string*>();
}

/// Calls `use(name, value)` for all that can be named below `at`.
template <class Use>
void for_each_name(const Json& at, const Use& use) {
  if (at.is_object()) {
    for (auto member = at.begin(); member != at.end(); ++member) use(member.key(), *member);
  } else if (at.is_array()) {
    for (const Json& element : at) {
      if (const std::string* name = name_of(element)) use(*name, element);
    }
  }
}

/// All steps that the front of `path` can mean at `at`, the longest names first.
std::vector<Step> steps_from(const Json& at, std::string_view path) {
  std::vector<Step> steps;
  if (const auto index = take_index(path); index && at.is_array() && index->first < at.size()) {
    steps.push_back({&at[index->first], {}, index->second});
  }
  const auto quoted = take_quoted(path);
  for_each_name(at, [&](const std::string& name, const Json& value) {
    if (quoted && name == quoted->first) steps.push_back({&value, name, quoted->second});
    if (name.empty() || !path.starts_with(name)) return;
    if (const auto rest = rest_after(path, name.size())) steps.push_back({&value, name, *rest});
  });
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.name.size() > b.name.size(); });
  return steps;
}

const Json* find_below(const Json& at, std::string_view path) {
  if (path.empty()) return &at;
  for (const Step& step : steps_from(at, path)) {
    if (const Json* found = find_below(*step.to, step.rest)) return found;
  }
  return nullptr;
}

/// Number, flag or word of consistency as a number; NaN for what was not measured; nothing for all
/// else.
std::optional<double> number_in(const Json& json) {
  if (const auto* word = json.get_ptr<const std::string*>()) {
    if (const int strength = strength_of(*word); strength >= 0) return strength;
    if (*word == "unknown") return std::numeric_limits<double>::quiet_NaN();
    return verdict_in(*word);
  }
  if (json.is_boolean()) return json.get<bool>() ? 1 : 0;
  if (json.is_number()) return json.get<double>();
  if (json.is_null()) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

/// The path written so far and a name, as a person would write it.
std::string joined_path(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

constexpr std::string_view nodes_key = "nodes";
constexpr std::string_view groups_key = "groups";

/// Follows a wrong path and puts a near name in the place of each that is not there.
class PathCorrector {
 public:
  explicit PathCorrector(const Json& result) : result_(result) {}

  std::string suggest(std::string_view path) {
    const Json* at = &result_;
    while (!path.empty()) {
      const auto steps = steps_from(*at, path);
      if (!steps.empty()) {
        at = take(steps[0], path);
        continue;
      }
      const Json* near = correct(*at, path);
      if (!near) return known_at(*at);
      at = near;
    }
    if (!number_in(*at)) return known_at(*at);
    return fmt::format("did you mean {}?", in_quotes(written_));
  }

 private:
  const Json* take(const Step& step, std::string_view& path) {
    const std::string_view taken = path.substr(0, path.size() - step.rest.size());
    if (step.name.empty()) {  // An index: as written, without the dot behind it.
      written_ += taken.ends_with('.') ? taken.substr(0, taken.size() - 1) : taken;
    } else {
      written_ = joined_path(written_, step.name);
    }
    path = step.rest;
    return step.to;
  }

  /// Takes the first name off `path` and goes where the nearest name there is leads; null if none
  /// is near.
  const Json* correct(const Json& at, std::string_view& path) {
    const auto names = names_at(at);
    // A name may hold brackets, so it may end at a dot or before them.
    for (const std::size_t end : {path.find('.'), path.find_first_of(".[")}) {
      const std::string near = closest(path.substr(0, end), names);
      if (near.empty()) continue;
      const Json* to = value_of(at, near);
      written_ = joined_path(written_, near);
      path.remove_prefix(std::min(end, path.size()));
      if (path.starts_with('.')) path.remove_prefix(1);
      return to;
    }
    return nullptr;
  }

  /// The names below `at`; below `nodes` those of the groups too.
  std::vector<std::string> names_at(const Json& at) const {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name, const Json&) { names.push_back(name); };
    for_each_name(at, add);
    if (is_nodes(at)) {
      if (const Json* groups = find_below(result_, groups_key)) for_each_name(*groups, add);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  const Json* value_of(const Json& at, const std::string& wanted) const {
    const Json* found = nullptr;
    const auto look = [&](const std::string& name, const Json& value) {
      if (!found && name == wanted) found = &value;
    };
    for_each_name(at, look);
    if (!found && is_nodes(at)) for_each_name(*find_below(result_, groups_key), look);
    return found;
  }

  bool is_nodes(const Json& at) const { return &at == find_below(result_, nodes_key); }

  std::string known_at(const Json& at) const {
    const auto names = names_at(at);
    if (names.empty() && at.is_array() && !at.empty()) {
      return fmt::format("{} is a list of {}: give an index, {}[0]", in_quotes(written_), at.size(),
                         written_);
    }
    if (names.empty() || names.size() > names_max) return {};
    return written_.empty() ? fmt::format("known: {}", joined(names))
                            : fmt::format("known at {}: {}", in_quotes(written_), joined(names));
  }

  static constexpr std::size_t names_max = 30;

  const Json& result_;
  std::string written_;  ///< The path so far, corrected.
};

bool holds(const Expectation& claim, double value) {
  if (std::isnan(value)) return false;
  switch (claim.comparison) {
    case Comparison::less:
      return value < claim.value;
    case Comparison::at_most:
      return value <= claim.value;
    case Comparison::greater:
      return value > claim.value;
    case Comparison::at_least:
      return value >= claim.value;
    case Comparison::equal:
      return value == claim.value;
    case Comparison::not_equal:
      return value != claim.value;
    case Comparison::between:
      return value >= claim.value && value <= claim.value_max;
    case Comparison::within:
      return std::fabs(value - claim.value) <= claim.tolerance * std::fabs(claim.value);
  }
  return false;
}

}  // namespace

std::optional<Expectation> parse_expectation(std::string_view text, const Path& path,
                                             Problems& problems) {
  return ClaimReader(path, problems).read(text);
}

const Json* find_in_result(const Json& result, std::string_view path) {
  if (path.empty()) return nullptr;
  if (const Json* found = find_below(result, path)) return found;
  if (!path.starts_with(nodes_key)) return nullptr;
  return find_below(result, std::string(groups_key) + std::string(path.substr(nodes_key.size())));
}

std::string suggest_in_result(const Json& result, std::string_view path) {
  return PathCorrector(result).suggest(path);
}

ExpectationResult evaluate(const Expectation& expectation, const Json& result) {
  const Json* json = find_in_result(result, expectation.path);
  const auto value = json ? number_in(*json) : std::nullopt;
  if (!value) {
    return {.claim = expectation.claim,
            .held = false,
            .found = false,
            .hint = suggest_in_result(result, expectation.path)};
  }
  ExpectationResult outcome{
      .claim = expectation.claim, .value = *value, .held = holds(expectation, *value)};
  if (const auto* word = json->get_ptr<const std::string*>()) outcome.word = *word;
  return outcome;
}

}  // namespace faultline::sim
