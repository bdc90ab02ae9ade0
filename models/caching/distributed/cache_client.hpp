/// The library by which a process asks a distributed cache: it finds the node of a key, keeps a
/// near cache if there is to be one, and asks for many keys at once.
///
///   get --> [ near cache ] --miss--> node of the key, as this client knows the cluster --> answer
///                 ^                        '- moved: look who has it, ask again
///                 '----- the key has changed ----- cluster
///
/// Rule: what it knows of the cluster is as old as `propagation`, or since it was last redirected.
/// With `redirect`, a node that cannot be reached has it ask another one who is there. A near cache
/// keeps what was found and what was put, and forgets what its own process writes or erases; what
/// others write it hears of by an invalidation, if there are any, or serves until it is too old. An
/// answer that an invalidation has overtaken is not kept.
/// Of a hot key, reads go to the owner and to the copies in turn.
/// Source: Redis documentation, "Client-side caching" (tracking, and the race it describes);
/// Hazelcast manual, "Near Cache"; Redis Cluster specification, "MOVED redirection".
/// Does not model: the time the library itself takes; a table of who holds what that is larger than
/// what is held.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "models/algorithms/eviction/cache_store.hpp"
#include "models/caching/distributed/cache_cluster.hpp"
#include "models/random_adapter.hpp"
#include "models/resilience/caller.hpp"

namespace faultline::models {

struct CacheBatch;

class CacheClient {
 public:
  /// Null unless `cache` names a whole distributed cache. `caller` sends what it asks, and outlives
  /// it.
  static std::unique_ptr<CacheClient> of(const sim::NodeRef& cache,
                                         const sim::BuildContext& context, Caller& caller,
                                         std::string_view purpose);

  CacheClient(sim::Port port, const sim::BuildContext& context, Caller& caller,
              std::string_view purpose);

  /// Asks and waits. Requires: `request` outlives the task.
  sim::Task<sim::Reply> ask(const sim::Request& request);
  /// Sends without waiting for an answer.
  void tell(const sim::Request& request);
  /// Asks for all keys of `batch`, the nodes side by side, and waits for the slowest. What has not
  /// been found, or not been answered, is not `found`. Returns how many nodes it asked. Requires:
  /// the arguments outlive the task.
  sim::Task<std::size_t> get_all(CacheBatch& batch, const sim::Request& request);

  /// The node that takes the writes of `key`, as far as it knows; null while there is none.
  const sim::Node* holder(std::uint64_t key);

  // For the cluster.

  sim::Node& node() const { return node_; }
  /// `view` may be null: as before.
  void know(const std::shared_ptr<const CacheView>& view, const std::shared_ptr<const HotSet>& hot);
  /// Whether it holds `key`, or is about to.
  bool tracks(std::uint64_t key) const;
  /// What it holds of `key` is out of date from now on, whether it knows or not.
  void mark_stale(std::uint64_t key, sim::Time now);
  void invalidate(std::uint64_t key);

 private:
  /// Reads of one key that are under way.
  struct Flight {
    std::size_t count = 0;
    bool invalidated = false;
    std::optional<sim::Time> stale_since;
  };
  /// Stands in the frame of such a read.
  class Flying;

  void attach();
  std::size_t pick(const sim::Request& request);
  sim::Task<sim::Reply> send(const sim::Request& request);
  sim::Task<sim::Reply> route(const sim::Request& request);
  sim::Task<void> route_alone(sim::Request request);
  sim::Task<void> look_who_is_there(std::size_t unreachable);
  sim::Task<bool> get_part(std::size_t node, CacheBatch& part, const sim::Request& request);
  std::optional<sim::Reply> near_look_up(std::uint64_t key);
  void near_keep(std::uint64_t key, std::int64_t size, std::uint64_t value,
                 std::optional<sim::Time> stale_since);
  void near_forget(std::uint64_t key);

  sim::Node& node_;
  sim::Port port_;  ///< The nodes, by their places.
  Caller& caller_;
  StreamSource random_;
  CacheCluster* cluster_ = nullptr;          ///< Known when it is first needed.
  std::shared_ptr<const CacheView> view_;    ///< State.
  std::shared_ptr<const HotSet> hot_;        ///< State.
  std::uint64_t turn_ = 0;                   ///< State.
  std::uint64_t hot_turn_ = 0;               ///< State.
  std::unique_ptr<CacheStore> near_;         ///< Null: none. State.
  std::map<std::uint64_t, Flight> flights_;  ///< By key. State.
  /// Of what it holds, what is out of date and since when: what the simulation sees. State.
  std::unordered_map<std::uint64_t, sim::Time> stale_;
};

}  // namespace faultline::models
