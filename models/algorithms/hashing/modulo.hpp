/// Modulo: the hash of the key modulo the number of nodes that are present.
///
/// Rule: every present node has as many slots in a row as its weight, rounded, tells (all equal
/// weights: one each); the hash of the key modulo the number of slots is the slot. A node that
/// leaves or joins changes the modulus, and with it the node of (n-1)/n of all keys. Source:
/// memcached clients before ketama; twemproxy, distribution "modula". Does not model: a hash of
/// one's own.
#pragma once

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

class Modulo final : public KeyPlacement {
 public:
  Modulo(const sim::NoParams&, const MakeArgs& args) { add_all(args.nodes); }

  std::size_t place(std::uint64_t key) override;

 private:
  /// The slots of one node end before this one.
  struct Slots {
    std::uint64_t end = 0;
    std::size_t node = 0;
  };

  void on_added(std::size_t) override { stale_ = true; }
  void on_weight(std::size_t) override { stale_ = true; }
  void on_presence(std::size_t) override { stale_ = true; }
  void lay_out();

  std::vector<Slots> slots_;  ///< Of the nodes that take keys. State.
  bool equal_ = true;         ///< They all have one slot. State.
  bool stale_ = true;         ///< The nodes changed since slots_ was laid out. State.
};

}  // namespace faultline::models
