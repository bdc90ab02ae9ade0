#include "sim/param/value_types.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/param/json_text.hpp"

namespace faultline::sim {
namespace {

constexpr std::size_t items_max = 1'000'000;
constexpr std::string_view number_pattern = R"([0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)";

/// Whether `base`, in base units, keeps the bounds; else a problem.
bool in_range(double base, const std::string& found, std::string (*bound_text)(double),
              const ParamOptions& options, const Path& path, ReadContext& context) {
  const auto refuse = [&](std::string_view relation, double bound) {
    context.problems.add(path,
                         fmt::format("expected {} {}, got {}", relation, bound_text(bound), found));
    return false;
  };
  if (options.minimum_exclusive ? base <= options.minimum : base < options.minimum) {
    return refuse(options.minimum_exclusive ? "more than" : "at least", options.minimum);
  }
  if (options.maximum_exclusive ? base >= options.maximum : base > options.maximum) {
    return refuse(options.maximum_exclusive ? "less than" : "at most", options.maximum);
  }
  return true;
}

/// A number as a schema should show it: 1 rather than 1.0.
Json plain_number(double value) {
  constexpr double exact = 0x1p53;
  if (std::abs(value) > exact || std::trunc(value) != value) return value;
  return static_cast<std::int64_t>(value);
}

void schema_bounds(const ParamOptions& options, Json& out) {
  if (std::isfinite(options.minimum)) {
    out[options.minimum_exclusive ? "exclusiveMinimum" : "minimum"] = plain_number(options.minimum);
  }
  if (std::isfinite(options.maximum)) {
    out[options.maximum_exclusive ? "exclusiveMaximum" : "maximum"] = plain_number(options.maximum);
  }
}

/// How a type with a dimension is read and written.
template <class T>
struct Dimensional;

template <>
struct Dimensional<Duration> {
  static constexpr std::string_view noun = "duration";
  static constexpr std::string_view units = "(ns|us|ms|s|min|h|d)";
  static constexpr auto parse = parse_duration;
  static double base(Duration value) { return static_cast<double>(value.count()); }
  static Duration from_base(double base) {
    if (base >= 0x1p63) return Duration::max();
    if (base < -0x1p63) return Duration::min();
    return Duration(static_cast<std::int64_t>(base));
  }
};
template <>
struct Dimensional<Bytes> {
  static constexpr std::string_view noun = "size";
  static constexpr std::string_view units = "([kMGT]?B|[KMGT]iB)";
  static constexpr auto parse = parse_bytes;
  static double base(Bytes value) { return static_cast<double>(value.count); }
  static Bytes from_base(double base) { return {Dimensional<Duration>::from_base(base).count()}; }
};
template <>
struct Dimensional<Rate> {
  static constexpr std::string_view noun = "rate";
  static constexpr std::string_view units = "/(s|min|h|d)";
  static constexpr auto parse = parse_rate;
  static double base(Rate value) { return value.per_second; }
  static Rate from_base(double base) { return {base}; }
};
template <>
struct Dimensional<Bandwidth> {
  static constexpr std::string_view noun = "bandwidth";
  static constexpr std::string_view units = "([kMGT]?bit|[kMG]?B|[KMG]iB)/s";
  static constexpr auto parse = parse_bandwidth;
  static double base(Bandwidth value) { return value.bits_per_second; }
  static Bandwidth from_base(double base) { return {base}; }
};
template <>
struct Dimensional<Probability> {
  static constexpr std::string_view noun = "share";
  static constexpr std::string_view units = "%";
  static constexpr auto parse = parse_probability;
  static double base(Probability value) { return value.value; }
  static Probability from_base(double base) { return {base}; }
};

/// What each family of types does, chosen by overload or by `requires`.
template <class T>
concept HasDimension = requires {
  Dimensional<T>::noun;
};

template <class T>
std::string bound_of(double bound) {
  if constexpr (HasDimension<T>)
    return to_text(Dimensional<T>::from_base(bound));
  else
    return number_text(bound);
}

template <HasDimension T>
void read_value(const Json& json, T& out, const ParamOptions& options, const Path& path,
                ReadContext& context) {
  std::string error;
  if (!json.is_string()) {
    Dimensional<T>::parse("", error);
    // The parser's own sentence, about what stands here in place of a text.
    error.replace(error.rfind("\"\""), 2, found_text(json));
    context.problems.add(path, std::move(error));
    return;
  }
  const auto& text = json.get_ref<const std::string&>();
  const auto value = Dimensional<T>::parse(text, error);
  if (!value) {
    context.problems.add(path, std::move(error));
    return;
  }
  if (in_range(Dimensional<T>::base(*value), text, bound_of<T>, options, path, context))
    out = *value;
}

template <HasDimension T>
void write_value(const T& value, Json& out) {
  out = to_text(value);
}

template <HasDimension T>
void make_schema(const ParamOptions& options, Json& out, const T&) {
  const std::string_view sign = options.minimum >= 0 ? "" : "-?";
  out = Json{{"type", "string"},
             {"pattern", fmt::format("^{}{} ?{}$", sign, number_pattern, Dimensional<T>::units)}};
}

void expected(std::string_view what, const Json& json, const Path& path, ReadContext& context,
              std::string hint = {}) {
  context.problems.add(path, fmt::format("expected {}, got {}", what, found_text(json)),
                       std::move(hint));
}

/// A hint for a number or truth value in quotes, if `json` is one.
std::string without_quotes(const Json& json) {
  if (!json.is_string()) return {};
  const Json inner = Json::parse(json.get_ref<const std::string&>(), nullptr, false);
  return inner.is_number() || inner.is_boolean() ? "write it without quotes" : "";
}

void read_value(const Json& json, bool& out, const ParamOptions&, const Path& path,
                ReadContext& context) {
  if (json.is_boolean())
    out = json.get<bool>();
  else
    expected("true or false", json, path, context, without_quotes(json));
}

void read_value(const Json& json, std::int64_t& out, const ParamOptions& options, const Path& path,
                ReadContext& context) {
  const auto refuse = [&] {
    expected(
        options.unit.empty() ? "a whole number" : fmt::format("a whole number of {}", options.unit),
        json, path, context, without_quotes(json));
  };
  using Limits = std::numeric_limits<std::int64_t>;
  const auto too_far = [&](double real, const std::string& found, bool is_above) {
    if (!in_range(real, found, number_text, options, path, context)) return;
    context.problems.add(
        path, is_above ? fmt::format("expected at most {}, got {}", Limits::max(), found)
                       : fmt::format("expected at least {}, got {}", Limits::min(), found));
  };
  if (!json.is_number()) return refuse();
  std::int64_t value = 0;
  if (json.is_number_float()) {
    const double real = json.get<double>();
    if (std::trunc(real) != real) return refuse();
    if (real >= 0x1p63 || real < -0x1p63) return too_far(real, number_text(real), real > 0);
    value = static_cast<std::int64_t>(real);
  } else if (json.is_number_unsigned() &&
             json.get<std::uint64_t>() > static_cast<std::uint64_t>(Limits::max())) {
    const std::uint64_t large = json.get<std::uint64_t>();
    return too_far(static_cast<double>(large), fmt::format("{}", large), true);
  } else {
    value = json.get<std::int64_t>();
  }
  if (in_range(static_cast<double>(value), fmt::format("{}", value), number_text, options, path,
               context)) {
    out = value;
  }
}

void read_value(const Json& json, double& out, const ParamOptions& options, const Path& path,
                ReadContext& context) {
  if (!json.is_number()) return expected("a number", json, path, context, without_quotes(json));
  const double value = json.get<double>();
  if (in_range(value, found_text(json), number_text, options, path, context)) out = value;
}

void read_value(const Json& json, std::string& out, const ParamOptions& options, const Path& path,
                ReadContext& context) {
  if (!options.words.empty()) {
    const std::string what = fmt::format("one of {}", joined(options.words));
    if (!json.is_string()) return expected(what, json, path, context);
    const auto& text = json.get_ref<const std::string&>();
    for (const std::string& word : options.words) {
      if (word == text) {
        out = text;
        return;
      }
    }
    const std::string near = closest(text, options.words);
    return expected(what, json, path, context,
                    near.empty() ? "" : fmt::format("did you mean {}?", in_quotes(near)));
  }
  if (!json.is_string()) {
    return expected("a text", json, path, context,
                    json.is_number() || json.is_boolean() ? "write it in quotes" : "");
  }
  const auto& text = json.get_ref<const std::string&>();
  if (text.size() < options.items_min)
    return expected("a text that is not empty", json, path, context);
  out = text;
}

void read_value(const Json& json, NodeRef& out, const ParamOptions& options, const Path& path,
                ReadContext& context) {
  if (json.is_null() && out.name.empty() && !options.required) return;
  if (!json.is_string() || json.get_ref<const std::string&>().empty()) {
    return expected("the name of a node", json, path, context);
  }
  out.name = json.get_ref<const std::string&>();
  out.role = options.role;
}

template <class T>
void write_value(const T& value, Json& out) {
  out = value;
}

void write_value(const NodeRef& value, Json& out) {
  if (value.name.empty())
    out = nullptr;
  else
    out = value.name;
}

void make_schema(const ParamOptions&, Json& out, bool) { out = Json{{"type", "boolean"}}; }

void make_schema(const ParamOptions& options, Json& out, std::int64_t) {
  out = Json{{"type", "integer"}};
  schema_bounds(options, out);
}

void make_schema(const ParamOptions& options, Json& out, double) {
  out = Json{{"type", "number"}};
  schema_bounds(options, out);
}

void make_schema(const ParamOptions& options, Json& out, const std::string&) {
  out = Json{{"type", "string"}};
  if (!options.words.empty())
    out["enum"] = options.words;
  else if (options.items_min > 0)
    out["minLength"] = options.items_min;
}

void make_schema(const ParamOptions&, Json& out, const NodeRef&) {
  out = Json{{"type", "string"}, {"minLength", 1}};
}

template <class T>
std::string noun_of(const ParamOptions& options) {
  if constexpr (HasDimension<T>)
    return std::string(Dimensional<T>::noun);
  else if constexpr (std::is_same_v<T, bool>)
    return "true or false";
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return "whole number";
  else if constexpr (std::is_same_v<T, double>)
    return "number";
  else if constexpr (std::is_same_v<T, NodeRef>)
    return "reference";
  else
    return options.words.empty() ? "text" : "word";
}

}  // namespace

std::string found_text(const Json& json) {
  switch (json.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return in_quotes(json.get_ref<const std::string&>());
    default:
      return json.dump();
  }
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (value == 0) return "0";
  char buffer[64];
  // Whole numbers of a usual size stand without an exponent.
  const bool plain = std::abs(value) < 1e15 && std::trunc(value) == value;
  const auto written =
      plain ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
            : std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, written.ptr);
}

bool is_null(const Json& json) { return json.is_null(); }

template <class T>
void ScalarType<T>::read(const Json& json, T& out, const ParamOptions& options, const Path& path,
                         ReadContext& context) {
  read_value(json, out, options, path, context);
}

template <class T>
void ScalarType<T>::write(const T& value, Json& out) {
  write_value(value, out);
}

template <class T>
void ScalarType<T>::schema(const ParamOptions& options, SchemaContext&, Json& out) {
  make_schema(options, out, T{});
}

template <class T>
std::string ScalarType<T>::type_text(const ParamOptions& options) {
  return noun_of<T>(options);
}

template <class T>
std::string ScalarType<T>::bound_text(double bound) {
  return bound_of<T>(bound);
}

template <class T>
ParamOptions ScalarType<T>::initial_options() {
  ParamOptions options;
  if constexpr (std::is_same_v<T, Probability>) {
    options.minimum = 0;
    options.maximum = 1;
  }
  return options;
}

template struct ScalarType<bool>;
template struct ScalarType<std::int64_t>;
template struct ScalarType<double>;
template struct ScalarType<std::string>;
template struct ScalarType<Duration>;
template struct ScalarType<Bytes>;
template struct ScalarType<Rate>;
template struct ScalarType<Bandwidth>;
template struct ScalarType<Probability>;
template struct ScalarType<NodeRef>;

void ValueType<NodeRef>::collect_refs(const NodeRef& value, const ParamOptions& options,
                                      const Path& path, std::vector<FoundRef>& out) {
  if (!value.name.empty()) out.push_back({path, value.name, options.role});
}

namespace detail {

void set_null(Json& out) { out = nullptr; }

void make_nullable(Json& schema) {
  Json inner = std::move(schema);
  schema = Json{{"anyOf", Json::array({std::move(inner), Json{{"type", "null"}}})}};
}

namespace {

/// Whether a list or a map may have `count` members; else a problem.
bool allowed_count(std::size_t count, const ParamOptions& options, const Path& path,
                   ReadContext& context) {
  if (count < options.items_min) {
    context.problems.add(
        path, fmt::format("expected at least {}, got {}",
                          options.items_min == 1 ? "one entry"
                                                 : fmt::format("{} entries", options.items_min),
                          count == 0 ? "none" : fmt::format("{}", count)));
    return false;
  }
  if (count > items_max) {
    context.problems.add(path,
                         fmt::format("expected at most {} entries, got {}", items_max, count));
    return false;
  }
  return true;
}

}  // namespace

void read_list(const Json& json, const ParamOptions& options, const Path& path,
               ReadContext& context, bool bare_text,
               const std::function<void(std::size_t count)>& start,
               const std::function<void(std::size_t index, const Json& element)>& each) {
  if (bare_text && json.is_string()) {
    start(1);
    each(0, json);
    return;
  }
  if (!json.is_array()) return expected("a list", json, path, context);
  if (!allowed_count(json.size(), options, path, context)) return;
  start(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) each(i, json[i]);
}

void write_list(std::size_t count, const std::function<void(std::size_t, Json&)>& each, Json& out) {
  out = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    Json item;
    each(i, item);
    out.push_back(std::move(item));
  }
}

void make_list_schema(const ParamOptions& options, bool bare_text, Json& schema) {
  Json item = std::move(schema);
  Json list{{"type", "array"}, {"items", item}, {"maxItems", items_max}};
  if (options.items_min > 0) list["minItems"] = options.items_min;
  if (bare_text)
    schema = Json{{"anyOf", Json::array({std::move(item), std::move(list)})}};
  else
    schema = std::move(list);
}

void read_map(const Json& json, const ParamOptions& options, const Path& path, ReadContext& context,
              const std::function<void(const std::string& key, const Json& value)>& each) {
  if (!json.is_object()) return expected("an object", json, path, context);
  if (!allowed_count(json.size(), options, path, context)) return;
  for (const auto& [key, value] : json.items()) each(key, value);
}

void write_member(const std::string& key, const std::function<void(Json&)>& write, Json& object) {
  write(object[key]);
}

void make_object(Json& out) { out = Json::object(); }

void make_map_schema(const ParamOptions& options, Json& schema) {
  Json value = std::move(schema);
  schema = Json{
      {"type", "object"}, {"additionalProperties", std::move(value)}, {"maxProperties", items_max}};
  if (options.items_min > 0) schema["minProperties"] = options.items_min;
}

std::string plural(const std::string& noun) {
  constexpr std::string_view list = "list of ";
  if (noun.starts_with(list)) return "lists of " + noun.substr(list.size());
  if (noun.starts_with("map of ")) return "maps of " + noun.substr(7);
  if (noun == "true or false") return noun;
  if (noun.ends_with("cy") || noun.ends_with("ty") || noun.ends_with("ry")) {
    return noun.substr(0, noun.size() - 1) + "ies";
  }
  if (noun.ends_with("s")) return noun + "es";
  return noun + "s";
}

ParamOptions element_options(const ParamOptions& options) {
  ParamOptions element = options;
  element.items_min = 0;
  element.required = false;
  return element;
}

}  // namespace detail
}  // namespace faultline::sim
