/// What one replica of a leaderless store holds: keys with their versions, the hash trees over
/// them, and what it takes to go back to what its disk had kept when it crashes.
///
/// Keys are spread over partitions by their hash; a table keeps trees for those partitions only
/// that it is asked to.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/replication/merkle_tree.hpp"
#include "models/algorithms/replication/versions.hpp"

namespace faultline::models {

class ReplicaTable {
 public:
  struct Config {
    VersionRule rule = VersionRule::last_write_wins;
    std::vector<bool> trees = {};  ///< By partition: whether to keep one. Empty: none.
    int merkle_depth = 10;
  };
  explicit ReplicaTable(const Config& config);

  /// Null for a key never heard of.
  const VersionedValue* find(std::uint64_t key) const;
  std::size_t size() const { return values_.size(); }

  /// Whether it changed anything.
  bool merge(std::uint64_t key, const VersionedValue& value);
  /// As VersionedValue::write.
  const VersionedValue& write(std::uint64_t key, const Version& version, const VersionVector& seen);

  std::uint32_t partition_of(std::uint64_t key, std::size_t partitions) const {
    return static_cast<std::uint32_t>(mix_bits(key + 0x9e3779b97f4a7c15) % partitions);
  }
  /// Requires: the partition has a tree.
  MerkleTree& tree(std::uint32_t partition) { return *partitions_[partition].tree; }
  const std::vector<std::uint64_t>& keys_in(std::uint32_t partition, std::uint32_t leaf) const {
    return partitions_[partition].leaves[leaf];
  }

  /// From now on changes are those of this position of the log; what they replace is remembered
  /// until it is forgotten.
  void journal(std::uint64_t position) { position_ = position; }
  /// Changes up to `position` are on disk.
  void forget(std::uint64_t position);
  /// Undoes all changes beyond `position`; how many.
  std::uint64_t roll_back(std::uint64_t position);

 private:
  struct Partition {
    std::unique_ptr<MerkleTree> tree;                ///< Null without.
    std::vector<std::vector<std::uint64_t>> leaves;  ///< The keys of each.
  };
  struct Undo {
    std::uint64_t position;
    std::uint64_t key;
    std::optional<VersionedValue> before;
  };
  Partition* partition_with_tree(std::uint64_t key);
  void leave_tree(std::uint64_t key, const VersionedValue& value);
  void enter_tree(std::uint64_t key, const VersionedValue& value, bool fresh);
  /// The entry of a key that is about to change, taken out of its tree.
  VersionedValue& open(std::uint64_t key, bool& fresh);

  VersionRule rule_;                                      ///< Parameter.
  tsl::robin_map<std::uint64_t, VersionedValue> values_;  ///< State.
  std::vector<Partition> partitions_;                     ///< State.
  std::optional<std::uint64_t> position_;                 ///< Nothing: nothing is journalled.
  std::deque<Undo> undo_;                                 ///< In the order of the changes. State.
};

}  // namespace faultline::models
