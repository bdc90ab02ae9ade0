/// A database's part in transactions over several shards: two-phase commit.
///
///   prepare --> lock the key --> write the record --> yes (in doubt until the end is heard)
///   commit  --> write the value --> unlock            abort --> unlock
///
/// Rule: the record of a prepare and the value of a commit are ordinary writes, which go the way of
/// every write of this database: with a replication, through that. The replicas of a group share
/// their locks: they are part of the state that the group keeps, and change when their record has
/// been written. While a key is locked, ordinary requests for it wait. What is in doubt for
/// `inquiry` asks the coordinator, again and again.
/// Source: models/algorithms/transactions/commit_participant.hpp.
/// Does not model: a record that the storage engine or the replication lost after it was
/// acknowledged; reads inside a transaction.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/transactions/commit_coordinator.hpp"
#include "models/algorithms/transactions/commit_participant.hpp"
#include "models/storage/bell.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/param/described.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

struct ParticipantParams {
  std::string on_conflict = "wait";
  sim::Duration lock_timeout = std::chrono::seconds(1);
  sim::Duration inquiry = std::chrono::seconds(1);
  std::string locked_reads = "wait";

  static void describe(sim::ParamList<ParticipantParams>& list);
};

class Participant {
 public:
  /// Serves an ordinary request as the database does.
  using Serve = std::function<sim::Task<sim::Reply>(const sim::Request&)>;
  using Key = std::uint64_t;

  Participant(const ParticipantParams& params, const sim::BuildContext& context, Serve serve);

  /// From now on this replica and `first` share their locks. Requires: both hold none.
  void share_with(Participant& first) { state_ = first.state_; }
  /// Whether any key is locked: then ordinary requests are to wait for theirs.
  bool is_active() const { return state_->core.locks_held() > 0; }
  /// Takes a prepare, a commit or an abort. Requires: `request` outlives the task.
  sim::Task<sim::Reply> take(const sim::Request& request);
  /// Whether an ordinary request is to wait for its key.
  bool blocks(const sim::Request& request) const {
    return is_locked(request.key) && !(request.is_read() && params_.locked_reads == "pass");
  }
  /// Waits until the key of an ordinary request is free. False: it took too long.
  sim::Task<bool> wait_for(const sim::Request& request);
  /// Whether a transaction holds `key`.
  bool is_locked(Key key) const { return state_->core.holder(key).has_value(); }
  /// The node is up again: goes on inquiring.
  void start();
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  using Id = std::pair<std::uint64_t, Key>;
  /// What the replicas of a group have in common.
  struct State {
    explicit State(LockConflict conflict) : core(conflict) {}
    CommitParticipant core;
    std::map<Id, Bell*> waiting;         ///< For their lock.
    std::multimap<Key, Bell*> visitors;  ///< Ordinary requests that wait for a key.
    std::map<Id, sim::Time> in_doubt;    ///< Since when.
    std::map<Id, bool> applying;         ///< A commit is being written.
  };
  class Hold;
  class Applying;

  sim::Task<sim::Reply> prepare(const sim::Request& request);
  sim::Task<sim::Reply> commit(const sim::Request& request);
  sim::Reply abort(const sim::Request& request);
  sim::Task<void> inquire(Id id);
  void passed_on(Key key, const std::optional<TransactionTag>& next);
  void ended(const Id& id);

  sim::Node& node_;
  sim::Network& network_;
  ParticipantParams params_;  ///< Parameters.
  Serve serve_;
  std::shared_ptr<State> state_;
  std::uint64_t prepared_ = 0;   ///< Votes yes. Statistic.
  std::uint64_t refused_ = 0;    ///< Votes no. Statistic.
  std::uint64_t inquiries_ = 0;  ///< Statistic.
  std::uint64_t blocked_ = 0;    ///< Ordinary requests that waited for a lock. Statistic.
  double blocked_seconds_ = 0;   ///< That they waited, together. Statistic.
  sim::Histogram in_doubt_;      ///< Nanoseconds from vote to end. Statistic.
};

}  // namespace faultline::models
