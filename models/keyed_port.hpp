/// A port whose replicas share the keys: each key always meets the same one, by a key placement or,
/// without one, by the key modulo their number.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class KeyedPort {
 public:
  /// `placement` may be no choice.
  KeyedPort(sim::Port port, const sim::Choice<KeyPlacement>& placement) : picker_(std::move(port)) {
    if (!placement || picker_.port().size() == 1) return;
    std::vector<PlacementNode> nodes;
    for (const sim::Target& target : picker_.port()) nodes.push_back({target.node->name(), 1});
    placement_ = placement.make({std::move(nodes)});
  }

  const sim::Target& for_key(std::uint64_t key) {
    return placement_ ? picker_.port()[placement_->place(key)] : picker_.for_key(key);
  }
  const sim::Port& port() const { return picker_.port(); }

 private:
  sim::PortPicker picker_;
  std::unique_ptr<KeyPlacement> placement_;  ///< Null without a choice.
};

}  // namespace faultline::models
