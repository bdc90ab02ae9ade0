/// What the nodes of a distributed cache share: who belongs to it, where keys live, who leads which
/// shard, which keys are hot, and who its clients are.
///
///   change of the nodes --> new view --> nodes: at once; clients: after `propagation`
///
/// Rule: nodes are watched as models/storage/replication/group_monitor.hpp says. Of a shard whose
/// primary has been silent for `detection`, the replica that is furthest in its stream is promoted:
/// what the old primary had answered and not sent to it is lost, and counted, and so is what that
/// goes on to write while it does not know. With `eject` a shard without any node that answers
/// leaves the placement until one does.
/// What moves is measured on the entries that are there: of those that their owners hold when the
/// nodes change, how many have another owner afterwards.
/// Source: Redis Cluster specification, "Fault tolerance"; twemproxy, `auto_eject_hosts`; Nishtala
/// et al., "Scaling Memcache at Facebook", NSDI 2013.
/// Does not model: how long nodes take to agree with each other, votes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "models/algorithms/sharding/hot_keys.hpp"
#include "models/caching/distributed/cache_view.hpp"
#include "models/caching/distributed/cluster_params.hpp"
#include "models/storage/replication/group_monitor.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class CacheNode;
class CacheClient;

class CacheCluster {
 public:
  /// By the first node of the group.
  CacheCluster(const CacheClusterParams& params, const sim::BuildContext& context);
  ~CacheCluster();

  /// The nodes, in the order of their places.
  void add(CacheNode& node) { nodes_.push_back(&node); }
  const CacheClusterParams& params() const { return params_; }
  std::size_t factor() const { return factor_; }
  /// All are built, and the run begins.
  void start();

  const std::shared_ptr<const CacheView>& view() const { return view_; }
  const std::shared_ptr<const HotSet>& hot() const { return hot_; }
  CacheNode& node(std::size_t place) const { return *nodes_[place]; }
  /// Whether the node is the primary of its shard, as the cluster has it.
  std::size_t primary_of(std::size_t shard) const { return shards_[shard].primary; }
  std::uint64_t term_of(std::size_t shard) const { return shards_[shard].term; }
  bool joined(std::size_t shard) const { return shards_[shard].joined; }
  /// The shards with the copies of a hot key.
  std::vector<std::size_t> copies(const CacheView& view, std::uint64_t key) const;

  // Orders of the operator. Of a shard with replicas, all its nodes come and go together.

  /// It is not there yet when the run begins. Requires: before start().
  void absent_at_first(std::size_t shard) { shards_[shard].joined = false; }
  void join(std::size_t shard);
  void leave(std::size_t shard);

  // What nodes tell.

  void read(std::uint64_t key) {
    if (hot_keys_) hot_keys_->count(key);
  }
  void missed(std::uint64_t key);
  /// What is read of `key` from now on differs from what was read before.
  void changed(CacheNode& at, std::uint64_t key);
  /// A primary of this term has answered a write.
  void wrote(std::size_t shard, std::uint64_t term, std::uint64_t position);
  /// A node begins to carry entries, and is through with it.
  void carries() { ++carrying_; }
  void carried();
  /// The system is taken down.
  void node_gone() { nodes_.clear(); }

  // Clients.

  void add(CacheClient& client);
  struct NearCounts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stale_hits = 0;
    std::uint64_t invalidations = 0;
    std::uint64_t redirects = 0;
    std::uint64_t hot_reads = 0;
  };
  NearCounts& near() { return near_; }
  sim::Histogram& stale_age() { return stale_age_; }

  /// What is told of all nodes together, by the first of them.
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  struct Shard {
    std::size_t primary = 0;
    std::uint64_t term = 1;
    std::uint64_t written = 0;  ///< Position of the primary's stream.
    bool joined = true;
    bool away = false;  ///< Ejected.
  };
  struct Status {
    bool leading = false;
    std::uint64_t term = 0;
    std::uint64_t position = 0;
  };

  bool watches() const { return factor_ > 1 || params_.eject; }
  bool present(std::size_t shard) const { return shards_[shard].joined && !shards_[shard].away; }
  std::shared_ptr<const CacheView> make_view();
  /// Shows what is true now to everybody. `moves`: keys may have other owners.
  void change(bool moves);
  void measure(const CacheView& before, const CacheView& after);
  void tell_clients();
  sim::Task<void> tell_later(CacheClient& client, sim::Duration delay,
                             std::shared_ptr<const CacheView> view,
                             std::shared_ptr<const HotSet> hot);
  sim::Task<void> invalidate(CacheNode& at, CacheClient& client, std::uint64_t key);
  static sim::Task<bool> arrive(sim::Node& from, sim::Target to);
  sim::Task<void> find_hot_keys();
  void spread(std::uint64_t key, bool drop);
  void end_window();
  void answered(std::uint32_t node, const Status& status, sim::Duration now);
  void round(sim::Duration now);
  bool silent(std::size_t node, sim::Duration now) const {
    return now - seen_[node] > params_.detection;
  }
  /// What a round says of one shard.
  enum class Verdict : std::uint8_t { as_before, other_nodes, keys_move };
  Verdict judge(std::size_t shard, sim::Duration now);
  std::vector<std::size_t> serving(std::size_t shard) const;
  void order_to_lead(std::size_t shard);

  CacheClusterParams params_;
  std::size_t factor_;
  sim::Kernel& kernel_;
  sim::Network& network_;
  std::vector<PlacementNode> placement_nodes_;
  sim::Stream propagation_;
  std::vector<CacheNode*> nodes_;
  std::vector<CacheClient*> clients_;
  std::vector<Shard> shards_;              ///< State.
  std::shared_ptr<const CacheView> view_;  ///< State.
  std::shared_ptr<const HotSet> hot_;      ///< State.
  std::uint64_t versions_ = 0;             ///< State.
  std::optional<HotKeys> hot_keys_;        ///< State.
  std::unique_ptr<GroupMonitor<Status>> monitor_;
  std::vector<sim::Duration> seen_;          ///< By node: when it last answered. State.
  std::vector<Status> status_;               ///< And what. State.
  std::size_t carrying_ = 0;                 ///< Nodes that carry entries. State.
  std::unordered_set<std::uint64_t> moved_;  ///< Held when they moved, not missed since. State.
  std::uint64_t changes_ = 0;                ///< Statistic.
  std::uint64_t keys_held_ = 0;              ///< At changes. Statistic.
  std::uint64_t keys_moved_ = 0;             ///< Statistic.
  std::uint64_t keys_moved_needlessly_ = 0;  ///< Statistic.
  std::uint64_t moved_misses_ = 0;           ///< Statistic.
  std::uint64_t failovers_ = 0;              ///< Statistic.
  std::uint64_t lost_writes_ = 0;            ///< Statistic.
  NearCounts near_;                          ///< Of all clients. Statistic.
  sim::Histogram stale_age_;                 ///< Statistic.
  sim::ProcessOwner own_;                    ///< Last: its processes look at the rest.
};

}  // namespace faultline::models
