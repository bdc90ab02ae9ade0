#include "sim/measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/param/assert.hpp"
#include "sim/random/portable_math.hpp"

namespace faultline::sim {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Beyond so many degrees of freedom the expansion around the normal law is exact to all digits,
/// while the incomplete beta function begins to lose some.
constexpr double expansion_from = 300;

/// The continued fraction of the incomplete beta function I_x(a, b). Converges fast for x < (a + 1)
/// / (a + b + 2). Source: Abramowitz and Stegun, 26.5.8, evaluated by Lentz's method.
double beta_fraction(double x, double a, double b) {
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int i = 1; i < 1000; ++i) {
    const double m = i;
    const auto step = [&](double coefficient) {
      d = 1 / away_from_zero(1 + coefficient * d);
      c = away_from_zero(1 + coefficient / c);
      fraction *= d * c;
      return d * c;
    };
    step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
    const double change = step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
    if (std::abs(change - 1) < 1e-16) break;
  }
  return fraction;
}

/// P(|T| > t), with `log_beta` = log B(degrees / 2, 1/2).
double two_tails(double t, double degrees, double log_beta) {
  // I_x(degrees / 2, 1 / 2) with x = degrees / (degrees + t^2), and its complement with 1 - x.
  const double a = degrees / 2;
  const double b = 0.5;
  const double x = degrees / (degrees + t * t);
  const double y = t * t / (degrees + t * t);
  const double front = portable::exp(a * portable::log(x) + b * portable::log(y) - log_beta);
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(y, b, a) / b;
}

double by_expansion(double degrees, double z) {
  const double z2 = z * z;
  const double g1 = (z2 + 1) * z / 4;
  const double g2 = ((5 * z2 + 16) * z2 + 3) * z / 96;
  const double g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384;
  const double g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92160;
  const double n = 1 / degrees;
  return z + n * (g1 + n * (g2 + n * (g3 + n * g4)));
}

/// student_t of the latest arguments: a report asks for the same ones hundreds of times in a row.
double student_t_remembered(double degrees, double confidence) {
  struct Answer {
    double degrees = 0;
    double confidence = 0;
    double t = 0;
  };
  thread_local Answer latest;
  if (latest.degrees != degrees || latest.confidence != confidence) {
    latest = {.degrees = degrees, .confidence = confidence, .t = student_t(degrees, confidence)};
  }
  return latest.t;
}

}  // namespace

void RunningMoments::add(double value) {
  ++count_;
  const double distance = value - mean_;
  mean_ += distance / static_cast<double>(count_);
  squares_ += distance * (value - mean_);
  min_ = count_ == 1 ? value : std::min(min_, value);
  max_ = count_ == 1 ? value : std::max(max_, value);
}

void RunningMoments::merge(const RunningMoments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const auto ours = static_cast<double>(count_);
  const auto theirs = static_cast<double>(other.count_);
  const double distance = other.mean_ - mean_;
  mean_ += distance * (theirs / (ours + theirs));
  squares_ += other.squares_ + distance * distance * (ours * theirs / (ours + theirs));
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double RunningMoments::mean() const { return count_ == 0 ? not_a_number : mean_; }
double RunningMoments::variance() const {
  return count_ < 2 ? not_a_number : squares_ / static_cast<double>(count_ - 1);
}
double RunningMoments::stddev() const { return std::sqrt(variance()); }
double RunningMoments::min() const { return count_ == 0 ? not_a_number : min_; }
double RunningMoments::max() const { return count_ == 0 ? not_a_number : max_; }

double student_t(double degrees, double confidence) {
  SIM_ASSERT(degrees >= 1);
  SIM_ASSERT(confidence > 0);
  SIM_ASSERT(confidence <= 1 - 1e-6);
  const double z = -portable::normal_quantile((1 - confidence) / 2);
  if (degrees >= expansion_from) return by_expansion(degrees, z);
  // two_tails falls with t: the root is bracketed, then halved until the bracket is two
  // neighbouring numbers.
  const double log_beta =
      portable::lgamma(degrees / 2) + portable::lgamma(0.5) - portable::lgamma(degrees / 2 + 0.5);
  const double wanted = 1 - confidence;
  double low = 0;
  double high = 1;
  while (two_tails(high, degrees, log_beta) > wanted) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (two_tails(middle, degrees, log_beta) > wanted ? low : high) = middle;
  }
}

Interval interval_of(std::span<const double> samples, double confidence) {
  RunningMoments moments;
  for (const double sample : samples) {
    if (!std::isnan(sample)) moments.add(sample);
  }
  return interval_from(moments, confidence);
}

Interval interval_from(const RunningMoments& moments, double confidence) {
  Interval interval{.mean = moments.mean(),
                    .stddev = moments.stddev(),
                    .half_width = not_a_number,
                    .confidence = confidence,
                    .count = moments.count()};
  if (interval.count >= 2) {
    const auto count = static_cast<double>(interval.count);
    interval.half_width =
        student_t_remembered(count - 1, confidence) * interval.stddev / std::sqrt(count);
  }
  return interval;
}

Interval difference_of(const Interval& a, const Interval& b) {
  Interval difference{.mean = b.mean - a.mean,
                      .stddev = not_a_number,
                      .half_width = not_a_number,
                      .confidence = a.confidence,
                      .count = std::min(a.count, b.count)};
  if (difference.count < 2) return difference;
  const auto count_a = static_cast<double>(a.count);
  const auto count_b = static_cast<double>(b.count);
  const double variance_a = a.stddev * a.stddev / count_a;
  const double variance_b = b.stddev * b.stddev / count_b;
  const double variance = variance_a + variance_b;
  difference.stddev = std::sqrt(variance);
  difference.half_width = 0;
  if (variance > 0) {
    const double degrees =
        variance * variance /
        (variance_a * variance_a / (count_a - 1) + variance_b * variance_b / (count_b - 1));
    // Not below that of the smaller sample, but for rounding.
    difference.half_width =
        student_t(std::max(1.0, degrees), difference.confidence) * difference.stddev;
  }
  return difference;
}

}  // namespace faultline::sim
