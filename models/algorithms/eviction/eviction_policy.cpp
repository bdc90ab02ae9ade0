#include "models/algorithms/eviction/eviction_policy.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

namespace faultline::models {

CacheSlot CacheEntries::take(const CacheEntry& entry) {
  if (free_.empty()) {
    SIM_ASSERT(entries_.size() < no_slot);
    entries_.push_back(entry);
    return static_cast<CacheSlot>(entries_.size() - 1);
  }
  const CacheSlot slot = free_.back();
  free_.pop_back();
  entries_[slot] = entry;
  return slot;
}

}  // namespace faultline::models

namespace faultline::sim {

using models::EvictionPolicy;
using models::OfflineEvictionPolicy;

namespace {

/// The name of the type that `json` chooses in any of the three forms; empty if it is none of them.
std::string chosen_name(const Json& json) {
  if (json.is_object()) {
    const auto type = json.find("type");
    return type == json.end() || !type->is_string() ? std::string() : type->get<std::string>();
  }
  if (!json.is_string()) return {};
  const auto text = json.get<std::string>();
  return text.substr(0, text.find_first_of("( "));
}

}  // namespace

void ValueType<Choice<EvictionPolicy>>::read(const Json& json, Choice<EvictionPolicy>& out,
                                             const ParamOptions&, const Path& path,
                                             ReadContext& context) {
  if (!out && is_null(json)) return;
  const std::string name = chosen_name(json);
  if (TypeCatalogue::instance().find(OfflineEvictionPolicy::kind, name)) {
    context.problems.add(
        path,
        fmt::format("\"{}\" must know all future requests, which a running system does not", name),
        "it works on a recorded trace: faultline cache-trace FILE --policy " + name);
    return;
  }
  AnyChoice choice = read_choice(EvictionPolicy::kind, json, path, context);
  if (choice.type) out = Choice<EvictionPolicy>(std::move(choice));
}

void ValueType<Choice<EvictionPolicy>>::write(const Choice<EvictionPolicy>& value, Json& out) {
  write_choice(value.any(), out);
}

void ValueType<Choice<EvictionPolicy>>::schema(const ParamOptions&, SchemaContext& context,
                                               Json& out) {
  choice_schema(EvictionPolicy::kind, context, out);
}

std::string ValueType<Choice<EvictionPolicy>>::type_text(const ParamOptions&) {
  return std::string(EvictionPolicy::kind);
}

void ValueType<Choice<EvictionPolicy>>::collect_refs(const Choice<EvictionPolicy>& value,
                                                     const ParamOptions&, const Path& path,
                                                     std::vector<FoundRef>& out) {
  collect_choice_refs(value.any(), path, out);
}

}  // namespace faultline::sim
