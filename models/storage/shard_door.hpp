/// Where requests enter a database that is a shard among others: the gate that knows which keys
/// live here, and the part in transactions over several shards. A database that is neither has a
/// door that is open, and costs nothing.
#pragma once

#include <memory>
#include <optional>

#include "models/storage/participant.hpp"
#include "models/storage/replication.hpp"
#include "models/storage/shard_gate.hpp"

namespace faultline::models {

class ShardDoor {
 public:
  using Serve = ShardGate::Serve;

  /// `serve` serves an ordinary request as the database does, admission included.
  ShardDoor(const std::optional<ParticipantParams>& transactions, const sim::BuildContext& context,
            Serve serve)
      : node_(context.node()), serve_(serve), gate_(context, serve) {
    if (!transactions) return;
    participant_ = std::make_unique<Participant>(*transactions, context, serve);
    gate_.set_busy([this](std::uint64_t key) { return participant_->is_locked(key); });
  }

  /// Whether `request` is to go through handle(): not if it has been let in at another replica.
  bool concerns(const sim::Request& request) const {
    if (request.connection == peer_connection) return false;
    return request.operation >= sim::Operation::prepare || gate_.is_joined() ||
           (participant_ && participant_->is_active());
  }
  /// Requires: `request` outlives the task.
  sim::Task<sim::Reply> handle(const sim::Request& request);

  ShardGate& gate() { return gate_; }
  /// From now on the replica with the door `first` and this one share their locks.
  void share_with(ShardDoor& first) {
    if (participant_ && first.participant_) participant_->share_with(*first.participant_);
  }
  void start() {
    if (participant_) participant_->start();
  }
  void describe_statistics(sim::NodeStatistics& statistics) {
    if (participant_) participant_->describe_statistics(statistics);
  }

 private:
  sim::Node& node_;
  Serve serve_;
  ShardGate gate_;
  std::unique_ptr<Participant> participant_;  ///< Null: it takes no part in transactions.
};

}  // namespace faultline::models
