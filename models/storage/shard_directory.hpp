/// What routers know of a directory of shards.
#pragma once

#include <vector>

#include "models/storage/shard_commands.hpp"
#include "models/storage/shard_set.hpp"

namespace faultline::models {

class ShardDirectory : public ShardDesk {
 public:
  /// The shards, whether in use or not, as seen from the directory's node.
  virtual const std::vector<Shard>& shards() = 0;
  /// Its placements, known to all; which version a slot has is to be asked for by look_up.
  virtual ShardMap& map() = 0;
};

}  // namespace faultline::models
