/// Logarithm, exponential and their relatives, written with nothing but the operations that IEEE
/// 754 defines to the last bit: + - * / sqrt, comparisons and bit patterns. The C library's log and
/// exp differ in their last bits between machines and versions; these do not, so a simulation
/// result that passes through them is the same everywhere.
///
/// Accuracy: 1 to 3 units in the last place (2^-52 relative), `pow` and `expm1` 4, unless said
/// otherwise. The tests compare them with the C library over their whole range. Source of the
/// method: Muller, "Elementary Functions", 3rd edition (argument reduction, then a polynomial of
/// least maximum error, whose coefficients were computed for these intervals by the Remez
/// exchange).
#pragma once

#include <bit>
#include <cfloat>
#include <cstdint>
#include <limits>

namespace faultline::sim::portable {

// Intermediate results must be doubles, not the 80-bit numbers of an old x87.
static_assert(FLT_EVAL_METHOD == 0);
static_assert(std::numeric_limits<double>::is_iec559);

namespace detail {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// ln 2 in two parts. The first has 33 significant bits, so that its product with an exponent is
/// exact.
inline constexpr double ln2_high = 0x1.62e42feep-1;
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;

/// Zero, negative, subnormal, infinite or not a number.
constexpr double log_special(double x);

/// (e^r - 1 - r) / r^2 for |r| <= 0.34668.
constexpr double exp_tail(double r) {
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double p01 = 0x1.000000000000bp-1 + r * 0x1.5555555555561p-3;
  const double p23 = 0x1.555555555000cp-5 + r * 0x1.111111110d621p-7;
  const double p45 = 0x1.6c16c185af573p-10 + r * 0x1.a01a01baeac2bp-13;
  const double p67 = 0x1.a019967d5565cp-16 + r * 0x1.71dddfb8b9311p-19;
  const double p89 = 0x1.28b05e67200bdp-22 + r * 0x1.af85a6396f07cp-26;
  return (p01 + r2 * p23) + r4 * ((p45 + r2 * p67) + r4 * p89);
}

/// 2^exponent. Requires: -1022 <= exponent <= 1023.
constexpr double power_of_two(std::int64_t exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// e^(x + low) for a |low| far below |x|.
constexpr double exp_sum(double x, double low) {
  if (!(x < 709.8)) {
    if (x > 709.8) return infinity;
    if (x != x) return x;
  }
  if (x < -745.2) return 0;
  constexpr double to_integer = 0x1.8p52;  // Adding it rounds to a whole number.
  constexpr double one_over_ln2 = 0x1.71547652b82fep+0;
  const double k = (x * one_over_ln2 + to_integer) - to_integer;
  const double high = x - k * ln2_high;
  const double rest = low - k * ln2_low;
  const double r = high + rest;
  // r as rounded lost (high - r) + rest, which is added back at the end.
  const double value = 1 + (r + (r * r * exp_tail(r) + ((high - r) + rest)));
  const auto exponent = static_cast<std::int64_t>(k);
  // A result at either end of the range is reached in two steps.
  if (exponent > 1023) return value * power_of_two(exponent - 1) * 2;
  if (exponent < -1022) return value * power_of_two(exponent + 128) * 0x1p-128;
  return value * power_of_two(exponent);
}

}  // namespace detail

/// Natural logarithm. log(0) is -infinity, of a negative number NaN.
constexpr double log(double x) {
  auto bits = std::bit_cast<std::uint64_t>(x);
  // One comparison sends everything but positive normal numbers away.
  if (bits - 0x0010'0000'0000'0000 >= 0x7fe0'0000'0000'0000) return detail::log_special(x);
  // x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2).
  constexpr std::uint64_t sqrt_half = 0x3fe6'a09e'667f'3bcd;
  bits -= sqrt_half;
  const auto k = static_cast<double>(static_cast<std::int64_t>(bits) >> 52);
  bits = (bits & 0x000f'ffff'ffff'ffff) + sqrt_half;
  const double f = std::bit_cast<double>(bits) - 1;
  // log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)) with s = f / (2 + f).
  const double s = f / (2 + f);
  const double z = s * s;
  const double z2 = z * z;
  const double p12 = 0x1.999999997fda7p-2 + z * 0x1.24924941f21f1p-2;
  const double p34 = 0x1.c71c5208839f1p-3 + z * 0x1.74663f17cc1c9p-3;
  const double p56 = 0x1.39a1b5ad7d520p-3 + z * 0x1.2f0598d75efd1p-3;
  const double remainder = z * (0x1.5555555555592p-1 + z * (p12 + z2 * (p34 + z2 * p56)));
  const double half_square = 0.5 * f * f;
  return k * detail::ln2_high -
         ((half_square - (s * (half_square + remainder) + k * detail::ln2_low)) - f);
}

constexpr double detail::log_special(double x) {
  if (x == 0) return -infinity;
  if (!(x > 0)) return not_a_number;
  if (x == infinity) return x;
  return portable::log(x * 0x1p54) - 54 * 0x1.62e42fefa39efp-1;  // subnormal
}

/// Exponential function. Overflows to infinity above 709.78, to subnormal numbers and then 0 below
/// -708.4.
constexpr double exp(double x) { return detail::exp_sum(x, 0); }

/// log(1 + x), exact also for a tiny x.
constexpr double log1p(double x) {
  const double sum = 1 + x;
  if (sum == 1) return x;
  if (!(sum < 0x1p100)) return portable::log(sum);  // Also infinity and NaN.
  if (!(sum > 0)) return portable::log(sum);
  // What the rounding of 1 + x lost; the other order for a large x, where 1 is the small part.
  const double lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  return portable::log(sum) + lost / sum;
}

/// e^x - 1, exact also for a tiny x.
constexpr double expm1(double x) {
  if (x < 0.3466 && x > -0.3466) return x + x * x * detail::exp_tail(x);
  return portable::exp(x) - 1;
}

/// x to the power y, as C's pow: x^0 and 1^y are 1 whatever the other is; a negative x needs a
/// whole y, else NaN.
double pow(double x, double y);

/// log |Gamma(x)| for x > 0; relative error at most 1e-14, absolute below 1. NaN
/// for x <= 0.
double lgamma(double x);

/// Gamma function for x > 0; relative error about 1e-15 up to 10, 1e-13 up to 170; infinity above
/// 171.6. NaN for x <= 0.
double gamma(double x);

/// Probability that a gamma variable of the given shape and scale 1 is at most x: the regularised
/// lower incomplete gamma function P(shape, x). Absolute error about 1e-14. Requires: shape > 0.
/// Source: DLMF 8.7.1 (series) and 8.9.2 (continued fraction).
double gamma_p(double shape, double x);

/// The complement 1 - gamma_p(shape, x), without cancellation when it is small.
double gamma_q(double shape, double x);

/// Distribution function of the standard normal law; relative error about 1e-14, also far in the
/// lower tail.
double normal_cdf(double x);

/// Density of the standard normal law.
double normal_density(double x);

/// Inverse of normal_cdf: the x with P(X <= x) = p, for 0 <= p <= 1; the ends give -infinity and
/// infinity. Relative error about 1e-15. Source: Wichura, "Algorithm AS 241: The Percentage Points
/// of the Normal Distribution", 1988 (PPND16).
double normal_quantile(double p);

}  // namespace faultline::sim::portable
