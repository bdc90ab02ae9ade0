#include "sim/measure/histogram_window.hpp"

#include <algorithm>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim {

void HistogramWindow::take_difference(const Histogram& now, WindowSamples& samples) {
  samples.buckets_.clear();
  if (now.count() == count_before_) return;
  std::size_t at = 0;
  now.for_each_bucket([&](std::int64_t low, std::int64_t high, std::uint64_t count) {
    // Buckets never lose samples, so each of those before is met again; new ones are rare.
    if (at == before_.size() || before_[at].low != low)
      before_.insert(before_.begin() + static_cast<std::ptrdiff_t>(at), {low, 0});
    WindowSamples::Mark& before = before_[at++];
    if (count == before.count) return;
    SIM_ASSERT(count > before.count);
    samples.buckets_.push_back({low, high, count - before.count});
    before.count = count;
  });
  SIM_ASSERT(at == before_.size());
  count_before_ = now.count();
}

void HistogramWindow::close(const Histogram& now, WindowSamples& samples) {
  take_difference(now, samples);
  std::vector<WindowSamples::Bucket>& window = samples.buckets_;
  if (!carried_.empty()) {
    std::vector<WindowSamples::Bucket> both;
    std::size_t i = 0;
    for (const auto& each : carried_) {
      while (i < window.size() && window[i].low < each.low) both.push_back(window[i++]);
      both.push_back(each);
      if (i < window.size() && window[i].low == each.low) both.back().count += window[i++].count;
    }
    both.insert(both.end(), window.begin() + static_cast<std::ptrdiff_t>(i), window.end());
    window = std::move(both);
    carried_ = {};
  }
  samples.count_ = 0;
  for (const auto& each : window) samples.count_ += each.count;
}

void HistogramWindow::before_reset(const Histogram& now) {
  SIM_ASSERT(carried_.empty());
  WindowSamples samples;
  take_difference(now, samples);
  carried_ = std::move(samples.buckets_);
  before_.clear();
  count_before_ = 0;
}

std::int64_t WindowSamples::quantile(double q) const {
  if (count_ == 0) return 0;
  const std::uint64_t rank = quantile_rank(q, count_);
  std::uint64_t passed = 0;
  const auto found = std::find_if(buckets_.begin(), buckets_.end(), [&](const Bucket& each) {
    passed += each.count;
    return passed >= rank;
  });
  SIM_ASSERT(found != buckets_.end());
  return found->low + (found->high - found->low) / 2;
}

}  // namespace faultline::sim
