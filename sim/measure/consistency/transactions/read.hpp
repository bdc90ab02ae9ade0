/// Files with transactions: readers, and a writer.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  /// The same in EDN, as Jepsen's history.edn: {:process 0, :type :ok, :f :txn, :value [[:append :x
  /// 1] [:r :y [1 2]]]}.
  elle_edn,
};
std::string_view to_text(TransactionFormat format);
std::optional<TransactionFormat> parse_transaction_format(std::string_view name);
std::vector<std::string> transaction_format_names();

/// What the beginning of a file looks like; nothing if like none of these.
std::optional<TransactionFormat> detect_transaction_format(std::string_view text);

/// Reads a whole file. Nothing, and one sentence with the line in `error`, if it is damaged, does
/// not fit the model, or is too large (lines of 16 MiB, in EDN a file of 1 GiB, ten million
/// operations). `initial`: what a register holds before its first write, if not what the format
/// says.
std::optional<TransactionHistory> read_transactions(std::istream& input, TransactionFormat format,
                                                    TransactionModel model,
                                                    std::optional<Value> initial,
                                                    std::string& error);

/// The history as elle_json, for Elle and for read_transactions: sessions are processes. Events of
/// one instant are written so that transactions that touch overlap.
std::string elle_json_text(const TransactionHistory& history);

}  // namespace faultline::sim::consistency
