/// The gate of a replica that is part of a shard: lets in requests for keys that live here, and
/// holds them while the keys move.
///
///   request --> { mine? } --yes--> { moving just now? } --no--> serve
///                  '--no: moved           '--yes: wait, then ask again
///
/// Every request for a key of a shard enters it at one of its replicas, so what all of their gates
/// agree on holds for the shard. A move of the keys of a slot goes (shard_directory.cpp commands):
///
///   track   gates note which of the keys are written from now on    the directory copies all of them
///   hold    gates let nothing in, and tell when what was let in     .. copies what was written since
///           has ended
///   seal    gates take no more copies
///   switch  the slot has the new version: who waits is told that    routers ask where the key is now
///           the key has moved
///
/// Rule: a request is let in only while this gate's version of the slot says that the key lives
/// here. Nothing that was acknowledged before the hold is missing from the copy, because it had
/// ended or was noted; nothing is read from the old shard after the hold, and nothing late is
/// written over what the new one has, because copies are sealed before it lets anybody in. What a
/// gate knows is on disk: a crash ends what it had let in and changes nothing else.
/// Source: MongoDB manual, "Shard versioning" and "Migration" (critical section); Redis Cluster
/// specification, "Redirection and resharding" (MOVED).
/// Does not model: the gate's own log.
#pragma once

#include <tsl/robin_set.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "models/algorithms/sharding/split_sampler.hpp"
#include "models/random_adapter.hpp"
#include "models/storage/bell.hpp"
#include "models/storage/shard_commands.hpp"
#include "sim/kernel/task.hpp"
#include "sim/network/node.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class ShardGate final : public ShardDesk {
 public:
  using Serve = std::function<sim::Task<sim::Reply>(const sim::Request&)>;

  ShardGate(const sim::BuildContext& context, Serve serve);

  /// This replica is part of shard `shard` of `map`, at its first version. Requires: once, before
  /// the run.
  void join(ShardMap& map, std::size_t shard);
  bool is_joined() const { return map_ != nullptr; }
  /// `busy(key)` says whether something that was let in and has left still has `key`.
  void set_busy(std::function<bool(std::uint64_t key)> busy) { busy_ = std::move(busy); }

  /// One request that was let in; it leaves when this goes.
  class Stay {
   public:
    Stay() = default;
    Stay(ShardGate& gate, const sim::Request& request);
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() {
      if (gate_) gate_->left(key_, writes_);
    }

   private:
    ShardGate* gate_ = nullptr;
    std::uint64_t key_ = 0;
    bool writes_ = false;
  };
  enum class Answer : std::uint8_t { enter, wait, moved };
  /// What a request for `key` is to do now; who is to enter makes a Stay at once.
  Answer ask(std::uint64_t key) const;
  /// Waits while keys like `key` are held, until `limit`. False: it took too long.
  sim::Task<bool> wait(std::uint64_t key, sim::Time limit);

  /// Takes a command.
  sim::Task<sim::Reply> take(const sim::Request& request);
  /// `key` is about to be written, or has been: on behalf of what was let in before.
  void note_write(std::uint64_t key);
  /// Something that kept keys from moving has ended.
  void look_again();

 private:
  friend class Stay;
  enum class Phase : std::uint8_t { none, tracking, holding };
  void left(std::uint64_t key, bool wrote);
  std::size_t place(ShardMap::Version version, std::uint64_t key) const {
    return map_->placement(version).place(key);
  }
  /// Whether `key` is one of those that move just now.
  bool moves(std::uint64_t key) const {
    const std::size_t slot = map_->slot_of(key);
    return phase_ != Phase::none && slot == slot_ &&
           place(versions_[slot], key) != place(target_, key);
  }
  bool is_settled() const;
  void track(ShardCommand& command);
  sim::Task<void> hold(ShardCommand& command, std::uint64_t ticket);
  sim::Task<void> seal(ShardCommand& command, std::uint64_t ticket);
  void switch_over(ShardCommand& command);
  sim::Task<void> copy_write(const sim::Request& request, const ShardCommand& command,
                             sim::Reply& reply);

  sim::Node& node_;
  StreamSource random_;
  Serve serve_;
  std::function<bool(std::uint64_t)> busy_;
  ShardMap* map_ = nullptr;                  ///< Its placements; who has which slot is below.
  std::size_t shard_ = 0;                    ///< Which of the shards this is.
  std::vector<ShardMap::Version> versions_;  ///< By slot. On disk. State.
  std::vector<std::uint32_t> inside_;        ///< By slot: requests that were let in. State.
  tsl::robin_set<std::uint64_t> written_;    ///< Keys that were written here. On disk. State.
  Phase phase_ = Phase::none;                ///< Of the slot that moves. On disk. State.
  std::size_t slot_ = 0;                     ///< It. On disk. State.
  ShardMap::Version target_ = 0;             ///< And where it is going. On disk. State.
  std::set<std::uint64_t> dirty_;            ///< Written since the track. On disk. State.
  ShardMap::Version sealed_ = 0;             ///< No copies of this version .. On disk. State.
  std::size_t sealed_slots_ = 0;             ///< .. and of slots below this. On disk. State.
  std::uint32_t copies_ = 0;                 ///< Being written. State.
  std::vector<Bell*> waiting_;               ///< Requests that are held. State.
  std::vector<Bell*> settling_;              ///< Commands that wait for what is inside. State.
  SplitSampler sampler_;                     ///< Keys asked for since the last load command.
};

}  // namespace faultline::models
