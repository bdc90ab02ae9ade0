/// Operations put together from the events of a log: an invocation, and later how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/measure/consistency/history.hpp"
#include "sim/measure/consistency/object.hpp"
#include "sim/param/param.hpp"
#include "sim/param/problem.hpp"

namespace faultline::sim::consistency {

/// "line 12", as the path of a problem.
Path line_path(std::size_t line);

/// JSON as a value of a history: numbers, texts, lists, maps. Fractions and truth values become
/// texts.
Value value_of(const Json& json, ValueTable& values);
/// The inverse; nil is null.
void value_to_json(Value value, const ValueTable& values, Json& json);

/// Numbers for names, in order of appearance.
class Names {
 public:
  explicit Names(std::vector<std::string>& names) : names_(names) {}
  std::uint32_t number(const std::string& name);

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// What a log's events mean where they do not say.
struct EventRules {
  bool failed_cas_observes = false;
};

/// Collects events, then makes a history of them.
class HistoryEvents {
 public:
  HistoryEvents(EventRules rules, Problems& problems);
  ~HistoryEvents();
  HistoryEvents(const HistoryEvents&) = delete;
  HistoryEvents& operator=(const HistoryEvents&) = delete;

  /// An object as Jepsen writes them, of JSON or of EDN.
  void add_object(std::size_t line, Json&& object);
  void add(std::size_t line, const std::string& process, const std::string& type,
           const std::string& function, std::optional<std::string> key, Json&& value,
           std::optional<std::int64_t> index = std::nullopt);
  /// Adds to `history` what the events say; operations that do not fit `model` are problems.
  void finish(Model model, History& history);

 private:
  struct Stored;
  struct Open {
    std::size_t place;  ///< In History::operations.
    const Stored* invocation;
  };
  bool sort_by_index();
  bool has_keys_in_values() const;
  void take_key_out(Stored& event) const;
  std::optional<Kind> kind_of(const Stored& event);
  bool fill(Operation& operation, const Stored& event, History& history);
  void complete(Operation& operation, const Stored& event, History& history);

  EventRules rules_;
  Problems& problems_;
  std::vector<Stored> events_;
};

}  // namespace faultline::sim::consistency
