/// A tournament for the least loaded backend, made for speed: everything that decides a match is
/// packed into one number, so a match is one comparison without a branch, and the winner at the top
/// names its backend.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace faultline::models {

class LoadTournament {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  LoadTournament() : nodes_(2, absent) {}

  /// Makes room for backends below `size`, at most 2^32 - 1. Never shrinks.
  void grow(std::size_t size) {
    if (size <= leaves_) return;
    const std::size_t leaves = std::bit_ceil(size);
    std::vector<Key> nodes(2 * leaves, absent);
    std::copy(nodes_.begin() + static_cast<std::ptrdiff_t>(leaves_), nodes_.end(),
              nodes.begin() + static_cast<std::ptrdiff_t>(leaves));
    nodes_.swap(nodes);
    leaves_ = leaves;
    for (std::size_t node = leaves_ - 1; node > 0; --node) {
      nodes_[node] = std::min(nodes_[2 * node], nodes_[2 * node + 1]);
    }
  }

  /// Lets backend `index` play: the least load wins; among equals the least turn, then the lowest
  /// index. Requires: there is room for it.
  void set(std::size_t index, std::uint32_t load, std::uint64_t turn) {
    replace(index, static_cast<Key>(load) << 96 | static_cast<Key>(turn) << 32 | index);
  }

  /// Takes backend `index` out. Requires: there is room for it.
  void erase(std::size_t index) { replace(index, absent); }

  /// The winner, or none if nobody plays.
  std::size_t winner() const {
    return nodes_[1] == absent ? none : static_cast<std::uint32_t>(nodes_[1]);
  }

 private:
  __extension__ using Key = unsigned __int128;  ///< Load, 32 bits; turn, 64; index, 32.
  static constexpr Key absent = ~Key{0};

  void replace(std::size_t index, Key key) {
    std::size_t node = leaves_ + index;
    nodes_[node] = key;
    while (node > 1) {
      key = std::min(key, nodes_[node ^ 1]);
      node /= 2;
      nodes_[node] = key;
    }
  }

  std::size_t leaves_ = 1;  ///< A power of two.
  std::vector<Key> nodes_;  ///< Node k has the children 2k and 2k+1; the leaves are the last half.
};

}  // namespace faultline::models
