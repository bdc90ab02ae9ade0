#include "models/algorithms/sharding/space_saving.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {

SpaceSaving::SpaceSaving(std::size_t counters) : counters_(counters) { SIM_ASSERT(counters > 0); }

void SpaceSaving::count(std::uint64_t key) {
  ++total_;
  Counter counter{0, 0, 0};
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    counter = found->second;
    ranks_.erase({counter.count, counter.since, key});
  } else if (by_key_.size() == counters_) {
    const auto [lowest, since, loser] = *ranks_.begin();
    ranks_.erase(ranks_.begin());
    by_key_.erase(loser);
    counter = {lowest, lowest, 0};
  }
  ++counter.count;
  counter.since = total_;
  by_key_[key] = counter;
  ranks_.insert({counter.count, counter.since, key});
}

SpaceSaving::Estimate SpaceSaving::estimate(std::uint64_t key) const {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    return {key, found->second.count, found->second.error};
  }
  const std::uint64_t lowest = by_key_.size() < counters_ ? 0 : std::get<0>(*ranks_.begin());
  return {key, lowest, lowest};
}

std::vector<SpaceSaving::Estimate> SpaceSaving::certain_at_least(std::uint64_t least) const {
  std::vector<Estimate> found;
  for (auto rank = ranks_.rbegin(); rank != ranks_.rend() && std::get<0>(*rank) >= least; ++rank) {
    const Estimate each = estimate(std::get<2>(*rank));
    if (each.certain() >= least) found.push_back(each);
  }
  std::stable_sort(found.begin(), found.end(), [](const Estimate& a, const Estimate& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
  return found;
}

void SpaceSaving::clear() {
  by_key_.clear();
  ranks_.clear();
  total_ = 0;
}

}  // namespace faultline::models
