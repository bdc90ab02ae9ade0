#include "models/algorithms/sharding/hot_keys.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "models/algorithms/eviction/key_index.hpp"

namespace faultline::models {

HotKeys::Change HotKeys::end_window() {
  std::vector<std::uint64_t> now;
  if (sketch_.total() > 0) {
    const double least = share_ * static_cast<double>(sketch_.total());
    for (const SpaceSaving::Estimate& each :
         sketch_.certain_at_least(static_cast<std::uint64_t>(std::max(1.0, std::ceil(least))))) {
      now.push_back(each.key);
    }
  }
  std::sort(now.begin(), now.end());
  sketch_.clear();
  Change change;
  std::set_difference(now.begin(), now.end(), hot_.begin(), hot_.end(),
                      std::back_inserter(change.risen));
  std::set_difference(hot_.begin(), hot_.end(), now.begin(), now.end(),
                      std::back_inserter(change.cooled));
  hot_ = std::move(now);
  return change;
}

bool HotKeys::is_hot(std::uint64_t key) const {
  return std::binary_search(hot_.begin(), hot_.end(), key);
}

void HotKeys::clear() {
  hot_.clear();
  sketch_.clear();
}

std::vector<std::size_t> copies_of(KeyPlacement& placement, std::uint64_t key, std::size_t copies) {
  // Of n nodes the last one is found after n ln n draws or so.
  constexpr std::uint64_t draws_of_each = 32;
  std::vector<std::size_t> found;
  const std::size_t home = placement.place(key);
  std::size_t nodes = 0;
  for (std::size_t node = 0; node < placement.size(); ++node) nodes += placement.takes_keys(node);
  if (nodes <= 1) return found;
  const std::size_t wanted = std::min(copies, nodes - 1);
  for (std::uint64_t draw = 1; found.size() < wanted && draw <= draws_of_each * nodes; ++draw) {
    const std::size_t node = placement.place(mix_key(key + draw * 0x9e3779b97f4a7c15u));
    if (node == home || std::find(found.begin(), found.end(), node) != found.end()) continue;
    found.push_back(node);
  }
  return found;
}

}  // namespace faultline::models
