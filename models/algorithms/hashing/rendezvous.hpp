/// Rendezvous hashing (highest random weight): every node bids for the key, the highest bid wins.
///
/// Rule: the hash of key and node is a number u in (0, 1); the node with the largest weight / -ln u
/// has the key. That gives each node exactly its weight's share, and moves no key but those of the
/// node that leaves, joins or changes its weight, to anywhere. It costs O(n) a key by its
/// definition. Source: Thaler, Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
/// IEEE/ACM ToN 6(1), 1998; with weights: Schindelhauer, Schomaker, "Weighted Distributed Hash
/// Tables", SPAA 2005. Does not model: the trees of nodes that make it O(log n).
#pragma once

#include "models/algorithms/balancing/eligible_list.hpp"
#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

class Rendezvous final : public KeyPlacement {
 public:
  Rendezvous(const sim::NoParams&, const MakeArgs& args) { add_all(args.nodes); }

  std::size_t place(std::uint64_t key) override;

 private:
  void on_added(std::size_t index) override;
  void on_weight(std::size_t index) override { update(index); }
  void on_presence(std::size_t index) override { update(index); }
  void update(std::size_t index);

  std::vector<std::uint64_t> hashes_;  ///< Of the names.
  EligibleList members_;               ///< Nodes that take keys. State.
  bool equal_ = true;                  ///< They all weigh the same. State.
};

}  // namespace faultline::models
