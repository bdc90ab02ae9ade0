/// Histories of a store that works, or nearly: transactions take effect one at a time, at an
/// instant between their beginning and their end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/measure/consistency/transactions/transaction.hpp"
#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim::consistency {

struct RandomStore {
  TransactionModel model = TransactionModel::rw_register;
  int transactions = 100;
  int sessions = 10;
  int keys = 10;                ///< In use at a time.
  int writes_of_key = 1 << 30;  ///< Then a new key takes its place.
  int operations = 4;           ///< Of a transaction, at most.
  int stale_percent = 0;        ///< Reads that find an older version.

  TransactionHistory run(Lcg& random) const {
    TransactionHistory history;
    history.initial = model == TransactionModel::list_append ? nil : 0;
    struct Effect {
      std::int64_t at;
      std::size_t transaction;
    };
    std::vector<Effect> effects;
    std::vector<std::int64_t> session_end(static_cast<std::size_t>(sessions));
    for (int t = 0; t < transactions; ++t) {
      Transaction transaction;
      transaction.session = static_cast<std::uint32_t>(t % sessions);
      std::int64_t& end = session_end[transaction.session];
      const std::int64_t invoked = end + 1 + random.below(20);
      const std::int64_t duration = 1 + random.below(100);
      end = invoked + duration;
      transaction.invoked = Time(Duration(invoked));
      transaction.completed = Time(Duration(end));
      effects.push_back({invoked + random.below(duration + 1), history.transactions.size()});
      history.transactions.push_back(transaction);
    }
    std::stable_sort(effects.begin(), effects.end(),
                     [](const Effect& a, const Effect& b) { return a.at < b.at; });
    std::vector<std::uint64_t> pool;
    std::uint64_t fresh = 0;
    while (fresh < static_cast<std::uint64_t>(keys)) pool.push_back(fresh++);
    std::map<std::uint64_t, std::vector<Value>> written;
    Value next = 1;
    for (const Effect& effect : effects) {
      Transaction& transaction = history.transactions[effect.transaction];
      const std::int64_t count = 1 + random.below(operations);
      for (std::int64_t i = 0; i < count; ++i) {
        std::uint64_t& key = pool[static_cast<std::size_t>(random.below(keys))];
        if (written[key].size() >= static_cast<std::size_t>(writes_of_key)) key = fresh++;
        std::vector<Value>& versions = written[key];
        MicroOperation operation;
        operation.key = key;
        const bool is_list = model == TransactionModel::list_append;
        if (random.below(2) == 0) {
          operation.kind = is_list ? MicroOperation::Kind::append : MicroOperation::Kind::write;
          operation.value = next++;
          versions.push_back(operation.value);
        } else {
          std::size_t seen = versions.size();
          if (seen > 0 && random.below(100) < stale_percent) --seen;
          operation.kind = is_list ? MicroOperation::Kind::read_list : MicroOperation::Kind::read;
          if (is_list) {
            operation.list.assign(versions.begin(),
                                  versions.begin() + static_cast<std::ptrdiff_t>(seen));
          } else {
            operation.value = seen > 0 ? versions[seen - 1] : history.initial;
          }
        }
        transaction.operations.push_back(std::move(operation));
      }
    }
    return history;
  }
};

}  // namespace faultline::sim::consistency
