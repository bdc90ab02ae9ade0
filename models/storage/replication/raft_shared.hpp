/// What the replicas of a Raft group share, as the simulation sees it: who leads when, and what is
/// wanted of the membership.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/storage/replication/raft_membership.hpp"
#include "models/storage/replication/raft_watch.hpp"
#include "sim/measure/histogram.hpp"

namespace faultline::models {

struct RaftShared {
  explicit RaftShared(std::vector<PeerId> voters) : changes(std::move(voters)) {}

  /// Looks whether `raft` knows of a change that is done.
  void see(const Raft& raft, sim::Time now) {
    const double until_now = voter_seconds(now);
    const auto ordered_at = changes.take_done(raft);
    if (!ordered_at) return;
    ++changed;
    change_time.record((now.time_since_epoch() - *ordered_at).count());
    voter_seconds_ = until_now;
    since_ = now;
  }
  /// The integral of the number of members over time.
  double voter_seconds(sim::Time now) const {
    return voter_seconds_ + static_cast<double>(changes.voters()) * sim::to_seconds(now - since_);
  }
  void reset(sim::Time now) {
    watch.reset(now);
    changed = refused = 0;
    change_time = {};
    voter_seconds_ = 0;
    since_ = now;
  }

  RaftWatch watch;
  RaftMembershipChanges changes;
  std::uint64_t changed = 0;   ///< Changes done. Statistic, as the rest.
  std::uint64_t refused = 0;   ///< Changes that would have changed nothing or left nobody.
  sim::Histogram change_time;  ///< From the order until it was known to be done.

 private:
  double voter_seconds_ = 0;
  sim::Time since_{};
};

}  // namespace faultline::models
