/// What somebody knows of a cluster of cache nodes: where keys live and who serves them. It never
/// changes; after a change of the cluster there is a new one, and who has not heard of it goes by
/// the old one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"

namespace faultline::models {

struct CacheView {
  std::uint64_t version = 0;                        ///< Grows.
  std::unique_ptr<KeyPlacement> placement;          ///< Of keys on shards.
  std::vector<std::size_t> primaries;               ///< By shard: the node that takes writes.
  std::vector<std::vector<std::size_t>> serving{};  ///< By shard: the nodes that take reads.

  /// KeyPlacement::none while there is no shard.
  std::size_t shard_of(std::uint64_t key) const { return placement->place(key); }
};

/// The hot keys that somebody knows of, in rising order.
struct HotSet {
  std::uint64_t version = 0;  ///< Grows.
  std::vector<std::uint64_t> keys;
  bool has(std::uint64_t key) const { return std::binary_search(keys.begin(), keys.end(), key); }
};

}  // namespace faultline::models
