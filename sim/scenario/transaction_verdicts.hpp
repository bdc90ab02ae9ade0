/// Which levels of isolation allow what the transactions of a run saw.
///
/// Rule: a key is a key of its store. Stores that no transaction joins are judged apart. What is
/// read and written outside transactions, at the same keys, is judged with them, each as a
/// transaction of its own. Of one session only what came one after the other stands in an order.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "sim/measure/consistency/transactions/transaction.hpp"
#include "sim/scenario/consistency_recorder.hpp"
#include "sim/scenario/consistency_result.hpp"
#include "sim/scenario/consistency_spec.hpp"
#include "sim/scenario/transaction_recorder.hpp"

namespace faultline::sim {

/// The transactions at one store, or at several that transactions join.
struct StoreTransactions {
  std::string stores;  ///< "db", "orders+payments".
  consistency::TransactionHistory history;
  TransactionVerdicts counts;  ///< Without levels and anomalies.
};

/// What a run recorded.
struct RecordedRun {
  std::vector<RecordedTransaction> transactions;  ///< By beginning.
  std::vector<RecordedOperation> operations;      ///< By beginning; those of transactions too.
  std::vector<std::string> store_names;           ///< By number; 0 is none.
  std::vector<std::string> node_names;            ///< By Node::id.
  /// Keys that statements of transactions wrote. One that no transaction told of writing cannot be
  /// judged: who wrote what was read there is not known.
  const std::unordered_set<std::uint64_t>* keys_written;
};

/// By the names of their stores. `judged` gets the keys that are in one of them.
std::vector<StoreTransactions> histories_of(const RecordedRun& run,
                                            std::unordered_set<std::uint64_t>& judged);

/// Holds the histories against the levels that the file wants. With `complete` false they end
/// before the run: then nothing holds, though it may be violated.
void judge_transactions(std::vector<StoreTransactions> all, const ConsistencySpec& spec,
                        bool complete, ConsistencyResult& result);

}  // namespace faultline::sim
