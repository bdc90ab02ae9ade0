/// What a file says of a Raft group.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "models/algorithms/consensus/raft.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct RaftParams {
  sim::Duration election_timeout = std::chrono::seconds(1);
  std::optional<sim::Duration> election_spread;
  sim::Duration heartbeat_interval = std::chrono::milliseconds(100);
  bool pre_vote = true;
  bool check_quorum = true;
  std::string reads = "read_index";
  sim::Probability clock_drift{0.1};
  std::int64_t batch = 1024;
  sim::Duration batch_delay{};
  sim::Bytes batch_size{1 << 20};
  std::int64_t window = 256;
  bool announce_commit = true;
  std::int64_t snapshot_every = 10'000;
  std::int64_t log_kept = 5'000;
  bool forward = true;
  sim::Duration forward_timeout = std::chrono::seconds(2);
  sim::Duration leader_wait = std::chrono::seconds(1);
  std::optional<std::int64_t> preferred_leader;
  std::optional<std::int64_t> initial_members;
  std::string mistake = "none";

  static void describe(sim::ParamList<RaftParams>& list);
  static void check(const RaftParams& params, const sim::Path& path, sim::Problems& problems);

  /// How many of a group of `replicas` belong to it when the run begins.
  std::size_t first_members(std::size_t replicas) const {
    if (!initial_members) return replicas;
    return std::min(replicas, static_cast<std::size_t>(*initial_members));
  }
  bool reads_locally() const { return reads == "local"; }
  Raft::ReadMode read_mode() const {
    return reads == "lease" ? Raft::ReadMode::lease : Raft::ReadMode::read_index;
  }
  /// Of one member.
  RaftConfig config(PeerId id) const;
};

}  // namespace faultline::models
