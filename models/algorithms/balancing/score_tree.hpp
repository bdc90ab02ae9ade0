/// A tournament over scores that also counts who ties for the least, so that one of them can be
/// drawn. A change of one score replays only the matches on the way to the top, O(log n).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace faultline::models {

/// `Score` needs < and ==. Entries are numbered from 0; each has a score or none.
template <class Score>
class ScoreTree {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  ScoreTree() : nodes_(2) {}

  /// Makes room for entries below `size`. Never shrinks.
  void grow(std::size_t size) {
    if (size <= leaves_) return;
    const std::size_t leaves = std::bit_ceil(size);
    std::vector<Node> nodes(2 * leaves);
    std::copy(nodes_.begin() + static_cast<std::ptrdiff_t>(leaves_), nodes_.end(),
              nodes.begin() + static_cast<std::ptrdiff_t>(leaves));
    nodes_.swap(nodes);
    leaves_ = leaves;
    for (std::size_t node = leaves_ - 1; node > 0; --node) {
      nodes_[node] = played(nodes_[2 * node], nodes_[2 * node + 1]);
    }
  }

  /// Gives entry `index` a score. Requires: there is room for it.
  void set(std::size_t index, const Score& score) { replace(index, {score, 1}); }

  /// Takes the score of entry `index` away. Requires: there is room for it.
  void erase(std::size_t index) { replace(index, {}); }

  /// How many entries have the least score; 0 if none has a score.
  std::size_t ties() const { return nodes_[1].ties; }

  /// The least score. Requires: ties() > 0.
  const Score& least() const { return nodes_[1].score; }

  /// The lowest index among the entries with the least score, or none.
  std::size_t first() const { return ties() == 0 ? none : nth(0); }

  /// The entry of rank `rank`, by index, among those with the least score. Requires: rank < ties().
  std::size_t nth(std::size_t rank) const {
    std::size_t node = 1;
    while (node < leaves_) {
      node *= 2;
      const std::size_t left = nodes_[node].score == least() ? nodes_[node].ties : 0;
      if (rank >= left) {
        rank -= left;
        ++node;
      }
    }
    return node - leaves_;
  }

 private:
  struct Node {
    Score score{};
    std::uint32_t ties = 0;  ///< Entries below with this score; 0: nobody plays here.
  };

  static Node played(const Node& left, const Node& right) {
    if (right.ties == 0) return left;
    if (left.ties == 0) return right;
    if (right.score < left.score) return right;
    if (left.score < right.score) return left;
    return {left.score, left.ties + right.ties};
  }

  void replace(std::size_t index, Node current) {
    std::size_t node = leaves_ + index;
    nodes_[node] = current;
    while (node > 1) {
      current = played(current, nodes_[node ^ 1]);
      node /= 2;
      nodes_[node] = current;
    }
  }

  std::size_t leaves_ = 1;   ///< A power of two.
  std::vector<Node> nodes_;  ///< Node k has the children 2k and 2k+1; the leaves are the last half.
};

}  // namespace faultline::models
