/// A factor over time, piecewise linear: how many times its usual load a system gets at each
/// moment.
///
///   factor                 ______ 3
///                        /        |
///     1 ________________/         |________________
///       0             60 s  70 s  130 s               time
///
/// Points may share a time: the factor jumps there, and the later point holds at it. Before the
/// first point its factor holds, and after the last one that of the last, or, with a period, all
/// begins anew.
#pragma once

#include <cstddef>
#include <vector>

namespace faultline::sim {

/// One corner of a curve.
struct RatePoint {
  double seconds = 0;
  double factor = 1;
};

class RateCurve {
 public:
  static constexpr std::size_t points_max = 1'000'000;
  static constexpr double factor_max = 1e9;

  RateCurve() : RateCurve(std::vector<RatePoint>{{0, 1}}) {}
  /// `period`: after it all begins anew; 0: never. Requires: at least one point; times finite, not
  /// negative, in order, none beyond the period; factors finite, not negative.
  explicit RateCurve(std::vector<RatePoint> points, double period = 0);

  /// The factor at a time. Requires, here and below: seconds >= 0.
  double at(double seconds) const;
  /// The area under the curve from 0 to a time, in seconds: how much time at factor 1 would bring
  /// as much.
  double area(double seconds) const;
  /// The first time at which that area is reached; infinity if never.
  double time_of_area(double area) const;
  /// The first time from `seconds` on at which the factor is at least `level`, or has climbed to it
  /// and falls at once; infinity if never.
  double time_at_least(double level, double seconds) const;

  double maximum() const { return maximum_; }
  /// The mean factor in the long run.
  double mean() const;
  double period() const { return period_; }
  const std::vector<RatePoint>& points() const { return points_; }
  /// The same shape, `times` as high. Requires: not negative.
  RateCurve scaled(double times) const;

 private:
  /// Of the whole periods before `seconds`, their number; `seconds` becomes what is left.
  double whole_periods(double& seconds) const;
  double at_within(double seconds) const;
  double area_within(double seconds) const;
  double time_of_area_within(double area) const;
  double time_at_least_within(double level, double seconds) const;

  std::vector<RatePoint> points_;  ///< The first one at 0.
  std::vector<double> areas_;      ///< Up to each point.
  double period_ = 0;
  double period_area_ = 0;
  double maximum_ = 0;
};

}  // namespace faultline::sim
