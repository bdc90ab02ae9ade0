#include "sim/random/rate_curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// The first index whose point lies after `seconds`.
std::size_t after(const std::vector<RatePoint>& points, double seconds) {
  const auto found =
      std::upper_bound(points.begin(), points.end(), seconds,
                       [](double value, const RatePoint& point) { return value < point.seconds; });
  return static_cast<std::size_t>(found - points.begin());
}

/// How far into a straight piece that begins at `factor` and climbs by `slope` a second the area
/// under it is `area`. Written so that nothing is lost where `slope` is small. Requires: area > 0.
double way_of_area(double factor, double slope, double area) {
  const double root = std::sqrt(std::max(0.0, factor * factor + 2 * slope * area));
  return 2 * area / (factor + root);
}

}  // namespace

RateCurve::RateCurve(std::vector<RatePoint> points, double period)
    : points_(std::move(points)), period_(period) {
  SIM_ASSERT(!points_.empty());
  if (points_.front().seconds > 0) points_.insert(points_.begin(), {0, points_.front().factor});
  // At one time only the first and the last of several points matter.
  std::vector<RatePoint> corners;
  for (const RatePoint& point : points_) {
    const std::size_t count = corners.size();
    const bool between = count >= 2 && corners[count - 2].seconds == point.seconds;
    if (between) corners.pop_back();
    corners.push_back(point);
  }
  points_ = std::move(corners);
  areas_.reserve(points_.size());
  areas_.push_back(0);
  maximum_ = points_.front().factor;
  for (std::size_t i = 1; i < points_.size(); ++i) {
    const RatePoint& from = points_[i - 1];
    const RatePoint& to = points_[i];
    SIM_ASSERT(to.seconds >= from.seconds);
    SIM_ASSERT(to.factor >= 0);
    areas_.push_back(areas_.back() + 0.5 * (from.factor + to.factor) * (to.seconds - from.seconds));
    maximum_ = std::max(maximum_, to.factor);
  }
  SIM_ASSERT(period_ == 0 || period_ >= points_.back().seconds);
  if (period_ > 0) {
    period_area_ = areas_.back() + points_.back().factor * (period_ - points_.back().seconds);
  }
}

double RateCurve::whole_periods(double& seconds) const {
  if (period_ == 0) return 0;
  double count = std::floor(seconds / period_);
  double rest = seconds - count * period_;
  if (rest < 0) {  // The quotient was rounded up.
    count -= 1;
    rest += period_;
  }
  seconds = std::min(rest, period_);
  return count;
}

double RateCurve::at(double seconds) const {
  whole_periods(seconds);
  return at_within(seconds);
}

double RateCurve::at_within(double seconds) const {
  const std::size_t next = after(points_, seconds);
  const RatePoint& from = points_[next - 1];
  if (next == points_.size()) return from.factor;
  const RatePoint& to = points_[next];
  const double share = (seconds - from.seconds) / (to.seconds - from.seconds);
  return from.factor + share * (to.factor - from.factor);
}

double RateCurve::area(double seconds) const {
  const double periods = whole_periods(seconds);
  return periods * period_area_ + area_within(seconds);
}

double RateCurve::area_within(double seconds) const {
  const std::size_t last = after(points_, seconds) - 1;
  const double way = seconds - points_[last].seconds;
  return areas_[last] + 0.5 * (points_[last].factor + at_within(seconds)) * way;
}

double RateCurve::time_of_area(double area) const {
  if (area <= 0) return 0;
  if (period_ == 0) return time_of_area_within(area);
  if (period_area_ == 0) return never;
  double periods = std::floor(area / period_area_);
  double rest = area - periods * period_area_;
  if (rest <= 0) {  // Reached at the end of a period, not after it.
    periods -= 1;
    rest += period_area_;
  }
  return periods * period_ + std::min(time_of_area_within(rest), period_);
}

double RateCurve::time_of_area_within(double area) const {
  // The first point by which so much has come; the area is reached on the piece before it.
  const auto found = std::lower_bound(areas_.begin(), areas_.end(), area);
  const auto next = static_cast<std::size_t>(found - areas_.begin());
  if (next == 0) return 0;
  const RatePoint& from = points_[next - 1];
  const double rest = area - areas_[next - 1];
  if (next == points_.size()) {
    return from.factor > 0 ? from.seconds + rest / from.factor : never;
  }
  const RatePoint& to = points_[next];
  const double slope = (to.factor - from.factor) / (to.seconds - from.seconds);
  return std::min(from.seconds + way_of_area(from.factor, slope, rest), to.seconds);
}

double RateCurve::time_at_least(double level, double seconds) const {
  if (level > maximum_) return never;
  if (period_ == 0) return time_at_least_within(level, seconds);
  const double begin = seconds;
  const double periods = whole_periods(seconds);
  const double now = time_at_least_within(level, seconds);
  const double time = now < period_ ? periods * period_ + now
                                    : (periods + 1) * period_ + time_at_least_within(level, 0);
  return std::max(time, begin);
}

double RateCurve::time_at_least_within(double level, double seconds) const {
  if (at_within(seconds) >= level) return seconds;
  for (std::size_t next = after(points_, seconds); next < points_.size(); ++next) {
    const RatePoint& from = points_[next - 1];
    const RatePoint& to = points_[next];
    if (to.factor < level) continue;
    if (to.seconds == from.seconds || from.factor >= level) return std::max(seconds, from.seconds);
    const double share = (level - from.factor) / (to.factor - from.factor);
    return std::min(from.seconds + share * (to.seconds - from.seconds), to.seconds);
  }
  return never;
}

double RateCurve::mean() const {
  return period_ > 0 ? period_area_ / period_ : points_.back().factor;
}

RateCurve RateCurve::scaled(double times) const {
  std::vector<RatePoint> points = points_;
  for (RatePoint& point : points) point.factor *= times;
  return RateCurve(std::move(points), period_);
}

}  // namespace faultline::sim
