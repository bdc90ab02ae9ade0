/// Jump consistent hash: no table at all, and as even as a hash can be.
///
/// Rule: a key jumps from bucket to higher bucket, by a generator seeded with it, until the next
/// jump would leave the n buckets. A bucket more at the end takes 1/n of the keys from all others
/// and moves no other. Only the last can leave as cheaply: here the nodes that take keys are
/// numbered in order, so when one in the middle leaves all behind it move up, and most keys with
/// them. Source: Lamping, Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", arXiv
/// 1406.2294, 2014, figure 1. Does not model: weights.
#pragma once

#include "models/algorithms/balancing/eligible_list.hpp"
#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

/// The bucket of `key` among `buckets`. O(log buckets). Requires: buckets > 0.
std::size_t jump_bucket(std::uint64_t key, std::size_t buckets);

class Jump final : public KeyPlacement {
 public:
  Jump(const sim::NoParams&, const MakeArgs& args) { add_all(args.nodes); }

  std::size_t place(std::uint64_t key) override;

 private:
  void on_added(std::size_t index) override { members_.set(index, takes_keys(index)); }
  void on_weight(std::size_t index) override { members_.set(index, takes_keys(index)); }
  void on_presence(std::size_t index) override { members_.set(index, takes_keys(index)); }

  EligibleList members_;  ///< Nodes that take keys, in order. State.
};

}  // namespace faultline::models
