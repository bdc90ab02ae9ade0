/// Readers of files with transactions.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

enum class TransactionFormat : std::uint8_t {
  /// A line an operation, `w(key,value,session,transaction)` or `r(...)`, all whole numbers; the
  /// transactions of a session in its order. No times; all of them committed. The initial value of
  /// every key is 0. Source: Liu et al., "Plume", OOPSLA 2024, and dbcop.
  txn_text,
  /// A JSON object a line (or one array of them), as Jepsen writes histories for Elle:
  /// {"process": 0, "type": "ok", "value": [["append", "x", 1], ["r", "y", [1, 2]]]}, with type
  /// invoke, ok (committed), fail (aborted) or info (unknown), and "w" and "r" of single values for
  /// registers. An object without a process completes the last invocation without one. Their order
  /// is the order of time. The initial value is null.
  elle_json,
};
std::string_view to_text(TransactionFormat format);
std::optional<TransactionFormat> parse_transaction_format(std::string_view name);

/// Reads a whole file. Nothing, and one sentence with the line in `error`, if it is damaged, does
/// not fit the model, or is too large (lines of 16 MiB, ten million operations). `initial`: what a
/// register holds before its first write, if not what the format says.
std::optional<TransactionHistory> read_transactions(std::istream& input, TransactionFormat format,
                                                    TransactionModel model,
                                                    std::optional<Value> initial,
                                                    std::string& error);

}  // namespace faultline::sim::consistency
