/// Which isolation level allows what the clients of a store saw of their transactions, and which
/// anomaly it is if none does.
///
/// Example: check_transactions(history, TransactionModel::list_append,
/// TransactionLevel::snapshot_isolation).result.verdict.
///
/// List-append histories: Elle's way. Reads give the order of versions, versions the dependencies
/// between transactions, and every cycle of dependencies is an anomaly with a name. Where the reads
/// leave the order of some writes open, all orders are considered.
///
/// Rw-register histories: Biswas and Enea's way. Up to causal, what must be committed before what
/// follows from the axioms in polynomial time, and a cycle is a violation. From prefix on the
/// question is NP-hard; what follows is inferred first, and an order of commits is searched for the
/// rest, within a budget of steps.
/// Source: see transaction.hpp; Adya, "Weak Consistency", MIT 1999; Cerone and Gotsman, "Analysing
/// Snapshot Isolation", PODC 2016.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/measure/consistency/history.hpp"
#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

/// Why one transaction must come before another.
enum class DependencyKind : std::uint8_t {
  ww,        ///< It wrote a key before the other wrote it.
  wr,        ///< The other read what it wrote.
  rw,        ///< It read a key before the other wrote it.
  session,   ///< It came before in their session.
  realtime,  ///< It had ended when the other began.
};
/// "ww", "wr", "rw", "process", "realtime".
std::string_view to_text(DependencyKind kind);

struct Dependency {
  std::size_t from = 0;  ///< Of TransactionHistory::transactions.
  std::size_t to = 0;    ///< Likewise.
  DependencyKind kind = DependencyKind::ww;
  std::uint64_t key = 0;  ///< Of ww, wr and rw.
  Value value = nil;      ///< What `from` wrote (ww, wr) or read (rw).
  Value next = nil;       ///< What `to` wrote (ww, rw).
  bool operator==(const Dependency&) const = default;
};

/// Something that a serial execution cannot show.
struct TransactionAnomaly {
  std::string name;                       ///< "G-single-item", "lost-update", "thin-air-read", ...
  std::string why;                        ///< One sentence.
  std::vector<Dependency> cycle;          ///< Empty if it is not one.
  std::vector<std::size_t> transactions;  ///< Who took part, ascending.
};

struct TransactionCheck {
  /// Its anomalies are the names of those that the level forbids; its witness is the worst of them.
  CheckResult result;
  /// All that were found, allowed or not, the worst first; those of sessions or real time only if
  /// the level has to do with them.
  std::vector<TransactionAnomaly> anomalies;
  /// The weakest levels that the anomalies rule out, by name; also such as are not checked by
  /// themselves (cursor_stability). Stronger ones are ruled out with them.
  std::vector<std::string> ruled_out;
};

/// Requires: operations that fit the model; a level of transaction_levels(model). If a value is
/// written twice to a key, or the level asks for real time that the history does not have, and
/// nothing is wrong otherwise, the verdict is unknown.
TransactionCheck check_transactions(const TransactionHistory& history, TransactionModel model,
                                    TransactionLevel level, const CheckOptions& options = {});

/// Every level of the model, weakest first, with its verdict. What is known of one level is used
/// for the others.
std::vector<std::pair<TransactionLevel, Verdict>> check_transaction_levels(
    const TransactionHistory& history, TransactionModel model, const CheckOptions& options = {});

/// The levels asked for, in the order of transaction_levels(), with what was found. The budget is
/// that of each. A level that a weaker one rules out has that one's findings, if it has none of its
/// own; one that could not be decided holds if a stronger one does. Requires: levels of the model.
std::vector<std::pair<TransactionLevel, TransactionCheck>> check_each_transaction_level(
    const TransactionHistory& history, TransactionModel model,
    const std::vector<TransactionLevel>& wanted, const CheckOptions& options = {});

}  // namespace faultline::sim::consistency
