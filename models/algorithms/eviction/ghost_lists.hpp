/// Ghosts: keys of entries evicted lately, remembered without their data. ARC, 2Q, S3-FIFO and LIRS
/// learn from a miss that meets a ghost that the entry was given up too early.
#pragma once

#include <cstdint>
#include <vector>

#include "models/algorithms/eviction/index_lists.hpp"
#include "models/algorithms/eviction/key_index.hpp"

namespace faultline::models {

/// Lists of ghosts over one hash table; a key is in at most one list. Ghosts weigh what their
/// entries weighed (1, or bytes). Memory: 28 bytes a ghost and its cell of the table.
class GhostLists {
 public:
  using Ghost = std::uint32_t;  ///< Names a ghost until it is removed.
  static constexpr Ghost none = KeyIndex::none;

  explicit GhostLists(std::uint32_t lists) : order_(lists), weights_(lists, 0), counts_(lists, 0) {}

  /// The ghost of `key`, or `none`.
  Ghost find(CacheKey key) const { return index_.find(key, key_of()); }
  CacheKey key(Ghost ghost) const { return data_[ghost].key; }
  std::int64_t weight(Ghost ghost) const { return data_[ghost].weight; }
  std::uint32_t list(Ghost ghost) const { return data_[ghost].list; }

  std::int64_t total_weight(std::uint32_t list) const { return weights_[list]; }
  std::int64_t count(std::uint32_t list) const { return counts_[list]; }
  bool empty(std::uint32_t list) const { return order_.empty(list); }
  /// The ghost that came first, or `none`.
  Ghost oldest(std::uint32_t list) const { return order_.back(list); }

  /// Makes `key` the newest ghost of `list`. Requires: `key` is in no list.
  void add(std::uint32_t list, CacheKey key, std::int64_t weight) {
    Ghost ghost;
    if (free_.empty()) {
      ghost = static_cast<Ghost>(data_.size());
      data_.push_back({key, weight, list});
    } else {
      ghost = free_.back();
      free_.pop_back();
      data_[ghost] = {key, weight, list};
    }
    index_.insert(key, ghost);
    order_.push_front(list, ghost);
    weights_[list] += weight;
    ++counts_[list];
  }

  /// Requires: `ghost` is in a list.
  void remove(Ghost ghost) {
    const Data& data = data_[ghost];
    index_.erase(data.key, key_of());
    order_.remove(ghost);
    weights_[data.list] -= data.weight;
    --counts_[data.list];
    free_.push_back(ghost);
  }

  /// Requires: `list` is not empty.
  void remove_oldest(std::uint32_t list) { remove(order_.back(list)); }

 private:
  struct Data {
    CacheKey key = 0;
    std::int64_t weight = 0;
    std::uint32_t list = 0;
  };
  struct KeyOf {
    const std::vector<Data>& data;
    CacheKey operator()(Ghost ghost) const { return data[ghost].key; }
  };
  KeyOf key_of() const { return {data_}; }

  KeyIndex index_;                     ///< State.
  IndexLists order_;                   ///< Newest in front. State.
  std::vector<Data> data_;             ///< By ghost. State.
  std::vector<Ghost> free_;            ///< Numbers to use again. State.
  std::vector<std::int64_t> weights_;  ///< By list. State.
  std::vector<std::int64_t> counts_;   ///< By list. State.
};

}  // namespace faultline::models
