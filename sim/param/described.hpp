/// A struct with a `describe` is a parameter value too: an object in the file ("mix": [{"endpoint":
/// "search", "weight": 3}]).
#pragma once

#include <utility>

#include "sim/param/param.hpp"

namespace faultline::sim {

template <class T>
concept Described = requires(ParamList<T>& list) {
  T::describe(list);
};

namespace detail {

/// {"type": "object", "properties": ..., "required": ..., "additionalProperties": false}
void described_schema(const ParamSet& params, const void* defaults, SchemaContext& context,
                      Json& out);
void write_described(const ParamSet& params, const void* value, const void* defaults, Json& out);

}  // namespace detail

template <Described T>
struct ValueType<T> {
  static void read(const Json& json, T& out, const ParamOptions&, const Path& path,
                   ReadContext& context) {
    const std::size_t problems_before = context.problems.size();
    T value{};
    params_of<T>().read(json, &value, path, context);
    if constexpr (requires { T::check(value, path, context.problems); }) {
      if (context.problems.size() == problems_before) T::check(value, path, context.problems);
    }
    if (context.problems.size() == problems_before) out = std::move(value);
  }
  static void write(const T& value, Json& out) {
    const T defaults{};
    detail::write_described(params_of<T>(), &value, &defaults, out);
  }
  static void schema(const ParamOptions&, SchemaContext& context, Json& out) {
    const T defaults{};
    detail::described_schema(params_of<T>(), &defaults, context, out);
  }
  static std::string type_text(const ParamOptions&) { return "object"; }
  static const ParamSet& members() { return params_of<T>(); }
  static void collect_refs(const T& value, const ParamOptions&, const Path& path,
                           std::vector<FoundRef>& out) {
    params_of<T>().collect_refs(&value, path, out);
  }
};

}  // namespace faultline::sim
