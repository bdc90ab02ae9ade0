#include "sim/registry/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "sim/param/json_text.hpp"
#include "sim/registry/call.hpp"

namespace faultline::sim {
namespace {

const std::vector<std::string> type_key{"type"};

/// A value of the call notation as JSON.
Json argument_json(std::string_view value) {
  if (value.front() == '[') {
    Json list = Json::array();
    for (const std::string_view item : split_list(value)) list.push_back(argument_json(item));
    return list;
  }
  // Only what JSON has a word for: a quoted text, a number, true, false, null.
  Json json = Json::parse(value, nullptr, false);
  return json.is_discarded() ? Json(std::string(value)) : json;
}

/// Reading one choice.
class ChoiceReader {
 public:
  ChoiceReader(std::string_view kind, std::string_view bare_type, const Path& path,
               ReadContext& context)
      : kind_(kind), bare_type_(bare_type), path_(path), context_(context) {}

  AnyChoice read(const Json& json) {
    if (json.is_object()) return read_object(json);
    if (json.is_string()) return read_text(json);
    if (takes_bare(json)) return read_bare(json);
    return refuse(json);
  }

 private:
  AnyChoice read_object(const Json& json) {
    const auto type = json.find("type");
    if (type == json.end()) {
      context_.problems.add(
          path_, fmt::format("expected an object with a \"type\" that names the {}", kind_),
          known());
      return {};
    }
    if (!type->is_string()) {
      context_.problems.add(
          path_ / "type",
          fmt::format("expected the name of a type of {}, got {}", kind_, found_text(*type)),
          known());
      return {};
    }
    const auto& name = type->get_ref<const std::string&>();
    const TypeRecord* record = TypeCatalogue::instance().find(kind_, name);
    if (!record) return unknown(path_ / "type", name);
    return read_params(*record, json, type_key);
  }

  AnyChoice read_text(const Json& json) {
    const auto& text = json.get_ref<const std::string&>();
    std::string error;
    const std::optional<CallText> call = parse_call(text, error);
    if (!error.empty()) {
      context_.problems.add(path_, std::move(error));
      return {};
    }
    if (!call) return takes_bare(json) ? read_bare(json) : refuse(json);
    const TypeRecord* record = TypeCatalogue::instance().find(kind_, call->name);
    if (record) return read_call(*record, *call);
    // A word that is no type may still be what the bare type takes, such as the name of a node.
    const bool is_word = text.find('(') == std::string::npos;
    if (!is_word || !takes_bare(json)) return unknown(path_, call->name);
    Problems problems;
    ReadContext context{problems, context_.base_directory};
    AnyChoice choice = ChoiceReader(kind_, bare_type_, path_, context).read_bare(json);
    if (choice.type || closest(call->name, names()).empty()) {
      context_.problems.append(problems);
      return choice;
    }
    return unknown(path_, call->name);
  }

  /// Whether `json` can be the first parameter of the bare type.
  bool takes_bare(const Json& json) const {
    const TypeRecord* record = bare_record();
    if (!record || json.is_null()) return false;
    return !json.is_array() || record->params().records().front()->is_list();
  }

  const TypeRecord* bare_record() const {
    if (bare_type_.empty()) return nullptr;
    const TypeRecord* record = TypeCatalogue::instance().find(kind_, bare_type_);
    return record && !record->params().records().empty() ? record : nullptr;
  }

  AnyChoice read_bare(const Json& json) {
    const TypeRecord& record = *bare_record();
    const auto& records = record.params().records();
    const std::size_t problems_before = context_.problems.size();
    std::shared_ptr<void> params = record.make_params();
    records.front()->read(json, params.get(), path_, context_);
    for (const auto& other : records) {
      if (other == records.front() || !other->options().required) continue;
      context_.problems.add(path_ / other->name(), "required parameter is missing",
                            fmt::format("{}: {}", other->type_text(), other->help()));
    }
    return checked(record, std::move(params), problems_before);
  }

  AnyChoice read_call(const TypeRecord& record, const CallText& call) {
    const auto& records = record.params().records();
    const std::size_t problems_before = context_.problems.size();
    Json object = Json::object();
    std::size_t position = 0;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const CallArgument& argument = call.arguments[i];
      if (!argument.key.empty()) {
        add(object, argument.key, argument_json(argument.value));
        continue;
      }
      if (position == records.size()) {
        too_many(record, call);
        return {};
      }
      const ParamRecord& parameter = *records[position++];
      const bool is_last = position == records.size();
      Json value = argument_json(argument.value);
      if (is_last && parameter.is_list() && (!value.is_array() || positional_follows(call, i))) {
        value = Json::array({std::move(value)});
        while (positional_follows(call, i))
          value.push_back(argument_json(call.arguments[++i].value));
      }
      add(object, parameter.name(), std::move(value));
    }
    if (context_.problems.size() != problems_before) return {};
    return read_params(record, object, {});
  }

  static bool positional_follows(const CallText& call, std::size_t i) {
    return i + 1 < call.arguments.size() && call.arguments[i + 1].key.empty();
  }

  void add(Json& object, const std::string& key, Json value) {
    if (!object.emplace(key, std::move(value)).second) {
      context_.problems.add(path_ / key, "given twice");
    }
  }

  void too_many(const TypeRecord& record, const CallText& call) {
    const std::vector<std::string> parameters = record.params().names();
    const auto given =
        std::count_if(call.arguments.begin(), call.arguments.end(),
                      [](const CallArgument& argument) { return argument.key.empty(); });
    if (parameters.empty()) {
      context_.problems.add(path_,
                            fmt::format("{} takes no arguments, got {}", record.name(), given));
    } else {
      context_.problems.add(path_, fmt::format("{} takes at most {} ({}), got {}", record.name(),
                                               parameters.size() == 1
                                                   ? "1 argument"
                                                   : fmt::format("{} arguments", parameters.size()),
                                               joined(parameters), given));
    }
  }

  AnyChoice read_params(const TypeRecord& record, const Json& object,
                        const std::vector<std::string>& also_known) {
    const std::size_t problems_before = context_.problems.size();
    std::shared_ptr<void> params = record.make_params();
    record.params().read(object, params.get(), path_, context_, also_known);
    return checked(record, std::move(params), problems_before);
  }

  /// The choice, after the type's own check of parameters that are each right; nothing if there was
  /// a problem.
  AnyChoice checked(const TypeRecord& record, std::shared_ptr<void> params,
                    std::size_t problems_before) {
    if (context_.problems.size() == problems_before) {
      record.check(params.get(), path_, context_.problems);
    }
    if (context_.problems.size() != problems_before) return {};
    return {&record, std::move(params)};
  }

  AnyChoice unknown(const Path& path, std::string_view name) {
    context_.problems.add(path, fmt::format("unknown {} {}", kind_, in_quotes(name)),
                          suggestion(name, names()));
    return {};
  }

  AnyChoice refuse(const Json& json) {
    const std::string text = json.is_string() ? json.get<std::string>() : std::string();
    context_.problems.add(
        path_, fmt::format("expected the name of a type of {}, got {}", kind_, found_text(json)),
        suggestion(text, names()));
    return {};
  }

  std::vector<std::string> names() const { return TypeCatalogue::instance().names(kind_); }
  std::string known() const { return suggestion("", names()); }

  std::string_view kind_;
  std::string_view bare_type_;
  const Path& path_;
  ReadContext& context_;
};

/// `value` as an argument of a call, or nothing if it cannot stand there.
std::string argument_text(const Json& value) {
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (value.is_string() && is_plain_argument(value.get_ref<const std::string&>())) {
    return value.get<std::string>();
  }
  return {};
}

/// The call that stands for `object`, whose keys are parameters of `record`; empty if it takes an
/// object.
std::string call_text(const TypeRecord& record, const Json& object) {
  constexpr std::size_t arguments_max = 3;
  if (object.empty()) return record.name();
  if (object.size() > arguments_max) return {};
  std::string arguments;
  bool positional = true;
  for (const auto& parameter : record.params().records()) {
    const auto value = object.find(parameter->name());
    if (value == object.end()) {
      positional = false;
      continue;
    }
    const std::string text = argument_text(*value);
    if (text.empty()) return {};
    if (!arguments.empty()) arguments += ", ";
    if (!positional) arguments += parameter->name() + "=";
    arguments += text;
  }
  std::string call = fmt::format("{}({})", record.name(), arguments);
  std::string error;
  return parse_call(call, error) ? call : std::string();
}

/// The definition's name of a kind: a schema reference has no blanks.
std::string definition_name(std::string_view kind) {
  std::string name(kind);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

[[noreturn]] void stop(const std::string& message) {
  std::fputs((message + "\n").c_str(), stderr);
  std::abort();
}

}  // namespace

TypeCatalogue& TypeCatalogue::instance() {
  static TypeCatalogue catalogue;
  return catalogue;
}

void TypeCatalogue::add(const TypeRecord& record) {
  const std::string& name = record.name();
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (name.empty() || !is_letter(name.front()) ||
      !std::all_of(name.begin(), name.end(),
                   [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; })) {
    stop(fmt::format("the name {} of a type of {} is not in lower-case letters, digits and \"_\"",
                     in_quotes(name), record.kind()));
  }
  if (!kinds_[std::string(record.kind())].emplace(name, &record).second) {
    stop(fmt::format("two types of {} have the name {}", record.kind(), in_quotes(name)));
  }
}

const TypeRecord* TypeCatalogue::find(std::string_view kind, std::string_view name) const {
  const auto types = kinds_.find(kind);
  if (types == kinds_.end()) return nullptr;
  const auto type = types->second.find(name);
  return type == types->second.end() ? nullptr : type->second;
}

std::vector<std::string> TypeCatalogue::kinds() const {
  std::vector<std::string> kinds;
  for (const auto& [kind, types] : kinds_) kinds.push_back(kind);
  return kinds;
}

std::vector<const TypeRecord*> TypeCatalogue::types(std::string_view kind) const {
  std::vector<const TypeRecord*> records;
  if (const auto types = kinds_.find(kind); types != kinds_.end()) {
    for (const auto& [name, record] : types->second) records.push_back(record);
  }
  return records;
}

std::vector<std::string> TypeCatalogue::names(std::string_view kind) const {
  std::vector<std::string> names;
  for (const TypeRecord* record : types(kind)) names.push_back(record->name());
  return names;
}

AnyChoice read_choice(std::string_view kind, const Json& json, const Path& path,
                      ReadContext& context, std::string_view bare_type) {
  return ChoiceReader(kind, bare_type, path, context).read(json);
}

AnyChoice default_choice(std::string_view kind, std::string_view text, std::string_view bare_type) {
  Problems problems;
  ReadContext context{problems};
  AnyChoice choice = read_choice(kind, Json(std::string(text)), Path(), context, bare_type);
  if (!problems.empty()) {
    std::string message =
        fmt::format("a default of our own is wrong: {} {}", kind, in_quotes(text));
    for (const Problem& problem : problems.sorted()) message += "\n  " + problem.to_text();
    stop(message);
  }
  return choice;
}

void write_choice(const AnyChoice& choice, Json& out, std::string_view bare_type) {
  if (!choice.type) {
    out = nullptr;
    return;
  }
  const TypeRecord& record = *choice.type;
  const std::shared_ptr<void> defaults = record.make_params();
  Json object = record.params().write(choice.params.get(), defaults.get());
  const auto& records = record.params().records();
  if (record.name() == bare_type && object.size() == 1 &&
      object.begin().key() == records.front()->name()) {
    // A value alone, unless it would be read as the name of a type.
    Json value = *object.begin();
    Problems problems;
    ReadContext context{problems};
    const AnyChoice read_back = read_choice(record.kind(), value, Path(), context, bare_type);
    if (read_back.type == &record &&
        record.params().write(read_back.params.get(), defaults.get()) == object) {
      out = std::move(value);
      return;
    }
  }
  if (std::string call = call_text(record, object); !call.empty()) {
    out = std::move(call);
    return;
  }
  object["type"] = record.name();
  out = std::move(object);
}

void choice_schema(std::string_view kind, SchemaContext& context, Json& out,
                   std::string_view bare_type) {
  const auto make = [&](SchemaContext& inner, Json& schema) {
    const TypeCatalogue& catalogue = TypeCatalogue::instance();
    Json forms = Json::array();
    const std::string names = joined(catalogue.names(kind), "|");
    forms.push_back(Json{{"type", "string"},
                         {"pattern", fmt::format(R"(^\s*({})\s*(\([\s\S]*\)\s*)?$)", names)}});
    for (const TypeRecord* record : catalogue.types(kind)) {
      std::vector<std::string> required{"type"};
      const std::shared_ptr<void> defaults = record->make_params();
      Json properties = record->params().schema_properties(inner, required, defaults.get());
      properties["type"] = Json{{"const", record->name()}};
      forms.push_back(Json{{"type", "object"},
                           {"title", record->doc().title},
                           {"description", record->doc().summary},
                           {"properties", std::move(properties)},
                           {"required", required},
                           {"additionalProperties", false}});
    }
    if (const TypeRecord* bare = bare_type.empty() ? nullptr : catalogue.find(kind, bare_type);
        bare && !bare->params().records().empty()) {
      Json value;
      bare->params().records().front()->schema(inner, value);
      forms.push_back(std::move(value));
    }
    schema = Json{{"anyOf", std::move(forms)}};
  };
  context.reference(definition_name(kind), make, out);
}

void collect_choice_refs(const AnyChoice& choice, const Path& path, std::vector<FoundRef>& out) {
  if (choice.type) choice.type->params().collect_refs(choice.params.get(), path, out);
}

}  // namespace faultline::sim
