/// What others may know of a node that holds a part of the data. A component that is one is found
/// by dynamic_cast from Node::component(), once all components are built.
#pragma once

#include <cstddef>

#include "models/storage/replication.hpp"
#include "models/storage/shard_door.hpp"

namespace faultline::models {

class ShardMember {
 public:
  virtual ~ShardMember() = default;
  /// Which replication group of its node group it is part of, from 0.
  virtual std::size_t shard() const = 0;
  /// Its place among the members of that, from 0.
  virtual std::size_t place() const = 0;
  /// Null: it stands alone.
  virtual Replication* replication() const = 0;
  /// Where requests enter it.
  virtual ShardDoor& door() = 0;
  /// From now on it keeps what is written. Requires: before the run.
  virtual void keep_values() = 0;
};

}  // namespace faultline::models
