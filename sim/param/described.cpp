#include "sim/param/described.hpp"

#include <nlohmann/json.hpp>

namespace faultline::sim::detail {

void described_schema(const ParamSet& params, const void* defaults, SchemaContext& context,
                      Json& out) {
  std::vector<std::string> required;
  out = Json::object();
  out["type"] = "object";
  out["properties"] = params.schema_properties(context, required, defaults);
  out["additionalProperties"] = false;
  if (!required.empty()) out["required"] = required;
}

void write_described(const ParamSet& params, const void* value, const void* defaults, Json& out) {
  out = params.write(value, defaults);
}

}  // namespace faultline::sim::detail
