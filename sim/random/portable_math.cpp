#include "sim/random/portable_math.hpp"

#include <array>
#include <cmath>  // std::sqrt only: the one library function whose last bit IEEE 754 fixes.

namespace faultline::sim::portable {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double ln_sqrt_two_pi = 0x1.d67f1c864beb5p-1;
constexpr double one_over_sqrt_two_pi = 0x1.9884533d43651p-2;
constexpr double one_over_sqrt_two = 0x1.6a09e667f3bcdp-1;

/// An unevaluated sum of two doubles, |low| <= ulp(high) / 2. Source: Dekker 1971; Muller et al.,
/// "Handbook of Floating-Point Arithmetic", chapter 4.
struct Pair {
  double high;
  double low;
};

/// Requires: |a| >= |b|.
Pair quick_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

Pair split(double a) {
  const double shifted = a * 0x1.0000002p27;
  const double high = shifted - (shifted - a);
  return {high, a - high};
}

/// The exact product, for factors and products far from overflow and underflow.
Pair two_product(double a, double b) {
  const double product = a * b;
  const Pair x = split(a);
  const Pair y = split(b);
  const double error =
      ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low;
  return {product, error};
}

/// log(x) with about 60 correct bits. Requires: x positive, normal or subnormal.
Pair log_pair(double x) {
  double k = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    k = -54;
  }
  constexpr std::uint64_t sqrt_half = 0x3fe6'a09e'667f'3bcd;
  auto bits = std::bit_cast<std::uint64_t>(x) - sqrt_half;
  k += static_cast<double>(static_cast<std::int64_t>(bits) >> 52);
  bits = (bits & 0x000f'ffff'ffff'ffff) + sqrt_half;
  const double f = std::bit_cast<double>(bits) - 1;
  // s = f / (2 + f) in two parts; then log(1 + f) = 2 s + s R(s^2) with the R of portable::log.
  const Pair divisor = quick_two_sum(2, f);
  const double s = f / divisor.high;
  const Pair back = two_product(s, divisor.high);
  const double s_low = (((f - back.high) - back.low) - s * divisor.low) / divisor.high;
  const double z = s * s;
  double r = 0x1.2f0598d75efd1p-3;
  for (const double coefficient :
       {0x1.39a1b5ad7d520p-3, 0x1.74663f17cc1c9p-3, 0x1.c71c5208839f1p-3, 0x1.24924941f21f1p-2,
        0x1.999999997fda7p-2, 0x1.5555555555592p-1}) {
    r = r * z + coefficient;
  }
  const Pair small = quick_two_sum(2 * s, 2 * s_low + s * (z * r));
  if (k == 0) return small;  // quick_two_sum wants the larger one first.
  const Pair large = quick_two_sum(k * detail::ln2_high, small.high);
  return quick_two_sum(large.high, large.low + (small.low + k * detail::ln2_low));
}

bool is_whole(double x) {
  constexpr double all_whole = 0x1p52;
  if (x >= all_whole || x <= -all_whole) return true;
  return static_cast<double>(static_cast<std::int64_t>(x)) == x;
}

bool is_odd(double whole) {
  constexpr double all_even = 0x1p53;
  if (whole >= all_even || whole <= -all_even) return false;
  return (static_cast<std::int64_t>(whole) & 1) != 0;
}

double absolute(double x) { return x < 0 ? -x : x; }

/// pow for 0 < x < infinity and finite y.
double pow_positive(double x, double y) {
  const Pair logarithm = log_pair(x);
  const double rough = y * logarithm.high;
  if (rough > 710) return detail::infinity;
  if (rough < -746) return 0;
  if (absolute(rough) < 0x1p-60) return 1 + rough;
  const Pair product = two_product(y, logarithm.high);
  return detail::exp_sum(product.high, product.low + y * logarithm.low);
}

/// log Gamma(x) by Stirling's series. Requires: x >= 10. Source: DLMF 5.11.1.
double stirling(double x) {
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  double series = -3617.0 / 122400;
  for (const double coefficient :
       {1.0 / 156, -691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12}) {
    series = series * square + coefficient;
  }
  return (x - 0.5) * log(x) - x + ln_sqrt_two_pi + series * inverse;
}

/// x^shape e^-x / Gamma(shape), the common factor of both expansions of the incomplete gamma
/// function. Through log(x / shape), so that the large terms cancel before they are rounded.
double gamma_front(double shape, double x) {
  if (shape < 10) return pow(x, shape) * exp(-x) / gamma(shape);
  const double offset = (x - shape) / shape;
  const double exponent = shape * (log1p(offset) - offset);
  const double correction = stirling(shape) - ((shape - 0.5) * log(shape) - shape + ln_sqrt_two_pi);
  return exp(exponent - correction) * std::sqrt(shape) * one_over_sqrt_two_pi;
}

/// Sum of x^n / (shape (shape + 1) .. (shape + n)), quick for x < shape + 1.
double gamma_series(double shape, double x) {
  double term = 1 / shape;
  double sum = term;
  for (double n = 1; term > sum * epsilon * 0.25; ++n) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum;
}

/// Legendre's continued fraction for the upper tail, by Lentz's method, quick for x > shape + 1.
double gamma_fraction(double shape, double x) {
  double b = x + 1 - shape;
  double c = 1e300;
  double d = 1 / b;
  double value = d;
  for (double n = 1; n < 100000; ++n) {
    const double a = -n * (n - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const double factor = d * c;
    value *= factor;
    if (absolute(factor - 1) < 2 * epsilon) break;
  }
  return value;
}

template <std::size_t size>
double polynomial(const std::array<double, size>& coefficients, double x) {
  double value = coefficients[size - 1];
  for (std::size_t i = size - 1; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

}  // namespace

double pow(double x, double y) {
  if (y == 0) return 1;
  if (x == 1) return 1;
  if (x != x || y != y) return detail::not_a_number;
  if (y == detail::infinity || y == -detail::infinity) {
    if (x == -1) return 1;
    return (absolute(x) > 1) == (y > 0) ? detail::infinity : 0;
  }
  const bool negative = std::bit_cast<std::int64_t>(x) < 0;
  const double sign = negative && is_whole(y) && is_odd(y) ? -1 : 1;
  if (x == 0) return sign * (y > 0 ? 0 : detail::infinity);
  const double size = absolute(x);
  if (size == detail::infinity) return sign * (y > 0 ? detail::infinity : 0);
  if (negative && !is_whole(y)) return detail::not_a_number;
  if (y == 1) return x;
  return sign * pow_positive(size, y);
}

double lgamma(double x) {
  if (!(x > 0)) return detail::not_a_number;
  if (x == detail::infinity) return x;
  if (x >= 10) return stirling(x);
  double product = x;
  for (x += 1; x < 10; x += 1) product *= x;
  return stirling(x) - log(product);
}

double gamma(double x) {
  if (!(x > 0)) return detail::not_a_number;
  if (x >= 10) return exp(stirling(x));
  double product = x;
  for (x += 1; x < 10; x += 1) product *= x;
  return exp(stirling(x)) / product;
}

double gamma_p(double shape, double x) {
  if (!(x > 0)) return 0;
  if (x == detail::infinity) return 1;
  if (x < shape + 1) return gamma_front(shape, x) * gamma_series(shape, x);
  return 1 - gamma_front(shape, x) * gamma_fraction(shape, x);
}

double gamma_q(double shape, double x) {
  if (!(x > 0)) return 1;
  if (x == detail::infinity) return 0;
  if (x < shape + 1) return 1 - gamma_front(shape, x) * gamma_series(shape, x);
  return gamma_front(shape, x) * gamma_fraction(shape, x);
}

double normal_cdf(double x) {
  // erfc(t) = Q(1/2, t^2) and erf(t) = P(1/2, t^2) with t = |x| / sqrt 2.
  const double square = 0.5 * x * x;
  if (absolute(x) < one_over_sqrt_two) {
    const double half = 0.5 * gamma_p(0.5, square);
    return x < 0 ? 0.5 - half : 0.5 + half;
  }
  const double tail = 0.5 * gamma_q(0.5, square);
  return x < 0 ? tail : 1 - tail;
}

double normal_density(double x) { return one_over_sqrt_two_pi * exp(-0.5 * x * x); }

double normal_quantile(double p) {
  constexpr std::array centre_over{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                   1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                   4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                   3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr std::array centre_under{1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
  constexpr std::array near_over{1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array near_under{1.0,
                                  2.05319162663775882187e0,
                                  1.67638483018380384940e0,
                                  6.89767334985100004550e-1,
                                  1.48103976427480074590e-1,
                                  1.51986665636164571966e-2,
                                  5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};
  constexpr std::array far_over{6.65790464350110377720e0,  5.46378491116411436990e0,
                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array far_under{1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (absolute(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(centre_over, r) / polynomial(centre_under, r);
  }
  if (!(p >= 0 && p <= 1)) return detail::not_a_number;
  const double tail = q < 0 ? p : 1 - p;
  if (tail == 0) return q < 0 ? -detail::infinity : detail::infinity;
  const double r = std::sqrt(-log(tail));
  const double value = r <= 5 ? polynomial(near_over, r - 1.6) / polynomial(near_under, r - 1.6)
                              : polynomial(far_over, r - 5) / polynomial(far_under, r - 5);
  return q < 0 ? -value : value;
}

}  // namespace faultline::sim::portable
