#include "sim/param/param.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/param/assert.hpp"
#include "sim/param/json_text.hpp"

namespace faultline::sim {

SchemaContext::SchemaContext() = default;
SchemaContext::~SchemaContext() = default;

void SchemaContext::reference(const std::string& name,
                              const std::function<void(SchemaContext&, Json&)>& make, Json& out) {
  const auto [entry, is_new] = definitions_.try_emplace(name);
  if (is_new) {
    entry->second = std::make_unique<Json>();
    Json definition;
    make(*this, definition);
    *definitions_[name] = std::move(definition);
  }
  out = Json{{"$ref", "#/$defs/" + name}};
}

std::string ParamRecord::range_text(const RangeWords& words) const {
  if (!options_.words.empty())
    return fmt::format(fmt::runtime(words.one_of), joined(options_.words));
  std::string text;
  const auto append = [&](std::string part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  const bool has_minimum = std::isfinite(options_.minimum);
  const bool has_maximum = std::isfinite(options_.maximum);
  if (has_minimum && has_maximum && !options_.minimum_exclusive && !options_.maximum_exclusive) {
    append(fmt::format(fmt::runtime(words.between), bound_text(options_.minimum),
                       bound_text(options_.maximum)));
  } else {
    if (has_minimum) {
      append(fmt::format(fmt::runtime(options_.minimum_exclusive ? words.above : words.at_least),
                         bound_text(options_.minimum)));
    }
    if (has_maximum) {
      append(fmt::format(fmt::runtime(options_.maximum_exclusive ? words.below : words.at_most),
                         bound_text(options_.maximum)));
    }
  }
  if (options_.items_min > 0) append(std::string(words.not_empty));
  return text;
}

const ParamRecord* ParamSet::find(std::string_view name) const {
  for (const auto& record : records_) {
    if (record->name() == name) return record.get();
  }
  return nullptr;
}

std::vector<std::string> ParamSet::names() const {
  std::vector<std::string> names;
  for (const auto& record : records_) names.push_back(record->name());
  return names;
}

ParamRecord& ParamSet::adopt(std::unique_ptr<ParamRecord> record) {
  const std::string& name = record->name();
  SIM_ASSERT(!name.empty());
  SIM_ASSERT(std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }));
  SIM_ASSERT(find(name) == nullptr);
  records_.push_back(std::move(record));
  return *records_.back();
}

void ParamSet::read(const Json& object, void* params, const Path& path, ReadContext& context,
                    const std::vector<std::string>& also_known) const {
  if (!object.is_object()) {
    context.problems.add(path, fmt::format("expected an object, got {}", found_text(object)));
    return;
  }
  for (const auto& [key, value] : object.items()) {
    if (const ParamRecord* record = find(key)) {
      record->read(value, params, path / key, context);
    } else if (std::find(also_known.begin(), also_known.end(), key) == also_known.end()) {
      std::vector<std::string> known = names();
      known.insert(known.end(), also_known.begin(), also_known.end());
      std::string hint = context.problems.full() ? std::string() : suggestion(key, known);
      context.problems.add(path / key, "unknown parameter", std::move(hint));
    }
  }
  for (const auto& record : records_) {
    if (record->options().required && !object.contains(record->name())) {
      context.problems.add(path / record->name(), "required parameter is missing",
                           fmt::format("{}: {}", record->type_text(), record->help()));
    }
  }
}

Json ParamSet::write(const void* params, const void* defaults) const {
  Json object = Json::object();
  for (const auto& record : records_) {
    Json value;
    record->write(params, value);
    if (record->options().required) {
      if (value.is_null()) continue;
    } else if (defaults) {
      Json unchanged;
      record->write(defaults, unchanged);
      if (value == unchanged) continue;
    }
    object[record->name()] = std::move(value);
  }
  return object;
}

Json ParamSet::schema_properties(SchemaContext& context, std::vector<std::string>& required,
                                 const void* defaults) const {
  Json properties = Json::object();
  for (const auto& record : records_) {
    Json schema;
    record->schema(context, schema);
    std::string description = record->help();
    const std::string range = record->range_text();
    if (!record->options().unit.empty()) description += ", in " + record->options().unit;
    if (!range.empty()) description += " (" + range + ")";
    schema["description"] = std::move(description);
    if (record->options().required) {
      required.push_back(record->name());
    } else if (defaults) {
      Json value;
      record->write(defaults, value);
      if (!value.is_null()) schema["default"] = std::move(value);
    }
    properties[record->name()] = std::move(schema);
  }
  return properties;
}

void ParamSet::collect_refs(const void* params, const Path& path,
                            std::vector<FoundRef>& out) const {
  for (const auto& record : records_) {
    record->collect_refs(params, path / record->name(), out);
  }
}

}  // namespace faultline::sim
