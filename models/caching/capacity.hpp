/// How much a cache holds, as a parameter: a bare number counts entries, a size ("64MiB") counts
/// bytes.
#pragma once

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "sim/param/param.hpp"

namespace faultline::sim {

template <>
struct ValueType<models::CacheCapacity> {
  static void read(const Json& json, models::CacheCapacity& out, const ParamOptions& options,
                   const Path& path, ReadContext& context);
  static void write(const models::CacheCapacity& value, Json& out);
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out);
  static std::string type_text(const ParamOptions&) { return "count or size"; }
  static void collect_refs(const models::CacheCapacity&, const ParamOptions&, const Path&,
                           std::vector<FoundRef>&) {}
};

}  // namespace faultline::sim
