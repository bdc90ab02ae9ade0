#include "models/algorithms/hashing/key_placement.hpp"

#include <utility>

namespace faultline::models {

std::size_t KeyPlacement::add(PlacementNode node) {
  SIM_ASSERT(node.weight >= 0);  // Also refuses NaN.
  const bool takes_keys = node.weight > 0;
  nodes_.push_back({.name = std::move(node.name),
                    .region = std::move(node.region),
                    .weight = node.weight,
                    .takes_keys = takes_keys});
  on_added(nodes_.size() - 1);
  return nodes_.size() - 1;
}

void KeyPlacement::add_all(const std::vector<PlacementNode>& nodes) {
  nodes_.reserve(nodes_.size() + nodes.size());
  for (const PlacementNode& node : nodes) add(node);
}

void KeyPlacement::set_present(std::size_t index, bool present) {
  SIM_ASSERT(index < nodes_.size());
  Node& node = nodes_[index];
  const bool before = node.takes_keys;
  node.present = present;
  node.takes_keys = present && node.weight > 0;
  if (node.takes_keys != before) on_presence(index);
}

void KeyPlacement::set_weight(std::size_t index, double weight) {
  SIM_ASSERT(index < nodes_.size());
  SIM_ASSERT(weight >= 0);
  Node& node = nodes_[index];
  if (node.weight == weight) return;
  node.weight = weight;
  node.takes_keys = node.present && weight > 0;
  on_weight(index);
}

void KeyPlacement::took(std::size_t index) {
  SIM_ASSERT(index < nodes_.size());
  ++nodes_[index].load;
  on_load(index, 1);
}

void KeyPlacement::gave(std::size_t index) {
  SIM_ASSERT(index < nodes_.size());
  SIM_ASSERT(nodes_[index].load > 0);
  --nodes_[index].load;
  on_load(index, -1);
}

std::vector<std::size_t> placements_of(KeyPlacement& placement,
                                       const std::vector<std::uint64_t>& keys) {
  std::vector<std::size_t> places;
  places.reserve(keys.size());
  for (const std::uint64_t key : keys) {
    places.push_back(placement.place(key));
    if (places.back() != KeyPlacement::none) placement.took(places.back());
  }
  for (const std::size_t index : places) {
    if (index != KeyPlacement::none) placement.gave(index);
  }
  return places;
}

Movement movement(const std::vector<std::size_t>& before, const std::vector<std::size_t>& after,
                  std::size_t changed) {
  SIM_ASSERT(before.size() == after.size());
  Movement result{.keys = before.size()};
  for (std::size_t key = 0; key < before.size(); ++key) {
    if (before[key] == after[key]) continue;
    ++result.moved;
    if (before[key] != changed && after[key] != changed) ++result.needless;
  }
  return result;
}

Movement movement_of_leaving(KeyPlacement& placement, std::size_t index,
                             const std::vector<std::uint64_t>& keys) {
  const bool present = placement.present(index);
  placement.set_present(index, true);
  const std::vector<std::size_t> with = placements_of(placement, keys);
  placement.set_present(index, false);
  const std::vector<std::size_t> without = placements_of(placement, keys);
  placement.set_present(index, present);
  return movement(with, without, index);
}

}  // namespace faultline::models
