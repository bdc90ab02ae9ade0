/// What the tests of key placements share: nodes by number, samples of keys, and what moves.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/hashing/key_hash.hpp"
#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::hashing_test {

/// Nodes "node0", "node1", .. of the weights given.
inline std::vector<PlacementNode> nodes_of(const std::vector<double>& weights) {
  std::vector<PlacementNode> nodes;
  for (const double weight : weights) {
    nodes.push_back({"node" + std::to_string(nodes.size()), weight});
  }
  return nodes;
}
inline std::vector<PlacementNode> equal_nodes(std::size_t count) {
  return nodes_of(std::vector<double>(count, 1));
}

inline std::unique_ptr<KeyPlacement> make_placement(const std::string& text,
                                                    const std::vector<PlacementNode>& nodes) {
  return sim::Choice<KeyPlacement>(text).make({nodes});
}

/// The keys 0 .. count - 1, as numbered users or shop items are.
inline std::vector<std::uint64_t> keys_up_to(std::size_t count) {
  std::vector<std::uint64_t> keys(count);
  for (std::size_t key = 0; key < count; ++key) keys[key] = key;
  return keys;
}

/// How many of the placements are each node's.
inline std::vector<double> counts_of(const std::vector<std::size_t>& places, std::size_t nodes) {
  std::vector<double> counts(nodes);
  for (const std::size_t place : places) ++counts.at(place);
  return counts;
}

/// Five standard deviations of a count of `keys` independent draws with probability `p`.
inline double five_sigma(std::size_t keys, double p) {
  return 5 * std::sqrt(static_cast<double>(keys) * p * (1 - p));
}

}  // namespace faultline::models::hashing_test
