/// What a history says before any level is asked about: who committed, which anomalies show at
/// once, and the problem of finding an order of commits. One for each kind of history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/measure/consistency/transactions/commit_order.hpp"
#include "sim/measure/consistency/transactions/dependencies.hpp"
#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

struct TransactionAnalysis {
  /// Of each transaction whether it took effect: it ended ok, or somebody saw what it wrote.
  std::vector<bool> committed;
  std::vector<TransactionAnomaly> anomalies;  ///< The worst first.
  /// Why the history cannot be read: whose write a read saw is not certain. Empty if it can.
  std::string ambiguity;
  /// Why there may be anomalies that were not looked for. Empty if there are none.
  std::string incompleteness;
  /// Of lists: some writes of one key stand in an order that no read tells.
  bool has_open_orders = false;
  /// Which ones, by number of the key in `problem`. They come after all others of the key.
  std::vector<std::vector<CommitProblem::Number>> open_writers;

  /// The committed transactions.
  CommitProblem problem;
  std::vector<std::size_t> transactions;  ///< Which they are in the history.
  std::vector<std::uint64_t> keys;        ///< Likewise for the keys.
};

TransactionAnalysis analyze_list_append(const TransactionHistory& history);
TransactionAnalysis analyze_rw_register(const TransactionHistory& history, CommitBudget& budget);

/// consistent_view for lists with open orders, which decides it only if there are few of them: the
/// anomaly that is there in all of them, or none if there is none in one. Unknown if there are too
/// many to try and a likely one has an anomaly.
struct ConsistentView {
  Verdict verdict = Verdict::unknown;
  std::vector<TransactionAnomaly> anomalies;  ///< Of violated, one.
};
/// Requires: has_open_orders, and neither G0 nor G1.
ConsistentView consistent_view_of(const TransactionHistory& history,
                                  const TransactionAnalysis& analysis);

/// Looks up who wrote a value to a key. Never walked.
class WriterIndex {
 public:
  struct Entry {
    std::size_t transaction;
    bool is_final;      ///< Its last write of the key.
    bool is_ambiguous;  ///< Another transaction wrote the same.
  };
  explicit WriterIndex(const TransactionHistory& history);
  /// Null if nobody did.
  const Entry* find(std::uint64_t key, Value value) const;

 private:
  struct Hash {
    std::size_t operator()(const std::pair<std::uint64_t, Value>& entry) const {
      return static_cast<std::size_t>(
          (entry.first * 0x9e3779b97f4a7c15U) ^
          (static_cast<std::uint64_t>(entry.second) * 0xbf58476d1ce4e5b9U));
    }
  };
  std::unordered_map<std::pair<std::uint64_t, Value>, Entry, Hash> entries_;
};

/// Adds anomalies, but of each name only the first few.
class AnomalyList {
 public:
  void add(TransactionAnomaly anomaly);
  /// The worst first.
  std::vector<TransactionAnomaly> sorted() &&;

 private:
  std::vector<TransactionAnomaly> anomalies_;
  std::unordered_map<std::string, int> counts_;
};

/// Fills `problem`, `transactions` and the sessions from who committed; keys_of and reads and
/// writes are the caller's.
class CommitProblemBuilder {
 public:
  CommitProblemBuilder(const TransactionHistory& history, TransactionAnalysis& analysis);
  /// The number of a committed transaction.
  CommitProblem::Number number_of(std::size_t transaction) const { return numbers_[transaction]; }
  CommitProblem::Number key_of(std::uint64_t key);
  void add_read(std::size_t reader, std::uint64_t key, CommitProblem::Number writer);
  void add_write(std::size_t writer, std::uint64_t key);
  /// To be called last.
  void finish();

 private:
  TransactionAnalysis& analysis_;
  std::vector<CommitProblem::Number> numbers_;
  std::unordered_map<std::uint64_t, CommitProblem::Number> keys_;
};

/// An edge of the problem in terms of the history.
Dependency dependency_of(const TransactionHistory& history, const TransactionAnalysis& analysis,
                         const CommitEdge& edge);

/// Why no order of commits explains the transactions, by the name of what the level forbids.
TransactionAnomaly describe(const TransactionHistory& history, const TransactionAnalysis& analysis,
                            const CommitOrderResult& result, std::string name);

/// "whose write was read is not certain: T1 and T2 both have x = 1".
std::string ambiguity_text(const TransactionHistory& history, std::uint64_t key, Value value);

}  // namespace faultline::sim::consistency
