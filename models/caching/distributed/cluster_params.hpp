/// What is written about a cluster of cache nodes, its clients included.
#pragma once

#include <optional>
#include <string>

#include "models/algorithms/hashing/key_placement.hpp"
#include "models/caching/capacity.hpp"
#include "sim/param/described.hpp"
#include "sim/random/distribution.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

/// A small cache in the process of each caller.
struct NearCacheParams {
  CacheCapacity capacity{.amount = 1000};
  sim::Choice<EvictionPolicy> eviction{"lru"};
  sim::Duration ttl = std::chrono::seconds(1);
  bool invalidation = false;

  static void describe(sim::ParamList<NearCacheParams>& list);
};

/// How hot keys are found, and what is done with them.
struct CopiedKeysParams {
  sim::Probability share{0.01};
  sim::Duration window = std::chrono::seconds(1);
  std::int64_t counters = 100;
  std::int64_t copies = 2;

  static void describe(sim::ParamList<CopiedKeysParams>& list);
};

struct CacheClusterParams {
  sim::Choice<KeyPlacement> placement{"ring"};
  std::string routing = "client";
  sim::RandomDuration propagation{sim::Duration(0)};
  std::int64_t replication_factor = 1;
  std::string reads = "primary";
  sim::Duration detection = std::chrono::seconds(15);
  sim::NodeRef monitor;
  bool eject = false;
  std::optional<sim::Rate> migration;
  std::optional<NearCacheParams> near_cache;
  std::optional<CopiedKeysParams> hot_keys;

  static void describe(sim::ParamList<CacheClusterParams>& list);
  static void check(const CacheClusterParams& params, const sim::Path& path,
                    sim::Problems& problems);
};

}  // namespace faultline::models
