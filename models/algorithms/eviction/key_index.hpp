/// From a key to a small number: the one hash table behind a cache store and behind the ghost lists
/// of its policies.
///
/// Open addressing with linear probing over cells of 8 bytes: half a hash and the number. The keys
/// themselves stay with whoever owns the numbers (`key_of`), so that a cell is small and a lookup
/// touches the table once and the owner once. Erasing shifts the cells behind it back, so there are
/// no tombstones and a table does not age. Nothing here walks the table, so hash order cannot reach
/// a result.
///
/// Cost: one lookup is about one probed cache line; 13 to 26 bytes a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/param/assert.hpp"

namespace faultline::models {

/// What is looked up in a cache. Keys that are texts are hashed to 64 bits before they come here.
using CacheKey = std::uint64_t;

/// Spreads the bits of a key: neighbours and multiples of powers of two end far apart.
/// Source: the 64-bit finaliser of MurmurHash3, with the constants of Stafford's variant 13.
constexpr std::uint64_t mix_key(CacheKey key) {
  std::uint64_t mixed = key;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

/// Maps keys to numbers below 2^32 - 1 that the owner gives out. `key_of(number)` gives back the
/// key of a number in use.
class KeyIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffffu;  ///< No such key.

  KeyIndex() { rebuild(bits_min); }

  std::size_t size() const { return size_; }

  /// The number of `key`, or `none`.
  template <class KeyOf>
  std::uint32_t find(CacheKey key, const KeyOf& key_of) const {
    const std::uint32_t tag = tag_of(key);
    for (std::size_t at = home(tag);; at = (at + 1) & mask_) {
      const Cell& cell = cells_[at];
      if (cell.number == none) return none;
      if (cell.tag == tag && key_of(cell.number) == key) return cell.number;
    }
  }

  /// Requires: `key` is not here; `number` is not `none`.
  void insert(CacheKey key, std::uint32_t number) {
    // Above 5/8 the runs of taken cells grow quickly; a third of a table's life is spent near its
    // limit.
    if ((size_ + 1) * 8 > cells_.size() * 5) rebuild(bits_ + 1);
    place({tag_of(key), number});
    ++size_;
  }

  /// Takes `key` out and returns its number, or `none` if it was not here.
  template <class KeyOf>
  std::uint32_t erase(CacheKey key, const KeyOf& key_of) {
    const std::uint32_t tag = tag_of(key);
    std::size_t at = home(tag);
    while (cells_[at].number != none &&
           !(cells_[at].tag == tag && key_of(cells_[at].number) == key)) {
      at = (at + 1) & mask_;
    }
    const std::uint32_t number = cells_[at].number;
    if (number != none) close_gap(at);
    return number;
  }

  /// Forgets all keys; keeps the memory.
  void clear() {
    cells_.assign(cells_.size(), Cell{});
    size_ = 0;
  }

 private:
  struct Cell {
    std::uint32_t tag = 0;  ///< The upper half of the key's hash.
    std::uint32_t number = none;
  };
  static constexpr unsigned bits_min = 4;
  static constexpr unsigned bits_max = 32;

  static std::uint32_t tag_of(CacheKey key) {
    return static_cast<std::uint32_t>(mix_key(key) >> 32);
  }
  /// The cell's place comes from the tag's upper bits, so the table can be rebuilt without the
  /// keys.
  std::size_t home(std::uint32_t tag) const { return tag >> (32 - bits_); }

  void place(Cell cell) {
    std::size_t at = home(cell.tag);
    while (cells_[at].number != none) at = (at + 1) & mask_;
    cells_[at] = cell;
  }

  /// Empties the cell `gap` and moves back each following cell of the run that may stand nearer its
  /// home.
  void close_gap(std::size_t gap) {
    for (std::size_t at = (gap + 1) & mask_; cells_[at].number != none; at = (at + 1) & mask_) {
      const std::size_t way_from_home = (at - home(cells_[at].tag)) & mask_;
      const std::size_t way_from_gap = (at - gap) & mask_;
      if (way_from_home >= way_from_gap) {
        cells_[gap] = cells_[at];
        gap = at;
      }
    }
    cells_[gap].number = none;
    --size_;
  }

  void rebuild(unsigned bits) {
    SIM_ASSERT(bits <= bits_max);
    std::vector<Cell> old = std::move(cells_);
    bits_ = bits;
    cells_.assign(std::size_t{1} << bits, Cell{});
    mask_ = cells_.size() - 1;
    for (const Cell& cell : old) {
      if (cell.number != none) place(cell);
    }
  }

  std::vector<Cell> cells_;  ///< A power of two of them. State.
  std::size_t mask_ = 0;     ///< cells_.size() - 1.
  unsigned bits_ = 0;        ///< log2 of cells_.size().
  std::size_t size_ = 0;     ///< Keys held. State.
};

}  // namespace faultline::models
