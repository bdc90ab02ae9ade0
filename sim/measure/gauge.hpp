/// The time average of a quantity that jumps: a queue's length, busy servers, bytes held.
///
///   value  |      ___
///          |  ___|   |______        average = area under the steps / time
///          |_|______________|____ time
///
/// A mean over updates would be wrong, because a value counts for as long as it lasts. Whole-number
/// gauges (CountGauge) sum value * nanoseconds in 128 bits, so their average is exact however long
/// the run and whatever the order of summation; TimeGauge does the same in floating point for
/// quantities that are not counts.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "sim/kernel/time.hpp"
#include "sim/measure/wide.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim {

/// What a gauge may hold.
template <class Value>
concept GaugeValue = std::same_as<Value, std::int64_t> || std::same_as<Value, double>;

/// Value times nanoseconds, without overflow.
template <GaugeValue Value>
using GaugeArea = std::conditional_t<std::same_as<Value, std::int64_t>, Int128, double>;

/// The area under `value` held for `duration`.
template <GaugeValue Value>
constexpr GaugeArea<Value> gauge_area(Value value, Duration duration) {
  return static_cast<GaugeArea<Value>>(value) * static_cast<GaugeArea<Value>>(duration.count());
}

/// See the head of this file. Times must not decrease from call to call (asserted).
template <GaugeValue Value>
class BasicTimeGauge {
 public:
  /// Holds `value` from `start` on.
  explicit BasicTimeGauge(Time start = time_zero, Value value = 0)
      : value_(value), maximum_(value), last_(start), start_(start) {}

  /// The quantity is `value` from `now` on.
  void set(Time now, Value value) {
    SIM_ASSERT(now >= last_);
    area_ += gauge_area(value_, now - last_);
    last_ = now;
    value_ = value;
    maximum_ = std::max(maximum_, value);
  }
  /// The quantity changes by `delta` at `now`.
  void add(Time now, Value delta) { set(now, value_ + delta); }

  /// Forgets the past and keeps the value: the end of the warm-up.
  void reset(Time now) {
    SIM_ASSERT(now >= last_);
    area_ = 0;
    maximum_ = value_;
    last_ = now;
    start_ = now;
  }

  Value value() const { return value_; }  ///< Now.
  Value maximum() const {
    return maximum_;
  }  ///< Since the start or the last reset, however briefly held.
  /// Time average from the start or the last reset to `now`; the value itself if no time has
  /// passed.
  double mean(Time now) const {
    SIM_ASSERT(now >= last_);
    if (now == start_) return static_cast<double>(value_);
    return static_cast<double>(area(now)) / static_cast<double>((now - start_).count());
  }
  /// Value times nanoseconds from the start or the last reset to `now`: what Little's law is
  /// checked with.
  GaugeArea<Value> area(Time now) const { return area_ + gauge_area(value_, now - last_); }

 private:
  GaugeArea<Value> area_ = 0;  ///< Up to last_.
  Value value_;
  Value maximum_;
  Time last_;   ///< Of the last update.
  Time start_;  ///< Of the average.
};

/// Counts: exact. add(now, +1), add(now, -1).
using CountGauge = BasicTimeGauge<std::int64_t>;
/// Quantities that are not counts.
using TimeGauge = BasicTimeGauge<double>;

}  // namespace faultline::sim
