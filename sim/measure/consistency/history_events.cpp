#include "sim/measure/consistency/history_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/param/json_text.hpp"

namespace faultline::sim::consistency {

namespace {

enum class Type : std::uint8_t { invoke, ok, fail, info };

constexpr std::size_t events_max = 40'000'000;

std::optional<Type> type_of(std::string_view word) {
  if (word == "invoke") return Type::invoke;
  if (word == "ok") return Type::ok;
  if (word == "fail") return Type::fail;
  if (word == "info") return Type::info;
  return std::nullopt;
}

/// The functions by the names that are in use.
std::optional<Kind> known_kind(std::string_view function) {
  static const std::map<std::string_view, Kind> kinds{{"read", Kind::read},
                                                      {"get", Kind::read},
                                                      {"r", Kind::read},
                                                      {"write", Kind::write},
                                                      {"put", Kind::write},
                                                      {"set", Kind::write},
                                                      {"w", Kind::write},
                                                      {"cas", Kind::cas},
                                                      {"add", Kind::add},
                                                      {"inc", Kind::add},
                                                      {"increment", Kind::add},
                                                      {"dec", Kind::add},
                                                      {"decrement", Kind::add},
                                                      {"append", Kind::append},
                                                      {"enqueue", Kind::enqueue},
                                                      {"dequeue", Kind::dequeue},
                                                      {"drain", Kind::dequeue},
                                                      {"transfer", Kind::transfer},
                                                      {"compare-and-set", Kind::cas}};
  const auto found = kinds.find(function);
  if (found == kinds.end()) return std::nullopt;
  return found->second;
}

/// A key of a map: whole numbers are numbers.
Value key_value(const std::string& text, ValueTable& values) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool is_plain = read.ec == std::errc() && read.ptr == end && is_number(number) &&
                        std::to_string(number) == text;
  return is_plain ? number : values.text(text);
}

std::string text_of_key(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace

Path line_path(std::size_t line) { return Path(fmt::format("line {}", line)); }

Value value_of(const Json& json, ValueTable& values) {
  if (json.is_null()) return nil;
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(number_max)) return static_cast<Value>(number);
  } else if (json.is_number_integer()) {
    const auto number = json.get<std::int64_t>();
    if (is_number(number)) return number;
  }
  if (json.is_string()) return values.text(json.get_ref<const std::string&>());
  if (json.is_array()) {
    std::vector<Value> elements;
    for (const Json& element : json) elements.push_back(value_of(element, values));
    return values.list(elements);
  }
  if (json.is_object()) {
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& [key, entry] : json.items()) {
      entries.emplace_back(key_value(key, values), value_of(entry, values));
    }
    std::sort(entries.begin(), entries.end());
    std::vector<Value> flat;
    for (const auto& [key, entry] : entries) {
      flat.push_back(key);
      flat.push_back(entry);
    }
    return values.map(flat);
  }
  return values.text(json.dump());
}

void value_to_json(Value value, const ValueTable& values, Json& json) {
  switch (values.kind(value)) {
    case ValueTable::Kind::nothing:
      json = nullptr;
      return;
    case ValueTable::Kind::number:
      json = value;
      return;
    case ValueTable::Kind::text:
      json = values.text_of(value);
      return;
    case ValueTable::Kind::list:
      json = Json::array();
      for (const Value element : values.elements_of(value)) {
        json.emplace_back();
        value_to_json(element, values, json.back());
      }
      return;
    case ValueTable::Kind::map: {
      json = Json::object();
      const std::span<const Value> entries = values.elements_of(value);
      for (std::size_t entry = 0; entry < entries.size(); entry += 2) {
        const std::string name = is_number(entries[entry])
                                     ? std::to_string(entries[entry])
                                     : values.to_text(entries[entry], SIZE_MAX);
        const bool is_text = values.kind(entries[entry]) == ValueTable::Kind::text;
        value_to_json(entries[entry + 1], values,
                      json[is_text ? values.text_of(entries[entry]) : name]);
      }
      return;
    }
  }
}

std::uint32_t Names::number(const std::string& name) {
  const auto [found, is_new] =
      numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
  if (is_new) names_.push_back(name);
  return found->second;
}

/// One line of a log.
struct HistoryEvents::Stored {
  std::size_t line = 0;
  std::optional<std::int64_t> index;
  Type type = Type::invoke;
  std::string process;
  std::string function;
  std::optional<std::string> key;
  Json value;
};

HistoryEvents::HistoryEvents(EventRules rules, Problems& problems)
    : rules_(rules), problems_(problems) {}
HistoryEvents::~HistoryEvents() = default;

void HistoryEvents::add_object(std::size_t line, Json&& object) {
  const Path path = line_path(line);
  if (!object.is_object()) {
    problems_.add(path, "expected an object, got " + found_text(object));
    return;
  }
  const auto member = [&](const char* name) -> Json* {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  };
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const Json* json = member(name);
    if (json == nullptr) {
      problems_.add(path, fmt::format("\"{}\" is missing", name));
      return std::nullopt;
    }
    if (!json->is_string()) {
      problems_.add(path, fmt::format("\"{}\": expected a text, got {}", name, found_text(*json)));
      return std::nullopt;
    }
    return json->get<std::string>();
  };
  Json* process = member("process");
  if (process == nullptr) {
    problems_.add(path, "\"process\" is missing");
    return;
  }
  if (!process->is_number_integer() && !process->is_string()) {
    problems_.add(path,
                  "\"process\": expected a whole number or a name, got " + found_text(*process));
    return;
  }
  if (process->is_string() && process->get_ref<const std::string&>() == "nemesis") return;
  const std::optional<std::string> type = text("type");
  const std::optional<std::string> function = text("f");
  if (!type || !function) return;
  std::optional<std::string> key;
  if (const Json* json = member("key"); json != nullptr && !json->is_null()) {
    if (json->is_structured()) {
      problems_.add(path, "\"key\": expected a text or a number, got " + found_text(*json));
      return;
    }
    key = text_of_key(*json);
  }
  std::optional<std::int64_t> index;
  if (const Json* json = member("index"); json != nullptr && json->is_number_integer()) {
    index = json->get<std::int64_t>();
  }
  Json* value = member("value");
  add(line, text_of_key(*process), *type, *function, std::move(key),
      value == nullptr ? Json(nullptr) : std::move(*value), index);
}

void HistoryEvents::add(std::size_t line, const std::string& process, const std::string& type,
                        const std::string& function, std::optional<std::string> key, Json&& value,
                        std::optional<std::int64_t> index) {
  const std::optional<Type> known = type_of(type);
  if (!known) {
    problems_.add(line_path(line),
                  "\"type\": expected invoke, ok, fail or info, got " + in_quotes(type),
                  suggestion(type, {"invoke", "ok", "fail", "info"}));
    return;
  }
  if (events_.size() == events_max) {
    problems_.add(line_path(line), fmt::format("expected at most {} events", events_max));
    return;
  }
  if (events_.size() > events_max) return;
  events_.push_back({line, index, *known, process, function, std::move(key), std::move(value)});
}

bool HistoryEvents::sort_by_index() {
  const bool all = std::all_of(events_.begin(), events_.end(),
                               [](const Stored& event) { return event.index.has_value(); });
  const auto by_index = [](const Stored& a, const Stored& b) { return *a.index < *b.index; };
  if (!all || std::is_sorted(events_.begin(), events_.end(), by_index)) return false;
  std::stable_sort(events_.begin(), events_.end(), by_index);
  return true;
}

/// Jepsen's independent keys: a value is [key, value], and so a read asks for [key, null].
bool HistoryEvents::has_keys_in_values() const {
  bool has_read = false;
  for (const Stored& event : events_) {
    if (event.type != Type::invoke || known_kind(event.function) != Kind::read) continue;
    if (!event.value.is_array() || event.value.size() != 2 || !event.value[1].is_null()) {
      return false;
    }
    has_read = true;
  }
  return has_read;
}

void HistoryEvents::take_key_out(Stored& event) const {
  if (!event.value.is_array() || event.value.size() != 2) return;
  event.key = text_of_key(event.value[0]);
  Json value = std::move(event.value[1]);
  event.value = std::move(value);
}

std::optional<Kind> HistoryEvents::kind_of(const Stored& event) {
  const std::optional<Kind> kind = known_kind(event.function);
  if (kind) return kind;
  if (event.function == "txn") {
    problems_.add(line_path(event.line), "expected single operations, got a transaction",
                  "the models list_append and rw_register are for transactions");
    return std::nullopt;
  }
  problems_.add(line_path(event.line), "\"f\": unknown operation " + in_quotes(event.function),
                suggestion(event.function, {"read", "get", "write", "put", "cas", "add", "append",
                                            "enqueue", "dequeue", "transfer"}));
  return std::nullopt;
}

/// What an invocation, or of a read its answer, says; false and a problem if it cannot be that.
bool HistoryEvents::fill(Operation& operation, const Stored& event, History& history) {
  const Json& json = event.value;
  const auto wrong = [&](std::string_view expected) {
    problems_.add(line_path(event.line),
                  fmt::format("\"value\" of {}: expected {}, got {}", in_quotes(event.function),
                              expected, found_text(json)));
    return false;
  };
  if (operation.kind == Kind::cas) {
    if (!json.is_array() || json.size() != 2) return wrong("[expected, new]");
    operation.value = value_of(json[0], history.values);
    operation.second = value_of(json[1], history.values);
    return true;
  }
  if (operation.kind == Kind::transfer) {
    const bool is_right =
        json.is_object() && json.contains("from") && json.contains("to") && json.contains("amount");
    if (!is_right) return wrong("{\"from\": A, \"to\": B, \"amount\": N}");
    const std::vector<Value> parts{value_of(json["from"], history.values),
                                   value_of(json["to"], history.values),
                                   value_of(json["amount"], history.values)};
    operation.value = history.values.list(parts);
    return true;
  }
  operation.value = value_of(json, history.values);
  const bool is_counted = operation.kind == Kind::add && event.function != "add";
  if (is_counted && operation.value == nil) operation.value = 1;
  if (is_counted && event.function.starts_with("dec") && is_number(operation.value)) {
    operation.value = -operation.value;
  }
  return true;
}

void HistoryEvents::complete(Operation& operation, const Stored& event, History& history) {
  switch (event.type) {
    case Type::invoke:
      return;
    case Type::info:
      return;
    case Type::fail:
      if (rules_.failed_cas_observes && operation.kind == Kind::cas) {
        operation.kind = Kind::differs;
        operation.second = nil;
        operation.outcome = Outcome::ok;
      } else {
        operation.outcome = Outcome::fail;
      }
      return;
    case Type::ok:
      operation.outcome = Outcome::ok;
      if (operation.kind == Kind::read || operation.kind == Kind::dequeue) {
        fill(operation, event, history);
      }
      return;
  }
}

void HistoryEvents::finish(Model model, History& history) {
  const bool sorted = sort_by_index();
  history.clock = History::Clock::positions;
  if (has_keys_in_values()) {
    for (Stored& event : events_) take_key_out(event);
  }
  Names keys(history.key_names);
  Names sessions(history.session_names);
  std::unordered_map<std::string, Open> open;
  std::size_t position = 0;
  for (const Stored& event : events_) {
    position = sorted ? position + 1 : event.line;
    const Time now{Duration(static_cast<std::int64_t>(position))};
    const auto begun = open.find(event.process);
    if (event.type == Type::invoke) {
      if (begun != open.end()) {
        problems_.add(line_path(event.line),
                      fmt::format("process {} begins an operation while its last one, of line {}, "
                                  "has no answer",
                                  in_quotes(event.process), begun->second.invocation->line),
                      "a process that got no answer is ended by \"info\"");
        continue;
      }
      const std::optional<Kind> kind = kind_of(event);
      if (!kind) continue;
      Operation operation;
      operation.kind = *kind;
      operation.invoked = now;
      operation.outcome = Outcome::unknown;
      operation.key = keys.number(event.key.value_or(""));
      operation.session = sessions.number(event.process);
      const bool is_answer = *kind == Kind::read || *kind == Kind::dequeue;
      if (!is_answer && !fill(operation, event, history)) continue;
      open.emplace(event.process, Open{history.operations.size(), &event});
      history.operations.push_back(operation);
      continue;
    }
    if (begun == open.end()) {
      problems_.add(line_path(event.line),
                    fmt::format("process {} ends an operation that it did not begin",
                                in_quotes(event.process)));
      continue;
    }
    const Stored& invocation = *begun->second.invocation;
    Operation& operation = history.operations[begun->second.place];
    open.erase(begun);
    if (invocation.function != event.function) {
      problems_.add(
          line_path(event.line),
          fmt::format("expected the end of {}, begun in line {}, got {}",
                      in_quotes(invocation.function), invocation.line, in_quotes(event.function)));
      continue;
    }
    if (event.type != Type::info) operation.completed = now;
    if (event.function == "drain") {
      // Many dequeues at once, in any order.
      if (event.type != Type::ok || !event.value.is_array()) continue;
      Operation taken = operation;
      taken.outcome = Outcome::ok;
      operation.outcome = Outcome::fail;
      for (const Json& element : event.value) {
        taken.value = value_of(element, history.values);
        history.operations.push_back(taken);
      }
      continue;
    }
    complete(operation, event, history);
    if (const std::optional<std::string> wrong = misfit(model, history, operation)) {
      problems_.add(line_path(event.line), *wrong);
    }
  }
  // What was never answered was not looked at yet.
  for (const auto& [process, unanswered] : open) {
    if (const auto wrong = misfit(model, history, history.operations[unanswered.place])) {
      problems_.add(line_path(unanswered.invocation->line), *wrong);
    }
  }
  events_.clear();
}

}  // namespace faultline::sim::consistency
