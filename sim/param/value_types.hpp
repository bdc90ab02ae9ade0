/// How each type of parameter value is read, written and described. Included by
/// sim/param/param.hpp; do not include alone.
///
///   bool, std::int64_t, double      a bare JSON value; 8.0 is a whole number, 8.5 is not
///   std::string                     text; with ParamOptions::words, one of these words
///   Duration, Bytes, Rate, ...      text with its unit
///   NodeRef                         text, the name of another node; null for none where there is
///   none without it std::optional<T>                a T or null std::vector<T>                  a
///   list of at most 1e6; std::vector<NodeRef> may be one bare name std::map<std::string, T> an
///   object with any keys, at most 1e6
#pragma once

#include "sim/param/param.hpp"

namespace faultline::sim {

/// What the types of a single value have in common; the specialisations below add their text.
template <class T>
struct ScalarType {
  static void read(const Json& json, T& out, const ParamOptions& options, const Path& path,
                   ReadContext& context);
  static void write(const T& value, Json& out);
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out);
  static std::string type_text(const ParamOptions& options);
  static void collect_refs(const T&, const ParamOptions&, const Path&, std::vector<FoundRef>&) {}
  static std::string bound_text(double bound);
  static ParamOptions initial_options();
};

template <>
struct ValueType<bool> : ScalarType<bool> {};
template <>
struct ValueType<std::int64_t> : ScalarType<std::int64_t> {};
template <>
struct ValueType<double> : ScalarType<double> {};
template <>
struct ValueType<std::string> : ScalarType<std::string> {};
template <>
struct ValueType<Duration> : ScalarType<Duration> {};
template <>
struct ValueType<Bytes> : ScalarType<Bytes> {};
template <>
struct ValueType<Rate> : ScalarType<Rate> {};
template <>
struct ValueType<Bandwidth> : ScalarType<Bandwidth> {};
template <>
struct ValueType<Probability> : ScalarType<Probability> {};
template <>
struct ValueType<NodeRef> : ScalarType<NodeRef> {
  static void collect_refs(const NodeRef& value, const ParamOptions& options, const Path& path,
                           std::vector<FoundRef>& out);
};

namespace detail {

void set_null(Json& out);
/// `{"anyOf": [SCHEMA, {"type": "null"}]}`.
void make_nullable(Json& schema);

/// Calls `each` for every element, in order, if `json` is a list of an allowed length. `bare_text`:
/// one text stands for a list of one.
void read_list(const Json& json, const ParamOptions& options, const Path& path,
               ReadContext& context, bool bare_text,
               const std::function<void(std::size_t count)>& start,
               const std::function<void(std::size_t index, const Json& element)>& each);
void write_list(std::size_t count, const std::function<void(std::size_t, Json&)>& each, Json& out);
/// Makes `schema`, that of an element, the schema of the list.
void make_list_schema(const ParamOptions& options, bool bare_text, Json& schema);

/// The same for an object with any keys.
void read_map(const Json& json, const ParamOptions& options, const Path& path, ReadContext& context,
              const std::function<void(const std::string& key, const Json& value)>& each);
void write_member(const std::string& key, const std::function<void(Json&)>& write, Json& object);
void make_object(Json& out);
void make_map_schema(const ParamOptions& options, Json& schema);

/// "reference" -> "references", "list of texts" -> "lists of texts".
std::string plural(const std::string& noun);

/// The options of an element: those of the list without its length.
ParamOptions element_options(const ParamOptions& options);

template <class T>
ParamOptions initial_options_of() {
  if constexpr (requires { ValueType<T>::initial_options(); })
    return ValueType<T>::initial_options();
  else
    return {};
}

template <class T>
std::string bound_text_of(double bound) {
  if constexpr (requires { ValueType<T>::bound_text(bound); })
    return ValueType<T>::bound_text(bound);
  else
    return number_text(bound);
}

}  // namespace detail

template <class T>
struct ValueType<std::optional<T>> {
  static void read(const Json& json, std::optional<T>& out, const ParamOptions& options,
                   const Path& path, ReadContext& context) {
    if (is_null(json)) {
      out.reset();
      return;
    }
    const std::size_t problems_before = context.problems.size();
    T value{};
    ValueType<T>::read(json, value, options, path, context);
    if (context.problems.size() == problems_before) out = std::move(value);
  }
  static void write(const std::optional<T>& value, Json& out) {
    if (value)
      ValueType<T>::write(*value, out);
    else
      detail::set_null(out);
  }
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out) {
    ValueType<T>::schema(options, context, out);
    detail::make_nullable(out);
  }
  static std::string type_text(const ParamOptions& options) {
    return ValueType<T>::type_text(options);
  }
  static void collect_refs(const std::optional<T>& value, const ParamOptions& options,
                           const Path& path, std::vector<FoundRef>& out) {
    if (value) ValueType<T>::collect_refs(*value, options, path, out);
  }
  static ParamOptions initial_options() { return detail::initial_options_of<T>(); }
  static std::string bound_text(double bound) { return detail::bound_text_of<T>(bound); }
};

template <class T>
struct ValueType<std::vector<T>> {
  static constexpr bool is_list = true;
  static constexpr bool bare_text = std::is_same_v<T, NodeRef>;

  static void read(const Json& json, std::vector<T>& out, const ParamOptions& options,
                   const Path& path, ReadContext& context) {
    const std::size_t problems_before = context.problems.size();
    const ParamOptions element = detail::element_options(options);
    std::vector<T> values;
    detail::read_list(
        json, options, path, context, bare_text, [&](std::size_t count) { values.reserve(count); },
        [&](std::size_t index, const Json& item) {
          T value{};
          ValueType<T>::read(item, value, element, path[index], context);
          values.push_back(std::move(value));
        });
    if (context.problems.size() == problems_before) out = std::move(values);
  }
  static void write(const std::vector<T>& values, Json& out) {
    detail::write_list(
        values.size(), [&](std::size_t i, Json& item) { ValueType<T>::write(values[i], item); },
        out);
  }
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out) {
    ValueType<T>::schema(detail::element_options(options), context, out);
    detail::make_list_schema(options, bare_text, out);
  }
  static std::string type_text(const ParamOptions& options) {
    return "list of " + detail::plural(ValueType<T>::type_text(detail::element_options(options)));
  }
  static void collect_refs(const std::vector<T>& values, const ParamOptions& options,
                           const Path& path, std::vector<FoundRef>& out) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      ValueType<T>::collect_refs(values[i], options, path[i], out);
    }
  }
  static ParamOptions initial_options() { return detail::initial_options_of<T>(); }
  static std::string bound_text(double bound) { return detail::bound_text_of<T>(bound); }
};

template <class T>
struct ValueType<std::map<std::string, T>> {
  static void read(const Json& json, std::map<std::string, T>& out, const ParamOptions& options,
                   const Path& path, ReadContext& context) {
    const std::size_t problems_before = context.problems.size();
    const ParamOptions element = detail::element_options(options);
    std::map<std::string, T> values;
    detail::read_map(json, options, path, context, [&](const std::string& key, const Json& item) {
      T value{};
      ValueType<T>::read(item, value, element, path / key, context);
      values.emplace(key, std::move(value));
    });
    if (context.problems.size() == problems_before) out = std::move(values);
  }
  static void write(const std::map<std::string, T>& values, Json& out) {
    detail::make_object(out);
    for (const auto& [key, value] : values) {
      const T& member = value;
      detail::write_member(
          key, [&](Json& item) { ValueType<T>::write(member, item); }, out);
    }
  }
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out) {
    ValueType<T>::schema(detail::element_options(options), context, out);
    detail::make_map_schema(options, out);
  }
  static std::string type_text(const ParamOptions& options) {
    return "map of names to " +
           detail::plural(ValueType<T>::type_text(detail::element_options(options)));
  }
  static void collect_refs(const std::map<std::string, T>& values, const ParamOptions& options,
                           const Path& path, std::vector<FoundRef>& out) {
    for (const auto& [key, value] : values) {
      ValueType<T>::collect_refs(value, options, path / key, out);
    }
  }
  static ParamOptions initial_options() { return detail::initial_options_of<T>(); }
  static std::string bound_text(double bound) { return detail::bound_text_of<T>(bound); }
};

}  // namespace faultline::sim
