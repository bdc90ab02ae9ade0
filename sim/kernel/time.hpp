/// Virtual time: a signed 64-bit count of nanoseconds behind std::chrono types with a clock of our
/// own.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "sim/param/units.hpp"

namespace faultline::sim {

/// The clock of a run. It has no now(): time is a value a kernel hands out, not something to be
/// asked of the machine.
struct VirtualClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

/// A point of virtual time, counted from the start of the run.
using Time = VirtualClock::time_point;

inline constexpr Time time_zero{};
inline constexpr Time time_max = Time::max();

constexpr double to_seconds(Time time) { return to_seconds(time.time_since_epoch()); }

/// The sum of two durations, at most the longest there is. Requires: neither is negative.
constexpr Duration saturating_sum(Duration a, Duration b) {
  return a > Duration::max() - b ? Duration::max() : a + b;
}

/// `factor` times `duration`, to the nearest nanosecond, at most 9e18 of them. Requires: neither is
/// negative.
inline Duration scaled(Duration duration, double factor) {
  constexpr double longest = 9.0e18;
  const double product = std::floor(static_cast<double>(duration.count()) * factor + 0.5);
  return Duration(static_cast<std::int64_t>(std::min(product, longest)));
}

}  // namespace faultline::sim
