#include "sim/measure/consistency/read_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sim/measure/consistency/edn.hpp"
#include "sim/measure/consistency/history_events.hpp"
#include "sim/param/json_reader.hpp"
#include "sim/param/json_text.hpp"
#include "sim/param/utf8.hpp"

namespace faultline::sim::consistency {

namespace {

constexpr std::array<std::string_view, 5> names{"jepsen_log", "jepsen_json", "jepsen_edn",
                                                "porcupine_kv", "faultline"};
constexpr std::string_view own_format = "faultline_history";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Calls `take` with each line that is not blank, and its number.
template <class Take>
void for_each_line(std::string_view text, const Take& take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_blank(line)) take(number, line);
  }
}

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  text.remove_prefix(std::min(begin, text.size()));
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string_view without_colon(std::string_view word) {
  if (word.starts_with(':')) word.remove_prefix(1);
  return word;
}

std::optional<Json> read_line(std::size_t number, std::string_view line, Problems& problems) {
  Problems found;
  std::optional<Json> json = read_json(line, found);
  for (const Problem& problem : found.sorted()) {
    const std::string where = problem.path.empty() ? "" : problem.path + ": ";
    problems.add(line_path(number), where + problem.message, problem.hint);
  }
  return json;
}

class Reader {
 public:
  Reader(Model model, Problems& problems) : model_(model), problems_(problems) {}

  void jepsen_log(std::string_view text, History& history) {
    constexpr std::string_view mark = "jepsen.util";
    HistoryEvents events({.failed_cas_observes = true}, problems_);
    for_each_line(text, [&](std::size_t number, std::string_view line) {
      const std::size_t at = line.find(mark);
      if (at == std::string_view::npos) return;
      line.remove_prefix(at + mark.size());
      std::string_view process = next_word(line);
      if (process == "-") process = next_word(line);
      if (process.find_first_not_of("0123456789") != std::string_view::npos) return;
      const std::string_view type = without_colon(next_word(line));
      const std::string_view function = without_colon(next_word(line));
      std::string error;
      std::optional<Json> value = is_blank(line) ? Json(nullptr) : read_edn(line, error);
      if (type.empty() || function.empty()) error = "expected process, type, function and value";
      if (!error.empty()) {
        problems_.add(line_path(number), error, "such as 0 :invoke :write 3");
        return;
      }
      events.add(number, std::string(process), std::string(type), std::string(function),
                 std::nullopt, std::move(*value));
    });
    events.finish(model_, history);
  }

  void jepsen_json(std::string_view text, History& history) {
    HistoryEvents events({}, problems_);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '[') {
      Problems found;
      std::optional<Json> list = read_json(text, found);
      problems_.append(found);
      if (!list) return;
      for (std::size_t index = 0; index < list->size(); ++index) {
        events.add_object(index + 1, std::move((*list)[index]));
      }
    } else {
      for_each_line(text, [&](std::size_t number, std::string_view line) {
        if (auto json = read_line(number, line, problems_)) {
          events.add_object(number, std::move(*json));
        }
      });
    }
    events.finish(model_, history);
  }

  void edn(std::string_view text, History& history) {
    HistoryEvents events({}, problems_);
    for_each_line(text, [&](std::size_t number, std::string_view line) {
      const std::size_t begin = line.find_first_not_of(" \t");
      if (line[begin] == ';') return;
      std::string error;
      std::optional<Json> object = read_edn(line, error);
      if (object && !is_blank(line)) error = "expected the end of the line";
      if (!error.empty()) {
        problems_.add(line_path(number), error);
        return;
      }
      events.add_object(number, std::move(*object));
    });
    events.finish(model_, history);
  }

  void faultline(std::string_view text, History& history) {
    Names keys(history.key_names);
    Names sessions(history.session_names);
    Names nodes(history.node_names);
    bool has_header = false;
    for_each_line(text, [&](std::size_t number, std::string_view line) {
      const std::optional<Json> json = read_line(number, line, problems_);
      if (!json) return;
      if (!json->is_object()) {
        problems_.add(line_path(number), "expected an object, got " + found_text(*json));
      } else if (!has_header) {
        has_header = true;
        header(number, *json, history);
      } else {
        operation(number, *json, history, keys, sessions, nodes);
      }
    });
    if (!has_header) problems_.add(line_path(1), "expected the header of a history, got nothing");
  }

 private:
  void header(std::size_t line, const Json& json, History& history) {
    const Path path = line_path(line);
    const auto member = [&](const char* name) {
      const auto found = json.find(name);
      return found == json.end() ? Json(nullptr) : *found;
    };
    if (member("format") != own_format) {
      problems_.add(path, "expected \"format\": \"faultline_history\"");
    }
    if (const Json version = member("version"); version != 1) {
      problems_.add(path, "\"version\": expected 1, got " + found_text(version));
    }
    const Json clock = member("clock");
    if (clock == "positions") {
      history.clock = History::Clock::positions;
    } else if (!clock.is_null() && clock != "nanoseconds") {
      problems_.add(
          path, "\"clock\": expected \"nanoseconds\" or \"positions\", got " + found_text(clock));
    }
    history.initial = value_of(member("initial"), history.values);
  }

  void operation(std::size_t line, const Json& json, History& history, Names& keys, Names& sessions,
                 Names& nodes) {
    static const std::vector<std::string> kinds{"read",   "write",   "cas",     "differs", "add",
                                                "append", "enqueue", "dequeue", "transfer"};
    const Path path = line_path(line);
    bool is_right = true;
    const auto wrong = [&](std::string message, std::string hint = {}) {
      problems_.add(path, std::move(message), std::move(hint));
      is_right = false;
    };
    for (const auto& [name, value] : json.items()) {
      static const std::vector<std::string> members{"session", "node",      "kind",    "key",
                                                    "value",   "completed", "invoked", "outcome"};
      if (std::find(members.begin(), members.end(), name) == members.end()) {
        wrong("unknown member " + in_quotes(name), suggestion(name, members));
      }
    }
    const auto name_in = [&](const char* name, bool is_needed) -> std::string {
      const auto found = json.find(name);
      if (found == json.end()) {
        if (is_needed) wrong(fmt::format("\"{}\" is missing", name));
        return {};
      }
      if (found->is_string()) return found->get<std::string>();
      if (found->is_number_integer()) return found->dump();
      wrong(fmt::format("\"{}\": expected a name, got {}", name, found_text(*found)));
      return {};
    };
    const auto time_in = [&](const char* name) -> std::optional<Time> {
      const auto found = json.find(name);
      if (found == json.end() || found->is_null()) return std::nullopt;
      if (!found->is_number_integer() || found->get<std::int64_t>() < 0 ||
          (found->is_number_unsigned() && found->get<std::uint64_t>() >= INT64_MAX)) {
        wrong(fmt::format("\"{}\": expected a whole number, at least 0, got {}", name,
                          found_text(*found)));
        return std::nullopt;
      }
      return Time(Duration(found->get<std::int64_t>()));
    };
    Operation one;
    const std::string kind = name_in("kind", true);
    const auto known = std::find(kinds.begin(), kinds.end(), kind);
    if (known == kinds.end()) {
      if (is_right) wrong("\"kind\": unknown " + in_quotes(kind), suggestion(kind, kinds));
    } else {
      one.kind = static_cast<Kind>(known - kinds.begin());
    }
    const std::string session = name_in("session", true);
    const std::string key = name_in("key", false);
    const std::string node = name_in("node", false);
    const std::optional<Time> invoked = time_in("invoked");
    const std::optional<Time> completed = time_in("completed");
    if (is_right && !invoked) wrong("\"invoked\" is missing");
    one.outcome = completed ? Outcome::ok : Outcome::unknown;
    const std::string outcome = name_in("outcome", false);
    if (outcome == "ok") {
      if (is_right && !completed) wrong("\"completed\" is missing of an operation that is ok");
    } else if (outcome == "fail") {
      one.outcome = Outcome::fail;
    } else if (outcome == "unknown") {
      one.outcome = Outcome::unknown;
    } else if (!outcome.empty()) {
      wrong("\"outcome\": expected ok, fail or unknown, got " + in_quotes(outcome));
    }
    if (is_right && completed && *completed < *invoked) {
      wrong(fmt::format("expected \"completed\" to be at least \"invoked\" ({}), got {}",
                        invoked->time_since_epoch().count(),
                        completed->time_since_epoch().count()));
    }
    const auto value = json.find("value");
    const Json content = value == json.end() ? Json(nullptr) : *value;
    if (one.kind == Kind::cas) {
      if (!content.is_array() || content.size() != 2) {
        wrong("\"value\" of cas: expected [expected, new], got " + found_text(content));
      } else {
        one.value = value_of(content[0], history.values);
        one.second = value_of(content[1], history.values);
      }
    } else {
      one.value = value_of(content, history.values);
    }
    if (!is_right) return;
    if (const auto misfitting = misfit(model_, history, one)) return wrong(*misfitting);
    one.invoked = *invoked;
    one.completed = completed.value_or(time_max);
    one.key = keys.number(key);
    one.session = sessions.number(session);
    if (!node.empty()) one.node = nodes.number(node);
    history.operations.push_back(one);
  }

  Model model_;
  Problems& problems_;
};

/// What a user writes for a value: JSON, or a word.
std::optional<Value> initial_value(const std::string& text, Model model, History& history,
                                   Problems& problems) {
  Value value = nil;
  if (text.empty()) {
    value = history.values.text("");
  } else if (text != "nil") {
    Problems ignored;
    const std::optional<Json> json = read_json(text, ignored);
    value = json ? value_of(*json, history.values) : history.values.text(text);
  }
  Operation as_read;
  as_read.value = value;
  const bool is_queue = model == Model::queue || model == Model::unordered_queue;
  const auto wrong = is_queue ? std::nullopt : misfit(model, history, as_read);
  if (value == nil || !wrong) return value;
  problems.add(Path("--initial"), *wrong);
  return std::nullopt;
}

/// In Knossos a read that found nil, of a register that cannot hold it, is one that does not tell.
void forget_empty_reads(History& history) {
  const bool can_be_nil =
      std::any_of(history.operations.begin(), history.operations.end(),
                  [](const Operation& operation) { return written_by(operation) == nil; });
  if (can_be_nil) return;
  for (Operation& operation : history.operations) {
    const bool is_read = operation.kind == Kind::read && operation.outcome == Outcome::ok;
    if (is_read && operation.value == nil) operation.outcome = Outcome::unknown;
  }
}

}  // namespace

std::string_view to_text(HistoryFormat format) { return names[static_cast<std::size_t>(format)]; }

std::optional<HistoryFormat> history_format_of(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<HistoryFormat>(found - names.begin());
}

std::vector<std::string> history_format_names() { return {names.begin(), names.end()}; }

std::optional<HistoryFormat> detect_format(std::string_view text) {
  std::optional<HistoryFormat> format;
  std::size_t looked_at = 0;
  constexpr std::size_t lines_max = 20;
  while (!text.empty() && !format && looked_at < lines_max) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (is_blank(line)) continue;
    ++looked_at;
    line.remove_prefix(line.find_first_not_of(" \t"));
    const bool is_transaction = line.find("\"txn\"") != std::string_view::npos ||
                                line.find(":txn") != std::string_view::npos;
    if (is_transaction) return std::nullopt;
    if (line.find("jepsen.util") != std::string_view::npos) {
      format = HistoryFormat::jepsen_log;
    } else if (line.starts_with("{:") || line.starts_with("#jepsen")) {
      format = line.find(":key ") != std::string_view::npos ? HistoryFormat::porcupine_kv
                                                            : HistoryFormat::jepsen_edn;
    } else if (line.starts_with("{") && line.find(own_format) != std::string_view::npos) {
      format = HistoryFormat::faultline;
    } else if (line.starts_with("{") || line.starts_with("[")) {
      if (line.find("\"f\"") != std::string_view::npos) format = HistoryFormat::jepsen_json;
    }
  }
  return format;
}

std::optional<History> read_history(std::string_view text, HistoryFormat format, Model model,
                                    const std::optional<std::string>& initial, Problems& problems) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (const auto at = find_invalid_utf8(text)) {
    const auto line = 1 + std::count(text.begin(), text.begin() + *at, '\n');
    problems.add(line_path(static_cast<std::size_t>(line)), "expected UTF-8, got another byte");
    return std::nullopt;
  }
  History history;
  Problems found;
  Reader reader(model, found);
  switch (format) {
    case HistoryFormat::jepsen_log:
      reader.jepsen_log(text, history);
      break;
    case HistoryFormat::jepsen_json:
      reader.jepsen_json(text, history);
      break;
    case HistoryFormat::jepsen_edn:
    case HistoryFormat::porcupine_kv:
      reader.edn(text, history);
      break;
    case HistoryFormat::faultline:
      reader.faultline(text, history);
      break;
  }
  if (initial) {
    if (const auto value = initial_value(*initial, model, history, found)) history.initial = *value;
  } else if (history.initial != nil) {
    Operation as_read;
    as_read.value = history.initial;
    const bool is_queue = model == Model::queue || model == Model::unordered_queue;
    if (const auto wrong = misfit(model, history, as_read); wrong && !is_queue) {
      found.add(line_path(1), "\"initial\": " + *wrong);
    }
  }
  const bool is_register = model == Model::rw_register || model == Model::cas_register;
  if (is_register && format != HistoryFormat::faultline && history.initial != nil) {
    forget_empty_reads(history);
  }
  problems.append(found);
  if (!found.empty()) return std::nullopt;
  return history;
}

std::string history_text(const History& history) {
  Json header{{"format", own_format},
              {"version", 1},
              {"clock", history.clock == History::Clock::positions ? "positions" : "nanoseconds"}};
  value_to_json(history.initial, history.values, header["initial"]);
  std::string text = header.dump() + "\n";
  for (const Operation& one : history.operations) {
    Json json{{"session", history.session_name(one.session)},
              {"kind", one.kind == Kind::differs ? "differs" : to_text(one.kind)},
              {"invoked", one.invoked.time_since_epoch().count()}};
    if (const std::string key = history.key_name(one.key); !key.empty()) json["key"] = key;
    if (!history.node_names.empty()) json["node"] = history.node_name(one.node);
    if (one.outcome == Outcome::ok || one.completed != time_max) {
      json["completed"] = one.completed.time_since_epoch().count();
    }
    json["outcome"] = one.outcome == Outcome::ok     ? "ok"
                      : one.outcome == Outcome::fail ? "fail"
                                                     : "unknown";
    if (one.kind == Kind::cas) {
      json["value"] = Json::array({nullptr, nullptr});
      value_to_json(one.value, history.values, json["value"][0]);
      value_to_json(one.second, history.values, json["value"][1]);
    } else {
      value_to_json(one.value, history.values, json["value"]);
    }
    text += json.dump() + "\n";
  }
  return text;
}

}  // namespace faultline::sim::consistency
