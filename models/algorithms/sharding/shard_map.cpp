#include "models/algorithms/sharding/shard_map.hpp"

#include <utility>

#include "models/algorithms/hashing/key_hash.hpp"

namespace faultline::models {

ShardMap::ShardMap(std::unique_ptr<KeyPlacement> first, std::size_t slots)
    : slot_versions_(slots, 0) {
  SIM_ASSERT(slots > 0);
  placements_.push_back(std::move(first));
}

std::size_t ShardMap::slot_of(std::uint64_t key) const {
  // Another hash than the placements': their keys are to be spread over all slots.
  return hash_of_pair(0x51075, key) % slots();
}

void ShardMap::begin(std::unique_ptr<KeyPlacement> next) {
  SIM_ASSERT(!moving());
  placements_.push_back(std::move(next));
  moved_ = 0;
}

void ShardMap::moved() {
  SIM_ASSERT(moving());
  slot_versions_[moved_++] = latest();
}

ShardMap::Move ShardMap::move_of(std::uint64_t key) {
  SIM_ASSERT(moving());
  return {placements_[latest() - 1]->place(key), placements_[latest()]->place(key)};
}

}  // namespace faultline::models
