/// A table of slots: each key belongs to a slot by its hash, and a table says where each slot
/// lives. What a directory keeps, and what Redis Cluster and Couchbase do.
///
///   key --hash--> slot --table--> node
///
/// Rule: the table is what comes about when the nodes join one after the other, in their order:
/// each takes its share from all before it, in proportion to what they have, their highest slots
/// first. So a node more moves its own share and nothing else. The slots of a node that is away go,
/// each to the node that wins a draw by hash (rendezvous), and come back with it. A change of
/// weights makes the table anew, and moves more than it must. Source: Redis Cluster specification,
/// "Key distribution model" (16384 slots, CRC16; here the hash is the project's own); stand-ins:
/// Thaler, Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996. Does not model: slots
/// chosen by hand.
#pragma once

#include <cstdint>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct SlotsParams {
  std::int64_t slots = 16'384;

  static void describe(sim::ParamList<SlotsParams>& list);
};

class Slots final : public KeyPlacement {
 public:
  Slots(const SlotsParams& params, const MakeArgs& args);

  std::size_t place(std::uint64_t key) override;

  std::size_t slot_of(std::uint64_t key) const;
  /// Where each slot lives; none while no node takes keys.
  const std::vector<std::size_t>& table();

 private:
  void on_added(std::size_t) override { homes_stale_ = stale_ = true; }
  void on_weight(std::size_t) override { homes_stale_ = stale_ = true; }
  void on_presence(std::size_t) override { stale_ = true; }
  void deal_homes();
  void stand_in();
  std::size_t stand_in_for(std::size_t slot) const;

  std::vector<std::size_t> homes_;  ///< By slot: its node while all are there. State.
  std::vector<std::size_t> table_;  ///< By slot: its node now. State.
  bool homes_stale_ = true;         ///< Nodes or weights changed since the homes were dealt. State.
  bool stale_ = true;               ///< And since the table was made. State.
};

}  // namespace faultline::models
