/// What the clients of a store saw: every operation with when it began and ended, what it asked and
/// what it was told. A checker then says whether a consistency model allows it.
///
/// An operation takes effect, if it does, at one instant between `invoked` and `completed`, both
/// included: two operations of which one ends at the instant the other begins overlap. (Of one
/// session that cannot be; there the later one follows the earlier, see ranks.hpp.) `ok`: it did.
/// `fail`: it certainly did not. `unknown`: it may at any time after `invoked`, however late, or
/// never.
/// Source: Herlihy and Wing, "Linearizability: A Correctness Condition for Concurrent Objects",
/// TOPLAS 1990; the outcomes are Jepsen's (https://github.com/jepsen-io/knossos).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/kernel/time.hpp"
#include "sim/network/request.hpp"

namespace faultline::sim::consistency {

/// A value of a history in 64 bits, made to be compared. Whole numbers from -2^61 to 2^61 - 1 are
/// themselves, as is everything a run writes; other values (texts, lists, maps, larger numbers) are
/// numbered by the history's ValueTable, equal ones alike.
using Value = std::int64_t;

inline constexpr Value number_max = (Value{1} << 61) - 1;
inline constexpr Value number_min = -(Value{1} << 61);
/// Nothing: what a read of a key that was never written finds in most files.
inline constexpr Value nil = INT64_MIN;

constexpr bool is_number(Value value) { return value >= number_min && value <= number_max; }

/// The values that are not numbers.
class ValueTable {
 public:
  enum class Kind : std::uint8_t { nothing, number, text, list, map };

  Value text(std::string_view text);
  /// A list in its order, or a set as its reader chooses to order it.
  Value list(std::span<const Value> elements);
  /// Key, value, key, value, ... Requires: an even count.
  Value map(std::span<const Value> entries);

  Kind kind(Value value) const;
  /// Requires: kind() is text.
  const std::string& text_of(Value value) const;
  /// The elements, or a map's keys and values in turn. Requires: kind() is list or map.
  std::span<const Value> elements_of(Value value) const;
  /// For people: 5, "text", [1, 2], {0: 100}, nil; at most about `characters_max` of them.
  std::string to_text(Value value, std::size_t characters_max = 80) const;

 private:
  struct Composite {
    std::size_t begin;
    std::size_t count;
    bool is_map;
  };
  Value composite(std::span<const Value> elements, bool is_map);
  void print(Value value, std::size_t characters_max, int depth, std::string& out) const;

  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::size_t> text_index_;  ///< Looked up, never walked.
  std::vector<Composite> composites_;
  std::vector<Value> elements_;
  std::unordered_multimap<std::uint64_t, std::size_t> composite_index_;  ///< By digest.
};

enum class Kind : std::uint8_t {
  read,
  write,
  cas,      ///< Compare and set: `value` was there, `second` is now.
  differs,  ///< A compare-and-set that found something else than `value`, and changed nothing.
  add,      ///< Adds `value` to a counter or a set.
  append,   ///< Appends the text `value`.
  enqueue,
  dequeue,   ///< Took `value`; nil: the queue was empty.
  transfer,  ///< Of a bank; `value` is the list [from, to, amount].
};
std::string_view to_text(Kind kind);

/// One operation of one client. 56 bytes: a run may record millions.
struct Operation {
  Time invoked{};
  Time completed = time_max;  ///< time_max: no answer ever came. Of no meaning unless ok.
  std::uint64_t key = 0;      ///< A number of `History::key_names`, or the key itself.
  Value value = nil;   ///< Written, or read; of a cas, what it expects. Of an unknown read: nil.
  Value second = nil;  ///< Of a cas, what it writes.
  std::uint32_t session = 0;  ///< The client (Jepsen: process) in whose order it stands.
  std::uint32_t node = 0;     ///< Who answered; a number of `History::node_names`.
  Kind kind = Kind::read;
  Outcome outcome = Outcome::ok;

  bool operator==(const Operation&) const = default;
};

/// Operations of one system, with the names for printing them.
struct History {
  /// What the two times of an operation count.
  enum class Clock : std::uint8_t {
    nanoseconds,
    positions,  ///< The order of events in the file (line 1 is 1); it has no usable clock.
  };

  /// A session's operations stand in its order; otherwise the order has no meaning.
  std::vector<Operation> operations;
  Value initial = nil;  ///< What every key holds before the first write.
  Clock clock = Clock::nanoseconds;
  ValueTable values;
  std::vector<std::string> key_names;      ///< By number; empty: keys are their own names.
  std::vector<std::string> session_names;  ///< Likewise.
  std::vector<std::string> node_names;     ///< Likewise.

  std::string key_name(std::uint64_t key) const;
  std::string session_name(std::uint32_t session) const;
  std::string node_name(std::uint32_t node) const;
  /// "write x = 3", "read x: nil", "cas x: 1 -> 2".
  std::string to_text(const Operation& operation) const;
};

/// Stamps for the events of a run that happen at one instant of virtual time but one after another,
/// such as the end of an operation and the beginning of the next by a user who does not think: each
/// is at least a nanosecond later than the one before. Without it a recorder would claim that they
/// overlap, and a checker would have to allow more than was seen.
class EventStamps {
 public:
  /// Requires: called in the order of the events.
  Time at(Time now) {
    last_ = now > last_ ? now : last_ + Duration(1);
    return last_;
  }

 private:
  Time last_ = Time(Duration(-1));
};

enum class Verdict : std::uint8_t {
  holds,
  violated,
  unknown,  ///< Not decided within the budget, or not decidable by this checker.
};
std::string_view to_text(Verdict verdict);

/// One operation (or transaction) of a witness, ready to be printed or drawn.
struct WitnessOperation {
  std::string session;
  std::string node;  ///< Empty if the history names none.
  std::string text;  ///< "write x = 3"
  Outcome outcome = Outcome::ok;
  Time invoked{};
  Time completed = time_max;  ///< time_max: never, or not known.
  std::size_t index = 0;      ///< Of History::operations (or of the transactions).
};

/// Why a history is not allowed: few operations that no order explains, and the sentence that says
/// so.
struct Witness {
  std::string why;
  std::vector<WitnessOperation> operations;  ///< By time of invocation.
  History::Clock clock = History::Clock::nanoseconds;
};

struct CheckResult {
  Verdict verdict = Verdict::unknown;
  std::string model;             ///< "register", "list_append", ... as on the command line.
  std::string level;             ///< "linearizable", ... likewise.
  std::uint64_t operations = 0;  ///< Of the history, or its transactions.
  double seconds = 0;  ///< Of the machine's clock. Shown to people; no part of a run's result.
  std::vector<std::string> anomalies;  ///< Names: "G-single", "WriteCORead".
  Witness witness;                     ///< Empty unless violated.
  std::string reason;                  ///< Of unknown: why it was not decided.
};

/// How much work a check may be.
struct CheckOptions {
  std::uint64_t steps_max = UINT64_MAX;  ///< Steps of search. The verdict is repeatable with it.
  double seconds_max = 0;  ///< Of the machine's clock, for people; 0: no limit. Not inside runs.
  unsigned threads = 1;    ///< The result does not depend on it.
  bool with_witness = true;
};

}  // namespace faultline::sim::consistency
