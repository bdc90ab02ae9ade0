/// Time series with a bounded number of points whatever the length of the run.
///
/// Time is cut into equal steps, and every sample of a step goes into its point: none is left out.
/// When a run outgrows the points there are, neighbouring points are merged in pairs and the step
/// doubles: counts add, averages average, histograms merge, so the series is what it would have
/// been with the longer step from the start.
///
///   step 1 s   | 3 | 5 | 4 | 4 | 2 | 6 |           CounterSeries: events a step
///                                                  CountGaugeSeries: time average a step
///   step 2 s   |   8   |   8   |   8   |   |   |   LatencySeries: quantiles a step
///
/// The step of a series after a given time depends on that time alone, so all series with one
/// SeriesClock show the same steps when they are read at the same end.
///
/// Memory per series, with the default of at most 600 points: CounterSeries and gauge series 8
/// bytes a point (4.7 KiB); LatencySeries 64 bytes a point and 512 bytes for each power of two
/// between its smallest and largest value: 4 KiB a point over two orders of magnitude, 2.4 MB a
/// series, and never more than 18 MB.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/kernel/time.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/measure/wide.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim {

/// The steps of a series. Parameter of every series; those that are shown together share one.
struct SeriesClock {
  Time start = time_zero;                        ///< Begin of the first step.
  Duration step = std::chrono::milliseconds(1);  ///< Length of a step before any doubling. Above 0.
  std::size_t points_max = 600;                  ///< An even number, at least 2.

  /// Steps for a run whose length is known: 1, 2 or 5 times a power of ten nanoseconds, so that the
  /// run has 180 to 450 points (fewer if it is shorter than 180 ns).
  static SeriesClock for_length(Time start, Duration length);
  /// This clock; one that breaks the bounds above stops the program.
  const SeriesClock& checked() const;
  /// Steps for a run without a planned end: from 1 ms on, doubling as it goes.
  static SeriesClock open_ended(Time start) { return {.start = start}; }

  /// End of the last step there is room for, or time_max.
  Time capacity_end() const;
  /// An event at `time` needs a longer step.
  bool is_outgrown_by(Time time) const {
    return time >= capacity_end() && capacity_end() < time_max;
  }
  /// This clock with its step doubled as often as an event at `time` needs.
  SeriesClock grown_to(Time time) const;
  /// How many steps begin before `end`.
  std::size_t points_until(Time end) const;
  /// Begin of step `index`.
  Time step_begin(std::size_t index) const {
    return start + step * static_cast<std::int64_t>(index);
  }
  /// The length of step `index` in a series that ends at `end`: the last one may be cut short.
  Duration step_length(std::size_t index, Time end) const {
    return std::min(step, end - step_begin(index));
  }
  bool operator==(const SeriesClock&) const = default;
};

/// Points in steps of a clock, grown and merged as time goes on. A `Point` has a default value and
/// `+=`. Times may come in any order.
template <class Point>
class SteppedPoints {
 public:
  explicit SteppedPoints(const SeriesClock& clock) : clock_(clock.checked()) {}

  /// The point of the step that holds `time`; nothing before the start of the series.
  Point* at(Time time) {
    const auto offset = static_cast<std::uint64_t>(time.time_since_epoch().count()) -
                        static_cast<std::uint64_t>(current_begin_.time_since_epoch().count());
    if (offset < current_length_) [[likely]]
      return &points_[current_];
    return select(time);
  }

  /// The clock of a reading at `end`.
  SeriesClock clock_at(Time end) const { return clock_.grown_to(end); }

  /// Calls visit(index, point) for every step that begins before `end`. What happened at the very
  /// end belongs to the last step. Requires: no time after `end` was given to at().
  template <class Visit>
  void for_each_point(Time end, Visit&& visit) const {
    const SeriesClock clock = clock_at(end);
    const std::size_t count = clock.points_until(end);
    const auto factor = static_cast<std::size_t>(clock.step / clock_.step);
    SIM_ASSERT(factor > 0);  // Otherwise the series has seen a time after `end`.
    for (std::size_t index = 0; index < count; ++index) {
      const std::size_t first = std::min(index * factor, points_.size());
      const std::size_t last =
          index + 1 == count ? points_.size() : std::min(first + factor, points_.size());
      if (last - first == 1) {
        visit(index, points_[first]);
        continue;
      }
      Point merged{};
      for (std::size_t i = first; i < last; ++i) merged += points_[i];
      visit(index, merged);
    }
  }

 private:
  Point* select(Time time) {
    if (time < clock_.start) return nullptr;
    while (clock_.is_outgrown_by(time)) double_step();
    current_ = static_cast<std::size_t>((time - clock_.start) / clock_.step);
    current_begin_ = clock_.step_begin(current_);
    current_length_ = static_cast<std::uint64_t>(clock_.step.count());
    if (current_ >= points_.size()) points_.resize(current_ + 1);
    return &points_[current_];
  }
  void double_step() {
    for (std::size_t i = 0; i < points_.size(); i += 2) {
      Point merged = std::move(points_[i]);
      if (i + 1 < points_.size()) merged += points_[i + 1];
      points_[i / 2] = std::move(merged);
    }
    points_.resize((points_.size() + 1) / 2);
    clock_.step *= 2;
  }

  SeriesClock clock_;          ///< With the step as it is now.
  std::vector<Point> points_;  ///< Up to the latest step that was needed.
  std::size_t current_ = 0;    ///< The step of the latest call.
  Time current_begin_{};
  std::uint64_t current_length_ = 0;  ///< Nanoseconds; 0: no step selected yet.
};

/// Events a step: arrivals, successes, hits. Times may come in any order; those before the start
/// are not counted.
class CounterSeries {
 public:
  explicit CounterSeries(const SeriesClock& clock) : points_(clock) {}

  void add(Time time, std::uint64_t events = 1) {
    if (std::uint64_t* const point = points_.at(time)) [[likely]]
      *point += events;
  }

  SeriesClock clock_at(Time end) const {
    return points_.clock_at(end);
  }  ///< Of a reading at `end`.
  /// Events a step, up to `end`. What happened at the very end belongs to the last step. Requires:
  /// no event after `end`.
  std::vector<std::uint64_t> counts(Time end) const;
  /// Events a second in each step; the last one over the part of it that lies before `end`.
  std::vector<double> rates(Time end) const;

 private:
  SteppedPoints<std::uint64_t> points_;
};

/// A gauge that keeps its whole average, as BasicTimeGauge, and its average in each step, at the
/// cost of one comparison more an update: steps are closed when the next update or reading comes
/// after them. Times must not decrease and not lie before the clock's start (asserted).
template <GaugeValue Value>
class BasicGaugeSeries {
 public:
  /// Holds `value` from the start of `clock` on.
  explicit BasicGaugeSeries(const SeriesClock& clock, Value value = 0)
      : value_(value),
        maximum_(value),
        last_(clock.start),
        step_end_(clock.start + clock.step),
        average_start_(clock.start),
        clock_(clock.checked()) {}

  /// The quantity is `value` from `now` on.
  void set(Time now, Value value) {
    SIM_ASSERT(now >= last_);
    if (now >= step_end_) [[unlikely]]
      close_steps(now);
    area_ += gauge_area(value_, now - last_);
    last_ = now;
    value_ = value;
    maximum_ = std::max(maximum_, value);
  }
  /// The quantity changes by `delta` at `now`.
  void add(Time now, Value delta) { set(now, value_ + delta); }

  /// The end of the warm-up: the average and the maximum forget the past and keep the value. The
  /// steps go on.
  void reset(Time now) {
    set(now, value_);
    closed_area_ = 0;
    area_before_reset_ = area_;
    maximum_ = value_;
    average_start_ = now;
  }

  Value value() const { return value_; }  ///< Now.
  Value maximum() const {
    return maximum_;
  }  ///< Since the start or the last reset, however briefly held.
  /// Value times nanoseconds from the start or the last reset to `now`.
  GaugeArea<Value> area(Time now) const {
    SIM_ASSERT(now >= last_);
    return closed_area_ + (area_ - area_before_reset_) + gauge_area(value_, now - last_);
  }
  /// Time average from the start or the last reset to `now`; the value itself if no time has
  /// passed.
  double mean(Time now) const {
    if (now == average_start_) return static_cast<double>(value_);
    return static_cast<double>(area(now)) / static_cast<double>((now - average_start_).count());
  }

  SeriesClock clock_at(Time end) const { return clock_.grown_to(end); }  ///< Of a reading at `end`.
  /// The time average in each step up to `end`; the last one over the part of it that lies before
  /// `end`. Requires: no update after `end`.
  std::vector<double> averages(Time end) const {
    SIM_ASSERT(end >= last_);
    BasicGaugeSeries read = *this;
    if (end >= read.step_end_) read.close_steps(end);
    const Duration open = end - (read.step_end_ - read.clock_.step);
    if (open.count() > 0) {
      const GaugeArea<Value> area = read.area_ + gauge_area(read.value_, end - read.last_);
      read.points_.push_back(static_cast<double>(area) / static_cast<double>(open.count()));
    }
    return std::move(read.points_);
  }

 private:
  /// Requires: now >= step_end_.
  void close_steps(Time now) {
    while (clock_.is_outgrown_by(now)) double_step();
    const auto length = static_cast<double>(clock_.step.count());
    while (now >= step_end_) {
      area_ += gauge_area(value_, step_end_ - last_);
      last_ = step_end_;
      step_end_ += clock_.step;
      points_.push_back(static_cast<double>(area_) / length);
      closed_area_ += area_ - area_before_reset_;
      area_before_reset_ = 0;
      area_ = 0;
    }
  }
  void double_step() {
    const Duration step = clock_.step;
    if (points_.size() % 2 == 1) {
      // The open step becomes the second half of one whose first half was closed: that half is
      // opened again.
      const auto reopened = whole(points_.back() * static_cast<double>(step.count()));
      points_.pop_back();
      area_ += reopened;
      area_before_reset_ += reopened;
    } else {
      step_end_ += step;
    }
    for (std::size_t i = 0; i < points_.size(); i += 2) {
      points_[i / 2] = (points_[i] + points_[i + 1]) / 2;
    }
    points_.resize(points_.size() / 2);
    clock_.step = step * 2;
  }
  static GaugeArea<Value> whole(double area) {
    if constexpr (std::same_as<Value, double>)
      return area;
    else
      return static_cast<GaugeArea<Value>>(std::nearbyint(area));
  }

  GaugeArea<Value> area_ = 0;  ///< Of the open step, up to last_.
  Value value_;
  Value maximum_;
  Time last_;      ///< Of the last update, or end of the last closed step.
  Time step_end_;  ///< Of the open step.
  GaugeArea<Value> area_before_reset_ =
      0;                              ///< The part of area_ that does not count for the average.
  GaugeArea<Value> closed_area_ = 0;  ///< Of the closed steps, as far as it counts for the average.
  Time average_start_;
  SeriesClock clock_;           ///< With the step as it is now.
  std::vector<double> points_;  ///< Averages of the closed steps.
};

/// Counts: the whole average is exact. Its points are exact but for the rounding of one division.
using CountGaugeSeries = BasicGaugeSeries<std::int64_t>;
/// Quantities that are not counts.
using TimeGaugeSeries = BasicGaugeSeries<double>;

/// What one step of a LatencySeries saw, in the unit recorded (nanoseconds). Without a sample all
/// but `count` are NaN.
struct LatencyPoint {
  std::uint64_t count = 0;
  double mean = 0;  ///< Exact.
  double p50 = 0;   ///< Quantiles: relative error at most 1/128 (0.8 %).
  double p90 = 0;
  double p99 = 0;
  double max = 0;  ///< Exact.
};

/// Quantiles a step, from all samples of it. Times may come in any order (the arrival of a request
/// that has just ended); those before the start are not recorded.
class LatencySeries {
 public:
  explicit LatencySeries(const SeriesClock& clock) : points_(clock) {}

  /// One sample, for the step that holds `time`. Requires: value >= 0 (a negative one stops the
  /// program).
  void record(Time time, std::int64_t value) {
    if (StepHistogram* const point = points_.at(time)) [[likely]]
      point->record(value);
  }

  SeriesClock clock_at(Time end) const {
    return points_.clock_at(end);
  }  ///< Of a reading at `end`.
  /// One entry a step up to `end`. Samples at the very end belong to the last step. Requires: no
  /// sample after `end`.
  std::vector<LatencyPoint> points(Time end) const;

 private:
  /// A histogram for many steps: 64 buckets an octave, and one run of octaves instead of a table.
  class StepHistogram {
   public:
    void record(std::int64_t value) {
      const std::size_t octave = Buckets::octave_of(value);
      const std::size_t bucket =
          octave * Buckets::sub_buckets + Buckets::sub_bucket_of(value, octave) - first_bucket_;
      if (bucket < counts_.size()) [[likely]]
        ++counts_[bucket];
      else
        add_octave_and_count(value);
      ++count_;
      max_ = std::max(max_, value);
      sum_ += static_cast<std::uint64_t>(value);
    }
    LatencyPoint summary() const;
    StepHistogram& operator+=(const StepHistogram& more);

   private:
    using Buckets = LogLinear<6>;
    void add_octave_and_count(std::int64_t value);
    void cover(std::size_t first_bucket, std::size_t end_bucket);
    std::vector<std::uint64_t> counts_;  ///< Whole octaves.
    std::size_t first_bucket_ = 0;       ///< The bucket of counts_[0].
    std::uint64_t count_ = 0;
    std::int64_t max_ = 0;
    Uint128 sum_ = 0;
  };

  SteppedPoints<StepHistogram> points_;
};

}  // namespace faultline::sim
