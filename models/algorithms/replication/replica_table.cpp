#include "models/algorithms/replication/replica_table.hpp"

#include <algorithm>

namespace faultline::models {

ReplicaTable::ReplicaTable(const Config& config) : rule_(config.rule) {
  partitions_.resize(config.trees.size());
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    if (!config.trees[i]) continue;
    partitions_[i].tree = std::make_unique<MerkleTree>(config.merkle_depth);
    partitions_[i].leaves.resize(std::size_t{1} << config.merkle_depth);
  }
}

const VersionedValue* ReplicaTable::find(std::uint64_t key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

ReplicaTable::Partition* ReplicaTable::partition_with_tree(std::uint64_t key) {
  if (partitions_.empty()) return nullptr;
  Partition& partition = partitions_[partition_of(key, partitions_.size())];
  return partition.tree ? &partition : nullptr;
}

void ReplicaTable::leave_tree(std::uint64_t key, const VersionedValue& value) {
  if (Partition* partition = partition_with_tree(key)) partition->tree->toggle(key, value.digest());
}

void ReplicaTable::enter_tree(std::uint64_t key, const VersionedValue& value, bool fresh) {
  Partition* partition = partition_with_tree(key);
  if (!partition) return;
  partition->tree->toggle(key, value.digest());
  if (fresh) partition->leaves[partition->tree->leaf_of(key)].push_back(key);
}

VersionedValue& ReplicaTable::open(std::uint64_t key, bool& fresh) {
  const auto [entry, added] = values_.try_emplace(key);
  fresh = added;
  VersionedValue& value = entry.value();
  if (position_) {
    undo_.push_back({*position_, key, {}});
    if (!fresh) undo_.back().before = value;
  }
  if (!fresh) leave_tree(key, value);
  return value;
}

bool ReplicaTable::merge(std::uint64_t key, const VersionedValue& value) {
  if (value.empty()) return false;
  const auto found = values_.find(key);
  if (found != values_.end() && !found->second.may_learn_from(value, rule_)) return false;
  bool fresh = false;
  VersionedValue& mine = open(key, fresh);
  const bool changed = mine.merge(value, rule_);
  enter_tree(key, mine, fresh);
  return changed;
}

const VersionedValue& ReplicaTable::write(std::uint64_t key, const Version& version,
                                          const VersionVector& seen) {
  bool fresh = false;
  VersionedValue& mine = open(key, fresh);
  mine.write(version, seen);
  enter_tree(key, mine, fresh);
  return mine;
}

void ReplicaTable::forget(std::uint64_t position) {
  while (!undo_.empty() && undo_.front().position <= position) undo_.pop_front();
}

std::uint64_t ReplicaTable::roll_back(std::uint64_t position) {
  std::uint64_t undone = 0;
  // Positions only grow, so those beyond it are the last.
  while (!undo_.empty() && undo_.back().position > position) {
    Undo& undo = undo_.back();
    const auto found = values_.find(undo.key);
    leave_tree(undo.key, found->second);
    if (undo.before) {
      found.value() = std::move(*undo.before);
      enter_tree(undo.key, found->second, false);
    } else {
      if (Partition* partition = partition_with_tree(undo.key)) {
        std::erase(partition->leaves[partition->tree->leaf_of(undo.key)], undo.key);
      }
      values_.erase(found);
    }
    undo_.pop_back();
    ++undone;
  }
  undo_.clear();
  return undone;
}

}  // namespace faultline::models
