#include "sim/measure/histogram_window.hpp"

#include <algorithm>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim {

std::uint64_t HistogramWindow::take_octave(std::size_t octave, const Histogram::Octave& now,
                                           Histogram::Octave& before,
                                           std::vector<WindowSamples::Bucket>& grown) {
  using Buckets = Histogram::Buckets;
  // As many counts as the processor compares at a time: most have no new sample.
  constexpr std::size_t block = 16;
  if (now.high_ && !before.high_) before.high_ = std::make_unique<Histogram::Octave::High>();
  std::uint64_t samples = 0;
  for (std::size_t begin = 0; begin < Buckets::sub_buckets; begin += block) {
    unsigned changed = 0;
    for (std::size_t i = begin; i < begin + block; ++i) changed |= now.low_[i] ^ before.low_[i];
    // A count that grew by a multiple of 2^16 shows in what was carried alone.
    if (changed == 0 && now.high_) {
      std::uint64_t carried = 0;
      for (std::size_t i = begin; i < begin + block; ++i)
        carried |= (*now.high_)[i] ^ (*before.high_)[i];
      changed = carried != 0 ? 1 : 0;
    }
    if (changed == 0) continue;
    for (std::size_t i = begin; i < begin + block; ++i) {
      const std::uint64_t count = now.at(i);
      const std::uint64_t known = before.at(i);
      if (count == known) continue;
      SIM_ASSERT(count > known);  // Buckets never lose samples.
      grown.push_back({Buckets::low(octave, i), Buckets::high(octave, i), count - known});
      samples += count - known;
      before.low_[i] = now.low_[i];
      if (now.high_) (*before.high_)[i] = (*now.high_)[i];
    }
  }
  return samples;
}

void HistogramWindow::take_difference(const Histogram& now, WindowSamples& samples) {
  samples.buckets_.clear();
  SIM_ASSERT(now.count() >= count_before_);
  std::uint64_t missing = now.count() - count_before_;
  count_before_ = now.count();
  for (std::size_t octave = 0; missing > 0; ++octave) {
    SIM_ASSERT(octave < Histogram::Buckets::octaves);
    const Histogram::Octave* counts = (*now.table_)[octave];
    if (!counts) continue;
    if (before_.size() <= octave) before_.resize(octave + 1);
    if (!before_[octave]) before_[octave] = std::make_unique<Histogram::Octave>();
    missing -= take_octave(octave, *counts, *before_[octave], samples.buckets_);
  }
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
  for (const auto& counts : before_) {
    if (counts) counts->clear();
  }
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
