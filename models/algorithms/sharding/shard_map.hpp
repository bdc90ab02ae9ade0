/// Where keys live while they move from one placement to the next.
///
///   key --hash--> slot --version of the slot--> placement of that version --> shard
///
/// Rule: a placement of all shards has a version. A change of the shards makes a new version; the
/// keys move slot by slot (a slot is a share of all keys by their hash, whatever the placement),
/// and a slot that has moved is looked up in the new version. So at any instant each key lives on
/// one shard, and a move that is cut off in the middle has moved whole slots.
///
/// The placements are functions that all who know a version share; which version a slot has is what
/// the directory keeps, routers remember and shards check (models/storage/shard_gate.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"

namespace faultline::models {

class ShardMap {
 public:
  using Version = std::uint32_t;
  static constexpr std::size_t none = KeyPlacement::none;

  /// Requires: slots > 0.
  ShardMap(std::unique_ptr<KeyPlacement> first, std::size_t slots);

  std::size_t slots() const { return slot_versions_.size(); }
  std::size_t slot_of(std::uint64_t key) const;
  Version latest() const { return static_cast<Version>(placements_.size() - 1); }
  KeyPlacement& placement(Version version) { return *placements_[version]; }
  /// The shard of `key` in `version`, as `region` sees it.
  std::size_t place(Version version, std::string_view region, std::uint64_t key) {
    return placements_[version]->place_from(region, key);
  }

  /// The version that holds for a slot, and for a key.
  Version version_of(std::size_t slot) const { return slot_versions_[slot]; }
  std::size_t shard_of(std::uint64_t key) {
    return placements_[version_of(slot_of(key))]->place(key);
  }

  /// A new version, which holds for no slot yet. Requires: not moving().
  void begin(std::unique_ptr<KeyPlacement> next);
  /// Slots are on their way to the latest version.
  bool moving() const { return moved_ < slots() && latest() > 0; }
  /// The next slot that moves. Requires: moving().
  std::size_t next_slot() const { return moved_; }
  /// The slot that moves now lives as the latest version says. Requires: moving().
  void moved();
  /// Whether `key` changes its shard in the move, and between which. Requires: moving().
  struct Move {
    std::size_t from = none;
    std::size_t to = none;
    bool is_one() const { return from != to; }
  };
  Move move_of(std::uint64_t key);

 private:
  std::vector<std::unique_ptr<KeyPlacement>> placements_;  ///< By version.
  std::vector<Version> slot_versions_;                     ///< By slot. State.
  std::size_t moved_ = 0;                                  ///< Slots of the latest version. State.
};

}  // namespace faultline::models
