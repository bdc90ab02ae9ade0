/// What one database does with its own data, when no other replica has a say: storage, values, and
/// the transactions that come to it.
///
///   a query by itself:  tables --> log, until it is durable --> value --> answer
///   a transaction:      begin --> read, write ... --> commit: log, until it is durable --> values
///                                        '-- waits, or is aborted, as the isolation has it
///
/// Rule: a transaction keeps the connection that it began on until it ends. With an isolation, a
/// query by itself is a transaction of one step. A value is seen by others once its record is as
/// durable as the engine promises; what a crash takes from the log is taken from the values too.
/// One that says nothing for `idle_timeout`, because whoever began it is gone, is aborted. An abort
/// that overtakes its begin, which waits for a connection, ends it before it has begun.
/// Does not model: the rows and the plan of a query; savepoints.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "models/algorithms/isolation/isolation.hpp"
#include "models/storage/storage_engine.hpp"
#include "models/storage/value_table.hpp"
#include "sim/kernel/one_shot.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/node_timer.hpp"

namespace faultline::models {

struct LocalStoreParams {
  sim::Choice<Isolation> isolation;
  sim::Duration idle_timeout{60'000'000'000};

  static void describe(sim::ParamList<LocalStoreParams>& list);
};

class LocalStore {
 public:
  LocalStore(const LocalStoreParams& params, const sim::BuildContext& context,
             StorageEngine& storage);

  bool has_transactions() const { return isolation_ != nullptr; }
  /// Values are kept from now on.
  void keep_values() { keeps_values_ = true; }

  /// A read or a write by itself; `bytes` is the size of what a read finds.
  sim::Task<sim::Reply> serve(const sim::Request& request, std::int64_t bytes);
  /// A transaction begins and takes `connection` with it.
  sim::Reply begin(const sim::Request& request, sim::Resource::Lease connection);
  /// The next step of a transaction that has begun.
  sim::Task<sim::Reply> step(const sim::Request& request, std::int64_t bytes);

  void crashed();
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  using Transaction = Isolation::Transaction;
  using Name = std::pair<std::uint64_t, std::uint32_t>;  ///< Request's id and connection.
  /// One that has begun and not ended.
  struct Open {
    Open(sim::Node& node, std::function<void()> idle) : idle_timer(node, std::move(idle)) {}
    Transaction number = 0;
    sim::Resource::Lease connection;
    sim::NodeTimer idle_timer;
    std::int64_t log_bytes = 0;  ///< Of its writes.
    bool busy = false;           ///< A step of it is under way.
    bool given_up = false;       ///< Its abort came while a step was under way.
  };

  sim::Task<sim::Reply> serve_alone(const sim::Request& request, std::int64_t bytes);
  sim::Task<sim::Reply> do_step(const sim::Request& request, std::int64_t bytes, Open& open);
  /// Repeats a step until it need not wait.
  sim::Task<Isolation::Answer> ask(const sim::Request& request, Transaction transaction);
  sim::Task<sim::Reply> commit(Transaction transaction, std::int64_t log_bytes);
  void abort(Transaction transaction, Isolation::Why why);
  void idle(Name name);
  void remember_abort(const Name& name);
  void end(const Name& name);
  void wake();
  sim::Task<sim::Reply> read_table(const sim::Request& request, std::int64_t bytes);
  sim::Task<sim::Reply> write_table(const sim::Request& request);
  void remember(LogPosition position, std::uint64_t key, std::uint64_t value_before);

  sim::Node& node_;
  StorageEngine& storage_;
  sim::Duration idle_timeout_;
  bool keeps_values_;
  std::unique_ptr<Isolation> isolation_;  ///< Null: no transactions.
  ValueTable values_;                     ///< Without an isolation. On disk. State.
  /// What a key held before a write that a crash might still take.
  struct Undo {
    LogPosition position;
    std::uint64_t key;
    std::uint64_t value;
  };
  std::deque<Undo> undo_;                       ///< State.
  std::map<Name, std::unique_ptr<Open>> open_;  ///< State.
  std::unique_ptr<Open> closing_;               ///< The last that ended.
  std::set<Name> overtaken_;                    ///< Aborted before they have begun. State.
  std::deque<Name> overtaken_order_;            ///< The oldest first; some may have begun. State.
  std::map<Transaction, sim::OneShot<bool>*> waiting_;  ///< State.
  Transaction last_ = 0;                                ///< Number of the last to begin.
  sim::Histogram lock_wait_;                            ///< Nanoseconds, of those that waited.
  std::uint64_t idle_aborts_ = 0;                       ///< Statistic.
  std::uint64_t cut_off_ = 0;                           ///< Open when the node crashed. Statistic.
  Isolation::Counts at_reset_;
};

}  // namespace faultline::models
