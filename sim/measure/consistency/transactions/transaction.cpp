#include "sim/measure/consistency/transactions/transaction.hpp"

#include <algorithm>
#include <array>

namespace faultline::sim::consistency {
namespace {

struct LevelName {
  TransactionLevel level;
  std::string_view name;
};
constexpr std::array<LevelName, 17> level_names{{
    {TransactionLevel::read_uncommitted, "read_uncommitted"},
    {TransactionLevel::read_committed, "read_committed"},
    {TransactionLevel::read_atomic, "read_atomic"},
    {TransactionLevel::causal, "causal"},
    {TransactionLevel::prefix, "prefix"},
    {TransactionLevel::consistent_view, "consistent_view"},
    {TransactionLevel::repeatable_read, "repeatable_read"},
    {TransactionLevel::snapshot_isolation, "snapshot_isolation"},
    {TransactionLevel::serializable, "serializable"},
    {TransactionLevel::strong_session_read_uncommitted, "strong_session_read_uncommitted"},
    {TransactionLevel::strong_session_read_committed, "strong_session_read_committed"},
    {TransactionLevel::strong_session_snapshot_isolation, "strong_session_snapshot_isolation"},
    {TransactionLevel::strong_session_serializable, "strong_session_serializable"},
    {TransactionLevel::strong_read_uncommitted, "strong_read_uncommitted"},
    {TransactionLevel::strong_read_committed, "strong_read_committed"},
    {TransactionLevel::strong_snapshot_isolation, "strong_snapshot_isolation"},
    {TransactionLevel::strict_serializable, "strict_serializable"},
}};

std::string name_of(std::uint64_t number, const std::vector<std::string>& names) {
  return number < names.size() ? names[number] : std::to_string(number);
}

}  // namespace

std::string_view to_text(TransactionModel model) {
  return model == TransactionModel::list_append ? "list_append" : "rw_register";
}

std::optional<TransactionModel> parse_transaction_model(std::string_view name) {
  for (const TransactionModel model :
       {TransactionModel::rw_register, TransactionModel::list_append}) {
    if (name == to_text(model)) return model;
  }
  return std::nullopt;
}

std::string_view to_text(TransactionLevel level) {
  for (const LevelName& entry : level_names) {
    if (entry.level == level) return entry.name;
  }
  return "";
}

std::optional<TransactionLevel> parse_transaction_level(std::string_view name) {
  std::string wanted(name);
  std::replace(wanted.begin(), wanted.end(), '-', '_');
  for (const LevelName& entry : level_names) {
    if (entry.name == wanted) return entry.level;
  }
  return std::nullopt;
}

std::vector<TransactionLevel> transaction_levels(TransactionModel model) {
  using Level = TransactionLevel;
  if (model == TransactionModel::rw_register) {
    return {Level::read_committed,
            Level::read_atomic,
            Level::causal,
            Level::prefix,
            Level::snapshot_isolation,
            Level::strong_session_snapshot_isolation,
            Level::serializable,
            Level::strong_session_serializable,
            Level::strong_snapshot_isolation,
            Level::strict_serializable};
  }
  std::vector<Level> all;
  for (const LevelName& entry : level_names) all.push_back(entry.level);
  return all;
}

std::string TransactionHistory::transaction_name(std::size_t index) const {
  return index < transaction_names.size() ? transaction_names[index]
                                          : "T" + std::to_string(index + 1);
}

std::string TransactionHistory::key_name(std::uint64_t key) const {
  return name_of(key, key_names);
}

std::string TransactionHistory::session_name(std::uint32_t session) const {
  return name_of(session, session_names);
}

std::string TransactionHistory::to_text(const MicroOperation& operation) const {
  const std::string key = key_name(operation.key);
  switch (operation.kind) {
    case MicroOperation::Kind::read:
      return key + ": " + values.to_text(operation.value);
    case MicroOperation::Kind::write:
      return key + " = " + values.to_text(operation.value);
    case MicroOperation::Kind::append:
      return key + " + " + values.to_text(operation.value);
    case MicroOperation::Kind::read_list:
      break;
  }
  // Of a long list the end tells more than the beginning.
  constexpr std::size_t shown_max = 8;
  std::string text = key + ": [";
  const std::size_t first =
      operation.list.size() > shown_max ? operation.list.size() - shown_max : 0;
  if (first > 0) text += "...";
  for (std::size_t i = first; i < operation.list.size(); ++i) {
    if (i > 0) text += ", ";
    text += values.to_text(operation.list[i]);
  }
  return text + "]";
}

std::string TransactionHistory::to_text(const Transaction& transaction) const {
  constexpr std::size_t shown_max = 12;
  std::string text;
  for (std::size_t i = 0; i < transaction.operations.size(); ++i) {
    if (i > 0) text += ", ";
    if (i == shown_max && transaction.operations.size() > shown_max + 1) {
      text += "...";
      break;
    }
    const MicroOperation& operation = transaction.operations[i];
    switch (operation.kind) {
      case MicroOperation::Kind::read:
      case MicroOperation::Kind::read_list:
        // What it found counts only if it committed.
        text += transaction.outcome == Outcome::ok ? "read " + to_text(operation)
                                                   : "read " + key_name(operation.key);
        break;
      case MicroOperation::Kind::write:
        text += "write " + to_text(operation);
        break;
      case MicroOperation::Kind::append:
        text += "append " + values.to_text(operation.value) + " to " + key_name(operation.key);
        break;
    }
  }
  return text;
}

}  // namespace faultline::sim::consistency
