/// A node of a cluster of caches (models/caching/distributed/cache_node.cpp), as the others of its
/// group, its clients and the faults know it.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "models/algorithms/eviction/cache_store.hpp"
#include "models/algorithms/replication/update_stream.hpp"
#include "models/caching/cache_contents.hpp"
#include "models/caching/distributed/cache_cluster.hpp"
#include "models/caching/distributed/cluster_params.hpp"
#include "models/random_adapter.hpp"
#include "models/service_time.hpp"
#include "models/ticket_desk.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/component.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

struct DistributedCacheParams {
  CacheCapacity capacity;
  sim::Choice<EvictionPolicy> eviction{"lru"};
  sim::RandomDuration service_time{sim::Duration(0)};
  sim::Duration key_time{};
  std::optional<sim::Duration> ttl;
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> queue_limit;
  CacheClusterParams cluster;

  static void describe(sim::ParamList<DistributedCacheParams>& list);
  static void check(const DistributedCacheParams& params, const sim::Path& path,
                    sim::Problems& problems);
};

/// The keys of a multi-get that go to one node, and what it found.
struct CacheBatch {
  struct Item {
    std::uint64_t key = 0;
    bool found = false;
    bool moved = false;  ///< Another node has it.
    std::int64_t size = 0;
    std::uint64_t value = 0;
  };
  std::vector<Item> items;
  bool served = false;
};

/// An entry that is written, or goes.
struct CacheUpdate {
  CacheEntry entry;
  bool erase = false;
};

/// What nodes of a cluster tell each other.
struct CacheNews {
  enum class Kind : std::uint8_t {
    hello,        ///< Of a primary: my stream is this one.
    update,       ///< Of a primary: the next update of the stream.
    copy_wanted,  ///< Of a replica: give me a copy of everything.
    copy,         ///< Of a primary: everything up to a position.
    spread,       ///< A hot key's copy is this, or goes.
    carry,        ///< An entry that has a new owner.
  };
  Kind kind = Kind::hello;
  StreamName stream{};
  std::uint64_t position = 0;
  CacheUpdate update{};
  std::vector<CacheEntry> entries{};
};

class CacheNode final : public sim::Component, public CacheContents, public TicketDesk<CacheBatch> {
 public:
  CacheNode(const DistributedCacheParams& params, const sim::BuildContext& context);
  ~CacheNode() override;

  sim::Task<sim::Reply> handle(const sim::Request& request) override;
  void receive(sim::Node& from, sim::Message& message) override;
  void start() override;
  void crashed() override;
  bool suffers(sim::Disturbance what) const override;
  void disturbed(sim::Disturbance what, double level) override;
  bool offers(std::string_view role) const override;
  std::string_view role() const override;
  void describe_statistics(sim::NodeStatistics& statistics) override;

  std::optional<std::int64_t> time_left(std::uint64_t key, std::uint64_t value) const override;

  CacheCluster& cluster() const { return *cluster_; }
  sim::Node& node() const { return node_; }
  std::size_t shard() const { return shard_; }

  // For the cluster.

  bool leading() const { return leading_; }
  std::uint64_t term() const { return term_; }
  /// Of its stream: how far it is.
  std::uint64_t position() const { return stream_.position(); }
  /// From now on it is the primary of its shard.
  void lead(std::uint64_t term);
  /// It is the primary no more; it copies everything from `primary`.
  void follow(std::size_t primary);
  /// The keys it holds, or held when it went down, in the order of their slots.
  std::vector<std::uint64_t> keys() const;
  bool holds(std::uint64_t key) const { return store_.peek(key) != nullptr; }
  void clear();
  /// Gives the shards `to` a copy of a hot key as it is here, or has them drop it.
  void spread(std::uint64_t key, const std::vector<std::size_t>& to, bool drop);
  /// Carries the entries that others own now to them.
  void migrate(double per_second);
  void migration_ended() { erased_.clear(); }

 private:
  /// What is to be done with a request that came here.
  enum class Way : std::uint8_t { serve, redirect, forward, refuse };
  struct Decision {
    Way way = Way::serve;
    std::size_t node = 0;   ///< Of forward: whom to ask.
    std::size_t owner = 0;  ///< And whom next, if a copy of a hot key is not there.
  };
  Decision decide(const sim::Request& request);
  sim::Task<sim::Reply> forward(const sim::Request& request, std::size_t to);
  sim::Task<void> serve_batch(const sim::Request& request);
  sim::Task<bool> forward_batch(std::size_t to, CacheBatch& part, const sim::Request& request);
  sim::Reply apply(const sim::Request& request);
  void update(const CacheUpdate& update);
  void make(const CacheUpdate& update);
  void take(const UpdateStream<CacheUpdate>::Due& due, std::size_t primary);
  void post(std::size_t to, CacheNews news);
  /// Stands in the frame of a process that carries entries.
  struct Carrying {
    explicit Carrying(CacheCluster& all) : cluster(all) {}
    Carrying(const Carrying&) = delete;
    ~Carrying() { cluster.carried(); }
    CacheCluster& cluster;
  };
  sim::Task<void> carry(double per_second, std::uint64_t turn);
  std::int64_t local_now() const;
  std::int64_t expiry(const sim::Request& request, std::int64_t now) const;

  sim::Node& node_;
  std::vector<sim::Node*> members_;
  std::vector<sim::Target> targets_;  ///< Of the members; its own is not to be used.
  StreamSource random_;
  CacheStore store_;
  ServiceTime service_time_;
  sim::Duration key_time_;
  sim::Duration ttl_;  ///< Zero: entries do not age.
  sim::Resource workers_;
  sim::Patience unlimited_;
  std::shared_ptr<CacheCluster> cluster_;
  std::size_t self_;  ///< Its place in the group.
  std::size_t shard_;
  bool leading_ = false;                      ///< It takes itself for the primary. State.
  std::uint64_t term_ = 0;                    ///< Since when. State.
  std::uint64_t lives_ = 0;                   ///< How often it started. State.
  UpdateStream<CacheUpdate> stream_;          ///< State.
  std::vector<std::uint64_t> keys_at_crash_;  ///< For measuring what moved. State.
  std::unordered_set<std::uint64_t> erased_;  ///< While entries are carried. State.
  std::uint64_t migrations_ = 0;              ///< Begun so far. State.
  std::uint64_t turn_ = 0;                    ///< Of reads that it forwards. State.
  std::uint64_t hot_turn_ = 0;                ///< And of those of hot keys. State.
  std::uint64_t hits_ = 0;                    ///< Statistic.
  std::uint64_t misses_ = 0;                  ///< Statistic.
  std::uint64_t redirected_ = 0;              ///< Statistic.
  std::uint64_t forwarded_ = 0;               ///< Statistic.
  std::uint64_t carried_ = 0;                 ///< Statistic.
  CacheStore::Counts at_reset_;
};

}  // namespace faultline::models
