#include "models/algorithms/sharding/split_sampler.hpp"

#include <algorithm>

namespace faultline::models {

void SplitSampler::saw(std::uint64_t key) {
  ++seen_;
  if (sample_.size() < size_) {
    sample_.push_back(key);
  } else if (const std::uint64_t place = random_.below(seen_); place < size_) {
    sample_[place] = key;
  }
}

std::optional<std::uint64_t> SplitSampler::split() const {
  if (sample_.empty()) return std::nullopt;
  std::vector<std::uint64_t> sorted = sample_;
  std::sort(sorted.begin(), sorted.end());
  const std::uint64_t median = sorted[sorted.size() / 2];
  if (median != sorted.front()) return median;
  const auto above = std::upper_bound(sorted.begin(), sorted.end(), median);
  if (above == sorted.end()) return std::nullopt;
  return *above;
}

void SplitSampler::clear() {
  sample_.clear();
  seen_ = 0;
}

}  // namespace faultline::models
