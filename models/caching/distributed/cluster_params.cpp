#include "models/caching/distributed/cluster_params.hpp"

#include "models/algorithms/eviction/eviction_policy.hpp"

namespace faultline::models {

using sim::Duration;

void NearCacheParams::describe(sim::ParamList<NearCacheParams>& list) {
  list.add("capacity", &NearCacheParams::capacity, "Entries it holds, or bytes");
  list.add("eviction", &NearCacheParams::eviction, "Which entry goes when it is full");
  list.add("ttl", &NearCacheParams::ttl, "How long an entry is good for there").above(Duration(0));
  list.add("invalidation", &NearCacheParams::invalidation,
           "Whether the cluster tells those who hold a key that it has changed; else they find out "
           "when it has expired");
}

void CopiedKeysParams::describe(sim::ParamList<CopiedKeysParams>& list) {
  list.add("share", &CopiedKeysParams::share,
           "A key is hot with at least this share of all reads of a window")
      .above(sim::Probability{0})
      .at_most(sim::Probability{1});
  list.add("window", &CopiedKeysParams::window, "Over which keys are counted").above(Duration(0));
  list.add("counters", &CopiedKeysParams::counters, "Counters of the sketch that counts them")
      .unit("counters")
      .between(1, 100'000);
  list.add("copies", &CopiedKeysParams::copies,
           "Further shards that get a copy of a hot key; reads go to all of them in turn")
      .unit("shards")
      .between(1, 1000);
}

void CacheClusterParams::describe(sim::ParamList<CacheClusterParams>& list) {
  list.add("placement", &CacheClusterParams::placement, "How keys find their shard");
  list.add("routing", &CacheClusterParams::routing,
           "Who finds the node of a key. client: the library in the caller's process, and a node "
           "serves whatever comes (memcached); redirect: the library, and a node that does not "
           "have the key sends it on to who has it (Redis Cluster); proxy: any node, which asks "
           "the right one (mcrouter beside each node)")
      .one_of({"client", "redirect", "proxy"});
  list.add("propagation", &CacheClusterParams::propagation,
           "How long it takes until a client knows that nodes have joined, left or taken over; "
           "with `redirect` it learns of it when it is redirected");
  list.add("replication_factor", &CacheClusterParams::replication_factor,
           "Nodes, one after the other, that hold the same shard: a primary, and replicas that it "
           "does not wait for")
      .unit("nodes")
      .between(1, 1000);
  list.add("reads", &CacheClusterParams::reads,
           "Who serves the reads of a shard: its primary, or all its nodes in turn")
      .one_of({"primary", "any"});
  list.add("detection", &CacheClusterParams::detection,
           "How long a node must be silent until a replica takes its place, or it is ejected")
      .at_least(std::chrono::milliseconds(1));
  list.add("monitor", &CacheClusterParams::monitor,
           "The node from which the nodes are watched; without it, one that nothing cuts off");
  list.add("eject", &CacheClusterParams::eject,
           "Whether the keys of a shard that is gone go to the others until it is back; else they "
           "miss meanwhile");
  list.add("migration", &CacheClusterParams::migration,
           "How many entries a second a node carries to their new owner after a node has joined "
           "or left; without it, none: they are missed, and read from the store again")
      .above(sim::Rate{0});
  list.add("near_cache", &CacheClusterParams::near_cache,
           "A small cache in the process of each caller; without it, none");
  list.add("hot_keys", &CacheClusterParams::hot_keys,
           "Hot keys are found and copied to further shards; without it, not");
}

void CacheClusterParams::check(const CacheClusterParams& params, const sim::Path& path,
                               sim::Problems& problems) {
  if (params.reads == "any" && params.replication_factor == 1) {
    problems.add(path / "reads", "there is no replica to read from",
                 "give a `replication_factor` of at least 2");
  }
  if (!params.monitor.name.empty() && params.replication_factor == 1 && !params.eject) {
    problems.add(path / "monitor", "has nothing to do",
                 "give a `replication_factor` of at least 2, or `eject`");
  }
}

}  // namespace faultline::models
