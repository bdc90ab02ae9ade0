#include "sim/random/zipf.hpp"

#include "sim/param/assert.hpp"

namespace faultline::sim {
namespace {

double power(double rank, double exponent) { return portable::pow(rank, -exponent); }

/// Integral of x^-s between two bounds.
double integral(double from, double to, double s) {
  const double log_ratio = portable::log(to / from);
  const double t = (1 - s) * log_ratio;
  const double mean_slope = t == 0 ? 1 : portable::expm1(t) / t;
  return portable::pow(from, 1 - s) * log_ratio * mean_slope;
}

/// Sum of k^-s for k = 1 .. n: the first terms one by one, the rest by the Euler-Maclaurin formula.
/// Relative error below 1e-13. Source: DLMF 25.2.8 to 25.2.10.
double harmonic_number(double n, double s) {
  constexpr double first = 100;  // Where the formula's error is far below the rounding.
  double sum = 0;
  // From the smallest up, for the sake of rounding.
  for (double k = n < first ? n : first - 1; k >= 1; --k) sum += power(k, s);
  if (n < first) return sum;
  const auto at = [s](double x) {
    const double value = power(x, s);
    const double x2 = x * x;
    const double slope = s * value / x;
    const double third = slope * (s + 1) * (s + 2) / x2;
    const double fifth = third * (s + 3) * (s + 4) / x2;
    return slope / 12 - third / 720 + fifth / 30240;
  };
  return sum + integral(first, n, s) + (power(first, s) + power(n, s)) / 2 + at(first) - at(n);
}

}  // namespace

Zipf::Zipf(std::uint64_t count, double exponent)
    : count_(static_cast<double>(count)),
      exponent_(exponent),
      one_minus_exponent_(1 - exponent),
      inverse_(exponent == 1 ? 0 : 1 / (1 - exponent)) {
  SIM_ASSERT(count >= 1);
  SIM_ASSERT(count <= std::uint64_t{1} << 53);
  SIM_ASSERT(exponent > 0);
  // Where 1 - s is small, log(1 + t) / (1 - s) would magnify the rounding of 1 + t.
  const double distance = exponent < 1 ? 1 - exponent : exponent - 1;
  form_ = exponent == 1 ? Form::one : distance < 1e-3 ? Form::near_one : Form::far_from_one;
  area_last_ = area(count_ + 0.5);
  area_span_ = area(1.5) - 1 - area_last_;
  always_kept_ = 2 - area_inverse(area(2.5) - power(2, exponent));
  sum_ = harmonic_number(count_, exponent);
}

double Zipf::area(double x) const { return integral(1, x, exponent_); }

bool Zipf::is_kept(double rank, double area_drawn) const {
  return area_drawn >= area(rank + 0.5) - power(rank, exponent_);
}

double Zipf::probability(std::uint64_t rank) const {
  SIM_ASSERT(static_cast<double>(rank) < count_);
  return power(static_cast<double>(rank) + 1, exponent_) / sum_;
}

}  // namespace faultline::sim
