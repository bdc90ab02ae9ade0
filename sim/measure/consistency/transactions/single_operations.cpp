#include "sim/measure/consistency/transactions/single_operations.hpp"

#include "sim/measure/consistency/object.hpp"

namespace faultline::sim::consistency {

TransactionHistory as_transactions(const History& history) {
  TransactionHistory all;
  all.initial = history.initial;
  all.clock = history.clock;
  all.values = history.values;
  all.key_names = history.key_names;
  all.session_names = history.session_names;
  all.node_names = history.node_names;
  all.transactions.reserve(history.operations.size());
  for (const Operation& operation : history.operations) {
    Transaction transaction;
    transaction.session = operation.session;
    transaction.node = operation.node;
    transaction.outcome = operation.outcome;
    transaction.invoked = operation.invoked;
    transaction.completed = operation.completed;
    const auto add = [&](MicroOperation::Kind kind, Value value) {
      transaction.operations.push_back(
          {.kind = kind, .key = operation.key, .value = value, .list = {}});
    };
    if (const auto found = found_by(operation)) add(MicroOperation::Kind::read, *found);
    if (const auto written = written_by(operation)) add(MicroOperation::Kind::write, *written);
    all.transactions.push_back(std::move(transaction));
  }
  return all;
}

}  // namespace faultline::sim::consistency
