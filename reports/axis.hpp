/// Scales of charts: where a value lies between the two ends, and which round values are marked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/units_text.hpp"

namespace faultline::reports {

/// What an axis counts, which decides how its marks are written.
enum class Quantity { seconds, ratio, rate, count };

/// A marked value of an axis.
struct Tick {
  double place = 0;  ///< 0 at the low end, 1 at the high end.
  std::string label;
};

/// A scale from `low` to `high`, linear or logarithmic.
class Axis {
 public:
  /// From 0 to a round value at or above `highest`, with at most `ticks_max` steps. A `highest`
  /// that is no positive number counts as 1 (as 1 ms on an axis of seconds).
  static Axis linear(double highest, Quantity quantity, int ticks_max, Language language);
  /// From a little below `lowest` to a little above `highest`; marks at 1, 10, 100 ... or, where
  /// the range is short, at 1, 2, 5, 10 ... Values that are not positive numbers are lifted to the
  /// low end. Requires: lowest <= highest.
  static Axis logarithmic(double lowest, double highest, Quantity quantity, int ticks_max,
                          Language language);
  /// Virtual time from `from` to `to`, both in seconds, marked in the unit that suits the span.
  static Axis time(double from, double to, int ticks_max, Language language);
  /// Quantiles by their distance from 1, as 0 %, 90 %, 99 %, 99.9 % ..., as far as `samples` can
  /// tell.
  static Axis nines(std::uint64_t samples, Language language);

  /// Where `value` lies: 0 at the low end, 1 at the high end, never outside. Requires: not NaN.
  double place(double value) const;
  const std::vector<Tick>& ticks() const { return ticks_; }
  double low() const { return low_; }
  double high() const { return high_; }
  bool is_logarithmic() const { return scale_ == Scale::logarithmic; }

 private:
  enum class Scale { linear, logarithmic, nines };
  Axis(Scale scale, double low, double high) : scale_(scale), low_(low), high_(high) {}
  double transformed(double value) const;

  Scale scale_;
  double low_;
  double high_;
  std::vector<Tick> ticks_;
};

}  // namespace faultline::reports
