/// Transactions as the clients of a store saw them: who ran them, when, how they ended, and what
/// they read and wrote. check.hpp says what isolation level allows them.
///
/// Two kinds of history can be checked. In a *list-append* history a write appends an element to a
/// list, and a read returns the whole list, so that each read tells in which order the elements
/// before came. In an *rw-register* history a write replaces the value of a key. In both, a value
/// is written to a key at most once, so that a read tells whose write it saw.
/// Source: Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental
/// Observations", VLDB 2020; Biswas and Enea, "On the Complexity of Checking Transactional
/// Consistency", OOPSLA 2019.
/// Does not model: predicates (a read of all rows that match), counters, sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/time.hpp"
#include "sim/measure/consistency/history.hpp"

namespace faultline::sim::consistency {

/// One read or write inside a transaction.
struct MicroOperation {
  enum class Kind : std::uint8_t {
    read,       ///< Of a register: `value` is what it found.
    write,      ///< Of a register: `value` is what it holds now.
    read_list,  ///< Of a list: `list` is what it found.
    append,     ///< To a list: `value` is its new last element.
  };

  Kind kind = Kind::read;
  std::uint64_t key = 0;  ///< A number of `TransactionHistory::key_names`, or the key itself.
  Value value = nil;
  std::vector<Value> list;

  bool operator==(const MicroOperation&) const = default;
};

/// One transaction of one client.
struct Transaction {
  std::uint32_t session = 0;      ///< The client in whose order it stands.
  std::uint32_t node = 0;         ///< Who answered; a number of `TransactionHistory::node_names`.
  Outcome outcome = Outcome::ok;  ///< ok: committed; fail: certainly aborted; unknown: either.
  Time invoked{};
  Time completed = time_max;  ///< Of no meaning unless the outcome is known.
  /// In the order of the transaction. What the reads of a transaction found counts only if it
  /// committed.
  std::vector<MicroOperation> operations;

  bool operator==(const Transaction&) const = default;
};

/// Transactions of one store. A plain value: a run may record one, a file may hold one.
struct TransactionHistory {
  /// The transactions of a session stand in its order; otherwise the order has no meaning. A
  /// transaction that follows one of unknown outcome in its session need not come after it.
  std::vector<Transaction> transactions;
  /// What a register holds before its first write; a read that finds it (or nil) found no write.
  /// A list is empty before.
  Value initial = nil;
  /// Whether `invoked` and `completed` mean something. An interval is closed: a transaction that
  /// begins at the instant another ends overlaps it.
  bool timed = true;
  History::Clock clock = History::Clock::nanoseconds;  ///< What the times count.
  ValueTable values;
  std::vector<std::string> transaction_names;  ///< By position; empty: T1, T2, ...
  std::vector<std::string> key_names;          ///< By number; empty: keys are their own names.
  std::vector<std::string> session_names;      ///< Likewise.
  std::vector<std::string> node_names;         ///< Likewise; without any, nodes are not shown.

  std::string transaction_name(std::size_t index) const;
  std::string key_name(std::uint64_t key) const;
  std::string session_name(std::uint32_t session) const;
  /// "x = 1" for a write, "x: 1" for a read, "x + 1" for an append, "x: [1, 2]" for a read list.
  std::string to_text(const MicroOperation& operation) const;
  /// "read x: 1, write y = 2, append 3 to z"; long ones end in "...".
  std::string to_text(const Transaction& transaction) const;
};

/// What the keys of a history are.
enum class TransactionModel : std::uint8_t { rw_register, list_append };
std::string_view to_text(TransactionModel model);
std::optional<TransactionModel> parse_transaction_model(std::string_view name);

/// What a store may promise, weakest first where they compare.
///
/// The levels are those of two schools. Adya's are phenomena that must not be, in a graph of the
/// dependencies between transactions; sessions count only in the levels that say `strong_session_`,
/// real time in those that say `strong_` (and strict_serializable). Biswas and Enea's (after
/// Cerone, Bernardi and Gotsman) are axioms on the order of commits, which contains the order of
/// each session. A list-append history is checked against Adya's, but for read_atomic, causal and
/// prefix; an rw-register history always against Biswas and Enea's, so that there serializable is
/// the same as strong_session_serializable. docs/guide/transaction_anomalies.md has the table.
enum class TransactionLevel : std::uint8_t {
  read_uncommitted,    ///< PL-1: no G0.
  read_committed,      ///< PL-2: no G1. As an axiom: reads never go back.
  read_atomic,         ///< All of a transaction's writes are seen, or none.
  causal,              ///< And with them what they depend on.
  prefix,              ///< What is seen is a prefix of one order of commits.
  consistent_view,     ///< PL-2+: no G1, no G-single.
  repeatable_read,     ///< PL-2.99: no G1, no G2-item.
  snapshot_isolation,  ///< A snapshot, and no two concurrent writers of a key.
  serializable,        ///< As if one after another.
  strong_session_read_uncommitted,
  strong_session_read_committed,
  strong_session_snapshot_isolation,
  strong_session_serializable,
  strong_read_uncommitted,
  strong_read_committed,
  strong_snapshot_isolation,
  strict_serializable,  ///< As if one after another, and not against real time.
};
std::string_view to_text(TransactionLevel level);
/// "snapshot_isolation"; "snapshot-isolation" is the same. Nothing if there is none.
std::optional<TransactionLevel> parse_transaction_level(std::string_view name);
/// The levels that check_transactions decides for this model, weakest first.
std::vector<TransactionLevel> transaction_levels(TransactionModel model);

}  // namespace faultline::sim::consistency
