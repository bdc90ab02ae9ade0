/// The shards that references to databases name: each replication group is one, and so is each
/// node that stands alone.
#pragma once

#include <string>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"
#include "models/storage/shard_member.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

struct Shard {
  /// A replica, and what it is as a member of its shard.
  struct Replica {
    sim::Target target;
    ShardMember* member = nullptr;  ///< Null: no database, such as an app server in front of one.
  };
  std::vector<Replica> replicas;

  const std::string& name() const { return replicas.front().target.node->name(); }
  std::string region() const {
    const sim::Zone* zone = replicas.front().target.node->zone();
    return zone ? zone->region : std::string();
  }
  /// Whether `node` is one of its replicas.
  bool has(const sim::Node& node) const {
    for (const Replica& each : replicas) {
      if (each.target.node == &node) return true;
    }
    return false;
  }
  /// The replica that leads, as far as one does; else the first.
  const Replica& leader() const {
    for (const Replica& each : replicas) {
      const Replication* replication = each.member ? each.member->replication() : nullptr;
      if (replication && replication->role() == ReplicaRole::leader && each.target.node->up()) {
        return each;
      }
    }
    return replicas.front();
  }
};

/// The shards of `port`, in its order. Requires: all components are built.
inline std::vector<Shard> shards_of(const sim::Port& port) {
  std::vector<Shard> shards;
  const ShardMember* before = nullptr;
  const sim::Node* node_before = nullptr;
  for (const sim::Target& target : port) {
    auto* member = dynamic_cast<ShardMember*>(&target.node->component());
    const bool same = member && member->replication() && before &&
                      target.node->group() == node_before->group() &&
                      member->shard() == before->shard();
    if (!same) shards.emplace_back();
    shards.back().replicas.push_back({target, member});
    before = member;
    node_before = target.node;
  }
  return shards;
}

inline std::vector<PlacementNode> placement_nodes_of(const std::vector<Shard>& shards) {
  std::vector<PlacementNode> nodes;
  for (const Shard& shard : shards) nodes.push_back({shard.name(), 1, shard.region()});
  return nodes;
}

}  // namespace faultline::models
