/// Powers that are the same to the last bit on every machine: libm's may differ from one library to
/// the next, these use nothing but + - * / and exact scaling by powers of two. Relative error below
/// 1e-14 in the ranges stated.
#pragma once

#include <cmath>

namespace faultline::models {

/// 2 to the power of `exponent`. Requires: -1000 <= exponent <= 1000.
inline double power_of_two(double exponent) {
  const double whole = std::floor(exponent + 0.5);
  const double x =
      (exponent - whole) * 0.69314718055994530942;  // Natural logarithm of 2; |x| <= 0.347.
  // Taylor's series of e^x, by Horner's rule; the first term left out is below 1e-18.
  constexpr double inverse_factorials[] = {1.0 / 6227020800,
                                           1.0 / 479001600,
                                           1.0 / 39916800,
                                           1.0 / 3628800,
                                           1.0 / 362880,
                                           1.0 / 40320,
                                           1.0 / 5040,
                                           1.0 / 720,
                                           1.0 / 120,
                                           1.0 / 24,
                                           1.0 / 6,
                                           1.0 / 2,
                                           1.0,
                                           1.0};
  double sum = 0;
  for (const double inverse_factorial : inverse_factorials) sum = sum * x + inverse_factorial;
  return std::ldexp(sum, static_cast<int>(whole));
}

/// The logarithm of `value` to base 2. Requires: value > 0 and finite.
inline double log_of_two(double value) {
  int exponent = 0;
  double mantissa = std::frexp(value, &exponent);  // 0.5 <= mantissa < 1.
  if (mantissa < 0.70710678118654752440) {
    mantissa *= 2;
    --exponent;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)); |s| <= 0.172, the first term left out is below 1e-17.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double sum = 0;
  for (int odd = 21; odd > 0; odd -= 2) sum = sum * square + 1.0 / odd;
  return exponent + 2 * s * sum * 1.44269504088896340736;  // 1 / ln 2.
}

/// `base` to the power of `exponent`. Requires: base > 0; the result between 2^-1000 and 2^1000.
inline double power(double base, double exponent) {
  if (exponent == 0) return 1;
  if (exponent == 1) return base;
  return power_of_two(exponent * log_of_two(base));
}

}  // namespace faultline::models
