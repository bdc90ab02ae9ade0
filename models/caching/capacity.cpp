#include "models/caching/capacity.hpp"

#include <nlohmann/json.hpp>

namespace faultline::sim {

using models::CacheCapacity;

namespace {

/// Room for the tables of a cache; a larger one is a slip of the pen.
constexpr double entries_max = 1e9;

}  // namespace

void ValueType<CacheCapacity>::read(const Json& json, CacheCapacity& out,
                                    const ParamOptions& options, const Path& path,
                                    ReadContext& context) {
  ParamOptions bounds = options;
  bounds.minimum = 1;
  const std::size_t problems_before = context.problems.size();
  if (json.is_string()) {
    Bytes bytes{};
    ValueType<Bytes>::read(json, bytes, bounds, path, context);
    if (context.problems.size() == problems_before) out = {bytes.count, CacheCapacity::Unit::bytes};
    return;
  }
  bounds.maximum = entries_max;
  std::int64_t entries = 0;
  ValueType<std::int64_t>::read(json, entries, bounds, path, context);
  if (context.problems.size() == problems_before) out = {entries, CacheCapacity::Unit::entries};
}

void ValueType<CacheCapacity>::write(const CacheCapacity& value, Json& out) {
  if (value.unit == CacheCapacity::Unit::bytes) {
    out = to_text(Bytes{value.amount});
  } else {
    out = value.amount;
  }
}

void ValueType<CacheCapacity>::schema(const ParamOptions& options, SchemaContext& context,
                                      Json& out) {
  ParamOptions bounds = options;
  bounds.minimum = 1;
  Json bytes;
  ValueType<Bytes>::schema(bounds, context, bytes);
  bounds.maximum = entries_max;
  Json entries;
  ValueType<std::int64_t>::schema(bounds, context, entries);
  out = {{"anyOf", {entries, bytes}}};
}

}  // namespace faultline::sim
