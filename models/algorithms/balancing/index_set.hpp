/// A set of small integers as a tree of 64-bit words: one bit a member at the bottom, above it one
/// bit a word that is not empty, and so on. Insert, erase and "the first member from here on" take
/// one step a level, log64 of the largest member.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace faultline::models {

class IndexSet {
 public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  IndexSet() : levels_(1, std::vector<std::uint64_t>(1)) {}

  /// Makes room for members below `size`. Never shrinks.
  void grow(std::size_t size) {
    std::size_t words = (size + 63) / 64;
    for (std::size_t level = 0;; ++level) {
      if (level == levels_.size()) {
        levels_.emplace_back(1);
        levels_[level][0] = levels_[level - 1][0] != 0;
      }
      if (levels_[level].size() < words) levels_[level].resize(words);
      if (levels_[level].size() == 1) return;
      words = (levels_[level].size() + 63) / 64;
    }
  }

  /// Requires: there is room for `index`.
  void insert(std::size_t index) {
    for (auto& level : levels_) {
      std::uint64_t& word = level[index / 64];
      const bool was_empty = word == 0;
      word |= bit(index);
      if (!was_empty) return;
      index /= 64;
    }
  }

  /// Requires: there is room for `index`.
  void erase(std::size_t index) {
    for (auto& level : levels_) {
      std::uint64_t& word = level[index / 64];
      word &= ~bit(index);
      if (word != 0) return;
      index /= 64;
    }
  }

  void set(std::size_t index, bool member) { member ? insert(index) : erase(index); }

  bool contains(std::size_t index) const { return (levels_[0][index / 64] & bit(index)) != 0; }

  /// The first member at `from` or above, or none.
  std::size_t next(std::size_t from) const {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const std::size_t word = from / 64;
      if (word >= levels_[level].size()) return none;
      const std::uint64_t rest = levels_[level][word] & (~std::uint64_t{0} << (from % 64));
      if (rest != 0) return descend(level, word * 64 + lowest(rest));
      from = word + 1;
    }
    return none;
  }

  /// The first member at `from` or above, else the first of all, or none.
  std::size_t next_cyclic(std::size_t from) const {
    const std::size_t found = next(from);
    return found != none ? found : next(0);
  }

 private:
  static std::uint64_t bit(std::size_t index) { return std::uint64_t{1} << (index % 64); }
  static std::size_t lowest(std::uint64_t word) {
    return static_cast<std::size_t>(std::countr_zero(word));
  }
  /// The lowest member under position `index` of `level`.
  std::size_t descend(std::size_t level, std::size_t index) const {
    while (level-- > 0) index = index * 64 + lowest(levels_[level][index]);
    return index;
  }

  std::vector<std::vector<std::uint64_t>>
      levels_;  ///< From the members up; the last level is one word.
};

}  // namespace faultline::models
