#include "sim/measure/series.hpp"

#include <limits>

namespace faultline::sim {
namespace {

constexpr std::int64_t points_planned_max = 450;

}  // namespace

SeriesClock SeriesClock::for_length(Time start, Duration length) {
  const std::int64_t step_min = length.count() / points_planned_max + 1;
  std::int64_t power = 1;
  std::int64_t step = 1;
  // 1, 2, 5, 10, 20, ... Each is at most 2.5 times the one before, hence at least 450 / 2.5 points.
  // The last power of ten is out of reach: step_min is at most 2^63 / 450.
  for (;; power *= 10) {
    if ((step = power) >= step_min) break;
    if ((step = 2 * power) >= step_min) break;
    if ((step = 5 * power) >= step_min) break;
  }
  return {.start = start, .step = Duration(step)};
}

const SeriesClock& SeriesClock::checked() const {
  SIM_ASSERT(step.count() > 0);
  SIM_ASSERT(points_max >= 2);
  SIM_ASSERT(points_max % 2 == 0);
  return *this;
}

Time SeriesClock::capacity_end() const {
  const Int128 end = static_cast<Int128>(start.time_since_epoch().count()) +
                     static_cast<Int128>(step.count()) * static_cast<Int128>(points_max);
  if (end >= time_max.time_since_epoch().count()) return time_max;
  return Time(Duration(static_cast<std::int64_t>(end)));
}

SeriesClock SeriesClock::grown_to(Time time) const {
  SeriesClock clock = *this;
  while (clock.is_outgrown_by(time)) clock.step *= 2;
  return clock;
}

std::size_t SeriesClock::points_until(Time end) const {
  if (end <= start) return 0;
  return static_cast<std::size_t>(((end - start).count() - 1) / step.count()) + 1;
}

std::vector<std::uint64_t> CounterSeries::counts(Time end) const {
  std::vector<std::uint64_t> result;
  points_.for_each_point(end, [&](std::size_t, std::uint64_t count) { result.push_back(count); });
  return result;
}

std::vector<double> CounterSeries::rates(Time end) const {
  const SeriesClock clock = clock_at(end);
  std::vector<double> result;
  points_.for_each_point(end, [&](std::size_t index, std::uint64_t count) {
    result.push_back(static_cast<double>(count) / to_seconds(clock.step_length(index, end)));
  });
  return result;
}

void LatencySeries::StepHistogram::add_octave_and_count(std::int64_t value) {
  SIM_ASSERT(value >= 0);
  const std::size_t octave = Buckets::octave_of(value);
  cover(octave * Buckets::sub_buckets, (octave + 1) * Buckets::sub_buckets);
  ++counts_[octave * Buckets::sub_buckets + Buckets::sub_bucket_of(value, octave) - first_bucket_];
}

void LatencySeries::StepHistogram::cover(std::size_t first_bucket, std::size_t end_bucket) {
  if (counts_.empty()) {
    first_bucket_ = first_bucket;
    counts_.assign(end_bucket - first_bucket, 0);
    return;
  }
  const std::size_t first = std::min(first_bucket, first_bucket_);
  const std::size_t end = std::max(end_bucket, first_bucket_ + counts_.size());
  if (end - first == counts_.size()) return;
  std::vector<std::uint64_t> wider(end - first);
  std::copy(counts_.begin(), counts_.end(),
            wider.begin() + static_cast<std::ptrdiff_t>(first_bucket_ - first));
  counts_ = std::move(wider);
  first_bucket_ = first;
}

LatencySeries::StepHistogram& LatencySeries::StepHistogram::operator+=(const StepHistogram& more) {
  if (more.count_ == 0) return *this;
  cover(more.first_bucket_, more.first_bucket_ + more.counts_.size());
  const std::size_t shift = more.first_bucket_ - first_bucket_;
  for (std::size_t i = 0; i < more.counts_.size(); ++i) counts_[shift + i] += more.counts_[i];
  count_ += more.count_;
  max_ = std::max(max_, more.max_);
  sum_ += more.sum_;
  return *this;
}

LatencyPoint LatencySeries::StepHistogram::summary() const {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (count_ == 0) return {.mean = none, .p50 = none, .p90 = none, .p99 = none, .max = none};
  LatencyPoint point{.count = count_,
                     .mean = static_cast<double>(sum_) / static_cast<double>(count_),
                     .max = static_cast<double>(max_)};
  std::size_t bucket = 0;
  std::uint64_t seen = 0;
  const auto quantile = [&](double q) {  // To be called with ascending q.
    const std::uint64_t rank = quantile_rank(q, count_);
    while (seen + counts_[bucket] < rank) seen += counts_[bucket++];
    const std::size_t index = first_bucket_ + bucket;
    const std::int64_t middle =
        Buckets::middle(index / Buckets::sub_buckets, index % Buckets::sub_buckets);
    return rank == count_ ? point.max : static_cast<double>(std::min(middle, max_));
  };
  point.p50 = quantile(0.5);
  point.p90 = quantile(0.9);
  point.p99 = quantile(0.99);
  return point;
}

std::vector<LatencyPoint> LatencySeries::points(Time end) const {
  std::vector<LatencyPoint> result;
  points_.for_each_point(end, [&](std::size_t, const StepHistogram& histogram) {
    result.push_back(histogram.summary());
  });
  return result;
}

}  // namespace faultline::sim
