#include "sim/measure/consistency/transactions/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <istream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/measure/consistency/edn.hpp"
#include "sim/param/problem.hpp"
#include "sim/param/utf8.hpp"

namespace faultline::sim::consistency {
namespace {

constexpr std::array all_formats{TransactionFormat::txn_text, TransactionFormat::elle_json,
                                 TransactionFormat::elle_edn};

constexpr std::size_t line_length_max = std::size_t{16} << 20;
constexpr std::size_t operations_max = 10'000'000;
constexpr std::size_t list_elements_max = 100'000'000;

/// What is wrong with a file; caught in read_transactions.
struct Damage {
  std::string text;
};

[[noreturn]] void expected_but_got(std::size_t line, std::string_view expected,
                                   std::string_view found) {
  throw Damage{fmt::format("line {}: expected {}, got {}", line, expected, in_quotes(found))};
}

/// The lines of a stream, none longer than it may be.
class Lines {
 public:
  explicit Lines(std::istream& input) : input_(input) {}

  bool next(std::string& line) {
    line.clear();
    ++number_;
    std::streambuf& buffer = *input_.rdbuf();
    for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
      if (c == '\n') {
        if (line.ends_with('\r')) line.pop_back();
        check(line);
        return true;
      }
      if (line.size() == line_length_max) {
        throw Damage{fmt::format("line {}: longer than 16 MiB", number_)};
      }
      line.push_back(static_cast<char>(c));
    }
    check(line);
    return !line.empty();
  }
  std::size_t number() const { return number_; }

 private:
  void check(const std::string& line) const {
    if (find_invalid_utf8(line)) {
      throw Damage{fmt::format("line {}: expected UTF-8, got another byte", number_)};
    }
  }

  std::istream& input_;
  std::size_t number_ = 0;
};

/// Counts what was read, so that no file makes the program take all memory.
class Bounds {
 public:
  void add_operation(std::size_t line, std::size_t elements) {
    elements_ += elements;
    if (++operations_ > operations_max) {
      throw Damage{fmt::format("line {}: more than ten million operations", line)};
    }
    if (elements_ > list_elements_max) {
      throw Damage{fmt::format("line {}: more than a hundred million elements of lists", line)};
    }
  }

 private:
  std::size_t operations_ = 0;
  std::size_t elements_ = 0;
};

class TextReader {
 public:
  TransactionHistory read(std::istream& input, std::optional<Value> initial) {
    history_.timed = false;
    history_.initial = initial.value_or(0);
    Lines lines(input);
    std::string line;
    while (lines.next(line)) {
      if (line.find_first_not_of(" \t") != std::string::npos) read_line(line, lines.number());
    }
    name_transactions();
    return std::move(history_);
  }

 private:
  void read_line(std::string_view line, std::size_t number) {
    constexpr std::string_view form = "r(key,value,session,transaction) or w(...)";
    std::string compact;
    for (const char c : line) {
      if (c != ' ' && c != '\t') compact.push_back(c);
    }
    const std::string_view text = compact;
    const bool is_call = text.size() > 3 && (text[0] == 'r' || text[0] == 'w') && text[1] == '(' &&
                         text.back() == ')';
    if (!is_call) expected_but_got(number, form, line);
    std::array<std::int64_t, 4> fields{};
    std::string_view rest = text.substr(2, text.size() - 3);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::size_t comma = rest.find(',');
      if ((comma == std::string_view::npos) != (i + 1 == fields.size())) {
        expected_but_got(number, form, line);
      }
      const std::string_view field = rest.substr(0, comma);
      const auto [end, error] =
          std::from_chars(field.data(), field.data() + field.size(), fields[i]);
      if (error != std::errc() || end != field.data() + field.size() || !is_number(fields[i])) {
        expected_but_got(number, "a whole number", field);
      }
      if (comma != std::string_view::npos) rest.remove_prefix(comma + 1);
    }
    bounds_.add_operation(number, 0);
    MicroOperation operation;
    operation.kind = text[0] == 'w' ? MicroOperation::Kind::write : MicroOperation::Kind::read;
    operation.key = key_of(fields[0]);
    operation.value = fields[1];
    transaction_of(fields[2], fields[3]).operations.push_back(std::move(operation));
  }

  std::uint64_t key_of(std::int64_t key) {
    const auto [found, is_new] = keys_.try_emplace(key, history_.key_names.size());
    if (is_new) history_.key_names.push_back(std::to_string(key));
    return found->second;
  }

  Transaction& transaction_of(std::int64_t session, std::int64_t transaction) {
    const auto [found, is_new] =
        transactions_.try_emplace({session, transaction}, history_.transactions.size());
    if (is_new) {
      const auto [number, is_new_session] =
          sessions_.try_emplace(session, static_cast<std::uint32_t>(history_.session_names.size()));
      if (is_new_session) history_.session_names.push_back(std::to_string(session));
      history_.transactions.emplace_back().session = number->second;
    }
    return history_.transactions[found->second];
  }

  /// T7 as the file calls it; T2.7 if two sessions have a 7.
  void name_transactions() {
    std::set<std::int64_t> seen;
    bool is_unique = true;
    for (const auto& [id, index] : transactions_) is_unique &= seen.insert(id.second).second;
    history_.transaction_names.resize(history_.transactions.size());
    for (const auto& [id, index] : transactions_) {
      history_.transaction_names[index] =
          is_unique ? fmt::format("T{}", id.second) : fmt::format("T{}.{}", id.first, id.second);
    }
  }

  TransactionHistory history_;
  Bounds bounds_;
  std::map<std::int64_t, std::uint64_t> keys_;
  std::map<std::int64_t, std::uint32_t> sessions_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> transactions_;
};

/// Without the colon that Clojure's keywords keep in some translations.
std::string_view plain(const std::string& name) {
  std::string_view text = name;
  if (text.starts_with(':')) text.remove_prefix(1);
  return text;
}

class ElleReader {
 public:
  explicit ElleReader(TransactionModel model) : model_(model) {}

  TransactionHistory read(std::istream& input, std::optional<Value> initial) {
    history_.initial = initial.value_or(nil);
    history_.clock = History::Clock::positions;
    Lines lines(input);
    std::string line;
    while (lines.next(line)) {
      const std::size_t first = line.find_first_not_of(" \t");
      if (first == std::string::npos) continue;
      if (line[first] == '[' && history_.transactions.empty()) {
        read_array(line, lines);
        break;
      }
      read_event(parse_json(line, lines.number()), lines.number(), lines.number());
    }
    return finished();
  }

  TransactionHistory read_edn(std::istream& input, std::optional<Value> initial) {
    history_.initial = initial.value_or(nil);
    history_.clock = History::Clock::positions;
    Lines lines(input);
    std::string text;
    std::string line;
    while (lines.next(line)) {
      if (text.size() + line.size() > 64 * line_length_max) throw Damage{"longer than 1 GiB"};
      text += line;
      text += '\n';
    }
    std::string_view rest = text;
    std::size_t line_number = 1;
    std::size_t position = 0;
    while (true) {
      const std::size_t blank = std::min(rest.find_first_not_of(" \t\n,"), rest.size());
      line_number += count_lines(rest.substr(0, blank));
      rest.remove_prefix(blank);
      if (rest.empty()) break;
      const std::string_view before = rest;
      std::string error;
      const std::optional<Json> value = consistency::read_edn(rest, error);
      if (!value) throw Damage{fmt::format("line {}: {}", line_number, error)};
      const bool is_list = value->is_array();
      for (const Json& event : is_list ? *value : Json::array({*value})) {
        position = std::max(position + 1, is_list ? 0 : line_number);
        read_event(event, line_number, position);
      }
      line_number += count_lines(before.substr(0, before.size() - rest.size()));
    }
    return finished();
  }

 private:
  static std::size_t count_lines(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  TransactionHistory finished() {
    // Completions alone say nothing about time.
    history_.timed = has_invocations_ || history_.transactions.empty();
    return std::move(history_);
  }

  /// Deeper than any history, and far from what a stack can hold.
  static bool is_nested_too_deep(std::string_view text) {
    constexpr int depth_max = 64;
    int depth = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"') in_text = !in_text;
      if (in_text && c == '\\') ++i;
      if (in_text) continue;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (depth > depth_max) return true;
    }
    return false;
  }

  static nlohmann::json parse_json(const std::string& text, std::size_t line) {
    if (is_nested_too_deep(text)) {
      throw Damage{fmt::format("line {}: it is nested more than 64 levels deep", line)};
    }
    nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) expected_but_got(line, "a JSON object", text);
    return value;
  }

  /// The whole file as one array: its elements are counted instead of its lines.
  void read_array(std::string& text, Lines& lines) {
    const std::size_t begin = lines.number();
    std::string line;
    while (lines.next(line)) {
      if (text.size() + line.size() > 64 * line_length_max) {
        throw Damage{fmt::format("line {}: an array longer than 1 GiB", lines.number())};
      }
      text += '\n';
      text += line;
    }
    const nlohmann::json events = parse_json(text, begin);
    std::size_t position = 0;
    for (const nlohmann::json& event : events) read_event(event, begin, ++position);
  }

  void read_event(const nlohmann::json& event, std::size_t line, std::size_t position) {
    if (!event.is_object()) expected_but_got(line, "a JSON object", event.dump());
    const auto type_found = event.find("type");
    if (type_found == event.end() || !type_found->is_string()) {
      expected_but_got(line, "\"type\": \"invoke\", \"ok\", \"fail\" or \"info\"", event.dump());
    }
    const auto process_found = event.find("process");
    const bool has_process = process_found != event.end() && !process_found->is_null();
    // What the fault injector did is noted between the operations.
    if (has_process && !process_found->is_number_integer()) return;
    if (const auto f = event.find("f"); f != event.end() && !f->is_null()) {
      if (!f->is_string() || plain(f->get_ref<const std::string&>()) != "txn") {
        expected_but_got(line, "\"f\": \"txn\"", f->dump());
      }
    }
    const std::string_view type = plain(type_found->get_ref<const std::string&>());
    if (type == "invoke") {
      invoke(event, line, position, has_process);
    } else if (type == "ok") {
      complete(event, line, position, has_process, Outcome::ok);
    } else if (type == "fail") {
      complete(event, line, position, has_process, Outcome::fail);
    } else if (type == "info") {
      complete(event, line, position, has_process, Outcome::unknown);
    } else {
      expected_but_got(line, "\"type\": \"invoke\", \"ok\", \"fail\" or \"info\"", type);
    }
  }

  void invoke(const nlohmann::json& event, std::size_t line, std::size_t position,
              bool has_process) {
    if (has_process) {
      const auto process = event["process"].get<std::int64_t>();
      const auto [found, is_new] =
          open_.try_emplace(process, Open{history_.transactions.size(), line});
      if (!is_new) {
        throw Damage{fmt::format(
            "line {}: expected process {} to complete its invocation of line {}, got another one",
            line, process, found->second.line)};
      }
    } else {
      open_without_process_.push_back({history_.transactions.size(), line});
    }
    Transaction& transaction = begin_transaction(event, has_process);
    transaction.outcome = Outcome::unknown;
    transaction.invoked = Time(Duration(static_cast<std::int64_t>(position)));
    transaction.operations = operations_of(event, line, false);
    has_invocations_ = true;
  }

  void complete(const nlohmann::json& event, std::size_t line, std::size_t position,
                bool has_process, Outcome outcome) {
    Transaction* transaction = nullptr;
    if (has_process) {
      const auto found = open_.find(event["process"].get<std::int64_t>());
      if (found != open_.end()) {
        transaction = &history_.transactions[found->second.transaction];
        open_.erase(found);
      }
    } else if (!open_without_process_.empty()) {
      transaction = &history_.transactions[open_without_process_.back().transaction];
      open_without_process_.pop_back();
    }
    if (transaction == nullptr) {
      if (has_invocations_) {
        expected_but_got(line, "an invocation before its completion", event.dump());
      }
      transaction = &begin_transaction(event, has_process);
      transaction->operations = operations_of(event, line, outcome == Outcome::ok);
    } else if (outcome == Outcome::ok) {
      transaction->operations = operations_of(event, line, true);
    }
    transaction->outcome = outcome;
    transaction->completed = outcome == Outcome::unknown
                                 ? time_max
                                 : Time(Duration(static_cast<std::int64_t>(position)));
  }

  Transaction& begin_transaction(const nlohmann::json& event, bool has_process) {
    std::uint32_t session = 0;
    if (has_process) {
      const auto process = event["process"].get<std::int64_t>();
      const auto [found, is_new] =
          sessions_.try_emplace(process, static_cast<std::uint32_t>(history_.session_names.size()));
      if (is_new) history_.session_names.push_back(std::to_string(process));
      session = found->second;
    } else {
      // Nobody's: it stands in no order but that of time.
      session = static_cast<std::uint32_t>(history_.session_names.size());
      history_.session_names.push_back(fmt::format("T{}", history_.transactions.size() + 1));
    }
    Transaction& transaction = history_.transactions.emplace_back();
    transaction.session = session;
    return transaction;
  }

  std::vector<MicroOperation> operations_of(const nlohmann::json& event, std::size_t line,
                                            bool with_results) {
    const auto found = event.find("value");
    if (found == event.end() || !found->is_array()) {
      expected_but_got(line, "\"value\": [[\"r\", key, value], ...]", event.dump());
    }
    std::vector<MicroOperation> operations;
    operations.reserve(found->size());
    for (const nlohmann::json& entry : *found) {
      operations.push_back(operation_of(entry, line, with_results));
    }
    return operations;
  }

  MicroOperation operation_of(const nlohmann::json& entry, std::size_t line, bool with_results) {
    const bool is_list = model_ == TransactionModel::list_append;
    const std::string_view form = is_list
                                      ? "[\"append\", key, element] or [\"r\", key, [element, ...]]"
                                      : "[\"w\", key, value] or [\"r\", key, value]";
    if (!entry.is_array() || entry.size() != 3 || !entry[0].is_string()) {
      expected_but_got(line, form, entry.dump());
    }
    const std::string_view what = plain(entry[0].get_ref<const std::string&>());
    MicroOperation operation;
    operation.key = key_of(entry[1], line);
    const nlohmann::json& value = entry[2];
    if (what == "r" && is_list) {
      operation.kind = MicroOperation::Kind::read_list;
      if (with_results && !value.is_null()) {
        if (!value.is_array()) expected_but_got(line, form, entry.dump());
        operation.list.reserve(value.size());
        for (const nlohmann::json& element : value) {
          operation.list.push_back(value_of(element, line));
        }
      }
    } else if (what == "r") {
      operation.kind = MicroOperation::Kind::read;
      if (with_results && !value.is_null()) operation.value = value_of(value, line);
    } else if (what == (is_list ? "append" : "w")) {
      operation.kind = is_list ? MicroOperation::Kind::append : MicroOperation::Kind::write;
      operation.value = value_of(value, line);
    } else if (what == "append" || what == "w") {
      throw Damage{fmt::format("line {}: expected {}, got {}; is it a {} history?", line, form,
                               in_quotes(entry.dump()), is_list ? "rw_register" : "list_append")};
    } else {
      expected_but_got(line, form, entry.dump());
    }
    bounds_.add_operation(line, operation.list.size());
    return operation;
  }

  std::uint64_t key_of(const nlohmann::json& key, std::size_t line) {
    if (!key.is_string() && !key.is_number_integer()) {
      expected_but_got(line, "a key that is a text or a whole number", key.dump());
    }
    const auto [found, is_new] = keys_.try_emplace(key.dump(), history_.key_names.size());
    if (is_new) {
      history_.key_names.push_back(key.is_string() ? key.get<std::string>() : key.dump());
    }
    return found->second;
  }

  Value value_of(const nlohmann::json& value, std::size_t line) {
    if (value.is_number_integer()) {
      const bool fits = value.is_number_unsigned()
                            ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(number_max)
                            : is_number(value.get<std::int64_t>());
      return fits ? value.get<std::int64_t>() : history_.values.text(value.dump());
    }
    if (!value.is_string()) {
      expected_but_got(line, "a value that is a whole number or a text", value.dump());
    }
    return history_.values.text(value.get_ref<const std::string&>());
  }

  struct Open {
    std::size_t transaction;
    std::size_t line;
  };

  TransactionModel model_;
  TransactionHistory history_;
  Bounds bounds_;
  bool has_invocations_ = false;
  std::map<std::int64_t, Open> open_;
  std::vector<Open> open_without_process_;
  std::map<std::int64_t, std::uint32_t> sessions_;
  std::unordered_map<std::string, std::uint64_t> keys_;  ///< Looked up, never walked.
};

}  // namespace

std::string_view to_text(TransactionFormat format) {
  switch (format) {
    case TransactionFormat::txn_text:
      return "txn_text";
    case TransactionFormat::elle_json:
      return "elle_json";
    case TransactionFormat::elle_edn:
      return "elle_edn";
  }
  return "";
}

std::optional<TransactionFormat> parse_transaction_format(std::string_view name) {
  for (const TransactionFormat format : all_formats) {
    if (name == to_text(format)) return format;
  }
  return std::nullopt;
}

std::vector<std::string> transaction_format_names() {
  std::vector<std::string> names;
  for (const TransactionFormat format : all_formats) names.emplace_back(to_text(format));
  return names;
}

std::optional<TransactionFormat> detect_transaction_format(std::string_view text) {
  const auto skip = [&text](std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
  };
  skip(" \t\r\n");
  if (text.starts_with("w(") || text.starts_with("r(")) return TransactionFormat::txn_text;
  skip("[ \t\r\n");
  if (text.starts_with('#')) return TransactionFormat::elle_edn;  // A tagged map.
  if (!text.starts_with('{')) return std::nullopt;
  skip("{ \t\r\n");
  if (text.starts_with(':')) return TransactionFormat::elle_edn;
  if (text.starts_with('"')) return TransactionFormat::elle_json;
  return std::nullopt;
}

std::optional<TransactionHistory> read_transactions(std::istream& input, TransactionFormat format,
                                                    TransactionModel model,
                                                    std::optional<Value> initial,
                                                    std::string& error) {
  try {
    if (format == TransactionFormat::elle_json) return ElleReader(model).read(input, initial);
    if (format == TransactionFormat::elle_edn) return ElleReader(model).read_edn(input, initial);
    if (model == TransactionModel::list_append) {
      throw Damage{"txn_text has registers only; expected the model rw_register, got list_append"};
    }
    return TextReader().read(input, initial);
  } catch (const Damage& damage) {
    error = damage.text;
    return std::nullopt;
  }
}

std::string elle_json_text(const TransactionHistory& history) {
  // In order of time; at one instant invocations come first, so that what touches overlaps.
  struct Event {
    Time at;
    int rank;
    bool is_completion;
    std::size_t transaction;
  };
  std::vector<Event> events;
  std::unordered_map<std::uint32_t, std::size_t> open;  // Unknown ones, by session; looked up only.
  for (std::size_t t = 0; t < history.transactions.size(); ++t) {
    const Transaction& transaction = history.transactions[t];
    const bool is_unknown = transaction.outcome == Outcome::unknown;
    if (!history.timed) {
      events.push_back({{}, 1, true, t});
      continue;
    }
    // A process must be done with one before it begins another.
    const auto before = open.find(transaction.session);
    if (before != open.end()) {
      events.push_back({transaction.invoked, 0, true, before->second});
      open.erase(before);
    }
    events.push_back({transaction.invoked, 0, false, t});
    if (is_unknown) {
      open[transaction.session] = t;
    } else {
      events.push_back({transaction.completed, 1, true, t});
    }
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::pair(a.at, a.rank) < std::pair(b.at, b.rank);
  });
  std::string text;
  const auto value_of = [&](Value value) -> Json {
    if (value == nil) return nullptr;
    if (is_number(value)) return value;
    return history.values.text_of(value);
  };
  for (const Event& event : events) {
    const Transaction& transaction = history.transactions[event.transaction];
    const bool is_ok = event.is_completion && transaction.outcome == Outcome::ok;
    Json operations = Json::array();
    for (const MicroOperation& operation : transaction.operations) {
      Json key = operation.key < history.key_names.size() ? Json(history.key_names[operation.key])
                                                          : Json(operation.key);
      switch (operation.kind) {
        case MicroOperation::Kind::write:
          operations.push_back({"w", std::move(key), value_of(operation.value)});
          break;
        case MicroOperation::Kind::append:
          operations.push_back({"append", std::move(key), value_of(operation.value)});
          break;
        case MicroOperation::Kind::read: {
          const bool is_initial = operation.value == history.initial;
          operations.push_back(
              {"r", std::move(key), is_ok && !is_initial ? value_of(operation.value) : Json()});
          break;
        }
        case MicroOperation::Kind::read_list: {
          Json list = Json::array();
          for (const Value element : operation.list) list.push_back(value_of(element));
          operations.push_back({"r", std::move(key), is_ok ? std::move(list) : Json()});
          break;
        }
      }
    }
    const std::string_view type = !event.is_completion                   ? "invoke"
                                  : transaction.outcome == Outcome::ok   ? "ok"
                                  : transaction.outcome == Outcome::fail ? "fail"
                                                                         : "info";
    const Json line{{"process", transaction.session},
                    {"type", type},
                    {"f", "txn"},
                    {"value", std::move(operations)}};
    text += line.dump();
    text += '\n';
  }
  return text;
}

}  // namespace faultline::sim::consistency
