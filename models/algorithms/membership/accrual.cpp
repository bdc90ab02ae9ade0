#include "models/algorithms/membership/accrual.hpp"

#include <algorithm>
#include <cmath>

#include "models/algorithms/portable_powers.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

constexpr double log10_of_2 = 0.30102999566398119521;
constexpr double log10_of_e = 0.43429448190325182765;
constexpr double log2_of_e = 1.44269504088896340736;
constexpr double sqrt_2pi = 2.50662827463100050242;

double log10_of(double value) { return log_of_two(value) * log10_of_2; }

/// P(Z > z) for 0 <= z <= 3, by the series of P(0 < Z < z).
double tail_by_series(double z) {
  double term = z;
  double sum = z;
  for (int odd = 3; term > sum * 1e-18; odd += 2) {
    term *= z * z / odd;
    sum += term;
  }
  return 0.5 - sum * power_of_two(-0.5 * z * z * log2_of_e) / sqrt_2pi;
}

/// P(Z > z) / density(z) for z > 3, by Laplace's continued fraction.
double mills_ratio(double z) {
  double below = z;
  for (int term = 120; term > 0; --term) below = z + term / below;
  return 1 / below;
}

}  // namespace

double normal_phi(double z) {
  if (z > 3) return 0.5 * z * z * log10_of_e + log10_of(sqrt_2pi) - log10_of(mills_ratio(z));
  if (z >= 0) return -log10_of(tail_by_series(z));
  // P(Z > z) = 1 - p; -log10(1 - p) is p + p^2/2 + ... in units of log10 e where p is small.
  const double p = z >= -3 ? tail_by_series(-z)
                           : mills_ratio(-z) / sqrt_2pi * power_of_two(-0.5 * z * z * log2_of_e);
  if (p > 1e-4) return -log10_of(1 - p);
  return (p + p * p / 2 + p * p * p / 3) * log10_of_e;
}

double normal_phi_inverse(double phi) {
  SIM_ASSERT(phi >= 1e-6);
  SIM_ASSERT(phi <= 1e4);
  double low = -6;    // 1e-9 of phi.
  double high = 250;  // 13,000 of it.
  for (int halving = 0; halving < 80; ++halving) {
    const double middle = (low + high) / 2;
    (normal_phi(middle) < phi ? low : high) = middle;
  }
  return high;
}

void IntervalWindow::add(sim::Duration value) {
  SIM_ASSERT(value >= sim::Duration(0));
  constexpr std::int64_t longest = 1'000'000'000'000'000;
  const auto span = static_cast<std::uint64_t>(std::min<std::int64_t>(value.count(), longest));
  if (values_.size() < size_) {
    values_.push_back(span);
  } else {
    const Wide gone = values_[oldest_];
    sum_ -= gone;
    squares_ -= gone * gone;
    values_[oldest_] = span;
    oldest_ = (oldest_ + 1) % size_;
  }
  sum_ += span;
  squares_ += Wide{span} * span;
}

double IntervalWindow::mean() const {
  SIM_ASSERT(!values_.empty());
  return static_cast<double>(sum_) / static_cast<double>(values_.size());
}

double IntervalWindow::deviation() const {
  const Wide count = values_.size();
  return std::sqrt(static_cast<double>(count * squares_ - sum_ * sum_)) /
         static_cast<double>(values_.size());
}

}  // namespace faultline::models
