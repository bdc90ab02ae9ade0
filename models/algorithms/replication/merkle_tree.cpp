#include "models/algorithms/replication/merkle_tree.hpp"

#include "models/algorithms/replication/versions.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {

MerkleTree::MerkleTree(int depth)
    : depth_(depth),
      nodes_((std::size_t{2} << depth) - 1),
      stale_((std::size_t{1} << depth) - 1, true) {
  SIM_ASSERT(depth >= 0);
  SIM_ASSERT(depth <= depth_max);
}

std::uint32_t MerkleTree::leaf_of(std::uint64_t key) const {
  if (depth_ == 0) return 0;
  return static_cast<std::uint32_t>(mix_bits(key + 0x632be59bd9b4e019) >> (64 - depth_));
}

void MerkleTree::toggle(std::uint64_t key, std::uint64_t digest) {
  std::size_t at = place(depth_, leaf_of(key));
  nodes_[at] ^= mix_bits(mix_bits(key) ^ digest);
  while (at > 0) {
    at = (at - 1) / 2;
    if (stale_[at]) break;
    stale_[at] = true;
  }
}

std::uint64_t MerkleTree::hash(int level, std::uint32_t index) {
  SIM_ASSERT(level <= depth_);
  const std::size_t at = place(level, index);
  if (level == depth_ || !stale_[at]) return nodes_[at];
  const std::uint64_t left = hash(level + 1, 2 * index);
  const std::uint64_t right = hash(level + 1, 2 * index + 1);
  stale_[at] = false;
  return nodes_[at] = mix_bits(mix_bits(left + 1) ^ (right << 1 | right >> 63));
}

std::vector<std::uint32_t> MerkleTree::differing(int level, const std::vector<Node>& theirs) {
  std::vector<std::uint32_t> indices;
  for (const Node& node : theirs) {
    if (hash(level, node.index) != node.hash) indices.push_back(node.index);
  }
  return indices;
}

std::vector<MerkleTree::Node> MerkleTree::children(int level,
                                                   const std::vector<std::uint32_t>& indices) {
  SIM_ASSERT(level < depth_);
  std::vector<Node> nodes;
  nodes.reserve(2 * indices.size());
  for (const std::uint32_t index : indices) {
    for (const std::uint32_t child : {2 * index, 2 * index + 1}) {
      nodes.push_back({child, hash(level + 1, child)});
    }
  }
  return nodes;
}

}  // namespace faultline::models
