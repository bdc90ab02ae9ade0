#include "sim/measure/consistency/transactions/single_operations.hpp"

#include "sim/param/assert.hpp"

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
    SIM_ASSERT(operation.kind == Kind::read || operation.kind == Kind::write);
    MicroOperation micro;
    micro.kind =
        operation.kind == Kind::read ? MicroOperation::Kind::read : MicroOperation::Kind::write;
    micro.key = operation.key;
    micro.value = operation.value;
    Transaction transaction;
    transaction.session = operation.session;
    transaction.node = operation.node;
    transaction.outcome = operation.outcome;
    transaction.invoked = operation.invoked;
    transaction.completed = operation.completed;
    transaction.operations.push_back(std::move(micro));
    all.transactions.push_back(std::move(transaction));
  }
  return all;
}

}  // namespace faultline::sim::consistency
