/// A tree of hashes over the keys of a range, by which two replicas find out what they hold
/// differently without telling each other all they hold.
///
///   level 0                 [ root ]
///   level 1          [ 0 ]            [ 1 ]
///   level 2       [ 0 ] [ 1 ]      [ 2 ] [ 3 ]      <- leaves: each a share of the hashes of keys
///
/// Rule: a leaf is the sum (exclusive or) of the hashes of its keys with their versions, a node the
/// hash of its two children. Replicas compare from the root down and follow only what differs. What
/// changed since is worked out anew when a hash is asked for.
/// Source: Merkle, CRYPTO 1987; DeCandia et al., "Dynamo: Amazon's Highly Available Key-value
/// Store", SOSP 2007, section 4.7. Does not model: a cryptographic hash (64 bits that spread do).
#pragma once

#include <cstdint>
#include <vector>

namespace faultline::models {

class MerkleTree {
 public:
  static constexpr int depth_max = 20;

  /// 2^depth leaves. Requires: 0 <= depth <= depth_max.
  explicit MerkleTree(int depth);

  int depth() const { return depth_; }
  /// The leaf of a key.
  std::uint32_t leaf_of(std::uint64_t key) const;
  /// A key with this state is there now that was not, or no more that was.
  void toggle(std::uint64_t key, std::uint64_t digest);
  /// The hash of node `index` of `level`. Requires: level <= depth, index < 2^level.
  std::uint64_t hash(int level, std::uint32_t index);

  struct Node {
    std::uint32_t index = 0;
    std::uint64_t hash = 0;
  };
  /// The nodes that have another hash here than `theirs`.
  std::vector<std::uint32_t> differing(int level, const std::vector<Node>& theirs);
  /// The children of `indices`, which stand on `level`, with their hashes. Requires: level < depth.
  std::vector<Node> children(int level, const std::vector<std::uint32_t>& indices);

 private:
  std::size_t place(int level, std::uint32_t index) const {
    return (std::size_t{1} << level) - 1 + index;
  }

  int depth_;                         ///< Parameter.
  std::vector<std::uint64_t> nodes_;  ///< Level by level. State.
  std::vector<bool> stale_;           ///< Of inner nodes: a leaf below changed. State.
};

}  // namespace faultline::models
