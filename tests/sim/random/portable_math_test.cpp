#include "sim/random/portable_math.hpp"

#include <gtest/gtest.h>
#include <bit>
#include <cmath>
#include <cstdint>

namespace faultline::sim {
namespace {

/// |found - expected| in units of the last place of `expected`.
double ulps(double found, long double expected) {
  if (std::isnan(found)) return std::isnan(static_cast<double>(expected)) ? 0 : 1e300;
  const double rounded = static_cast<double>(expected);
  if (found == rounded) return 0;
  const double step = std::nextafter(std::abs(rounded), INFINITY) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(found) - expected) /
                             static_cast<long double>(step));
}

double relative(double found, long double expected) {
  return static_cast<double>(std::abs((static_cast<long double>(found) - expected) / expected));
}

/// A walk over many magnitudes and mantissas, the same everywhere.
template <class Function>
void sweep(double low, double high, int count, Function&& function) {
  std::uint64_t state = 12345;
  for (int i = 0; i < count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double u = static_cast<double>(state >> 11) * 0x1p-53;
    function(low + (high - low) * u);
  }
}

TEST(PortableMath, LogIsWithinTwoUlpsOfTheLibrary) {
  double worst = 0;
  const auto compare = [&](double x) {
    worst = std::max(worst, ulps(portable::log(x), std::log(static_cast<long double>(x))));
  };
  sweep(-700, 700, 100000, [&](double t) { compare(std::exp(t)); });
  sweep(0.5, 2, 100000, compare);
  sweep(-1e-3, 1e-3, 20000, [&](double t) { compare(1 + t); });
  compare(5e-324);
  compare(1.7e308);
  EXPECT_LT(worst, 1.5);
}

TEST(PortableMath, ExpIsWithinTwoUlpsOfTheLibrary) {
  double worst = 0;
  const auto compare = [&](double x) {
    worst = std::max(worst, ulps(portable::exp(x), std::exp(static_cast<long double>(x))));
  };
  sweep(-745, 709.7, 200000, compare);
  sweep(-1, 1, 100000, compare);
  EXPECT_LT(worst, 1.5);
}

TEST(PortableMath, SmallArgumentsKeepTheirPrecision) {
  double worst_log = 0;
  double worst_exp = 0;
  const auto compare = [&](double x) {
    const long double wide = x;
    worst_exp = std::max(worst_exp, ulps(portable::expm1(x), std::expm1(wide)));
    if (x > -1) worst_log = std::max(worst_log, ulps(portable::log1p(x), std::log1p(wide)));
  };
  sweep(-60, 6, 100000, [&](double t) { compare(std::exp(t)); });
  sweep(-60, 0, 100000, [&](double t) { compare(-std::exp(t)); });
  sweep(-30, 700, 50000, compare);
  compare(1e300);
  EXPECT_LT(worst_log, 3);
  EXPECT_LT(worst_exp, 4);
}

TEST(PortableMath, PowIsWithinFourUlpsOfTheLibrary) {
  double worst = 0;
  std::uint64_t state = 99;
  sweep(-100, 100, 200000, [&](double log_x) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double y = (static_cast<double>(state >> 11) * 0x1p-53 - 0.5) * 13;
    const double x = std::exp(log_x);
    worst = std::max(worst, ulps(portable::pow(x, y), std::pow(static_cast<long double>(x), y)));
  });
  sweep(0.9, 1.1, 50000, [&](double x) {
    worst =
        std::max(worst, ulps(portable::pow(x, 1e3), std::pow(static_cast<long double>(x), 1e3L)));
  });
  EXPECT_LT(worst, 4);
}

TEST(PortableMath, SpecialValuesFollowTheCLibrary) {
  const double inf = INFINITY;
  const double nan = NAN;
  for (const double x : {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, inf, -inf, nan}) {
    for (const double y :
         {0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e17, -1e17, 1e300, inf, -inf, nan}) {
      const double expected = std::pow(x, y);
      const double found = portable::pow(x, y);
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(found)) << x << " ^ " << y;
      } else {
        EXPECT_DOUBLE_EQ(found, expected) << x << " ^ " << y;
        EXPECT_EQ(std::signbit(found), std::signbit(expected)) << x << " ^ " << y;
      }
    }
  }
  EXPECT_EQ(portable::log(0.0), -inf);
  EXPECT_EQ(portable::log(-0.0), -inf);
  EXPECT_TRUE(std::isnan(portable::log(-1)));
  EXPECT_TRUE(std::isnan(portable::log(nan)));
  EXPECT_EQ(portable::log(inf), inf);
  EXPECT_EQ(portable::log(1), 0);
  EXPECT_EQ(portable::exp(0), 1);
  EXPECT_EQ(portable::exp(inf), inf);
  EXPECT_EQ(portable::exp(710), inf);
  EXPECT_EQ(portable::exp(-inf), 0);
  EXPECT_EQ(portable::exp(-746), 0);
  EXPECT_GT(portable::exp(-744), 0);
  EXPECT_TRUE(std::isnan(portable::exp(nan)));
  EXPECT_EQ(portable::log1p(-1), -inf);
  EXPECT_TRUE(std::isnan(portable::log1p(-1.5)));
  EXPECT_EQ(portable::log1p(inf), inf);
  EXPECT_EQ(portable::expm1(-800), -1);
  EXPECT_EQ(portable::expm1(inf), inf);
}

TEST(PortableMath, GammaFunctionsMatchTheLibrary) {
  double worst = 0;
  double worst_log = 0;
  sweep(-7, 5, 20000, [&](double t) {
    const double x = std::exp(t);
    worst = std::max(worst, relative(portable::gamma(x), std::tgamma(static_cast<long double>(x))));
    const long double expected = std::lgamma(static_cast<long double>(x));
    worst_log = std::max(worst_log, static_cast<double>(std::abs(portable::lgamma(x) - expected) /
                                                        std::max(1.0L, std::abs(expected))));
  });
  EXPECT_LT(worst, 3e-13);
  EXPECT_LT(worst_log, 1e-14);
  EXPECT_NEAR(portable::gamma(5), 24, 1e-12);
  EXPECT_NEAR(portable::gamma(0.5), std::sqrt(M_PI), 1e-14);
  EXPECT_TRUE(std::isnan(portable::gamma(0)));
}

TEST(PortableMath, IncompleteGammaHasItsClosedForms) {
  // P(1, x) = 1 - e^-x; P(3, x) = 1 - e^-x (1 + x + x^2/2); P(1/2, x) = erf(sqrt x).
  for (const double x : {1e-8, 0.01, 0.3, 1.0, 1.9, 2.1, 4.5, 10.0, 40.0, 300.0}) {
    EXPECT_NEAR(portable::gamma_p(1, x), -std::expm1(-x), 1e-14) << x;
    EXPECT_NEAR(portable::gamma_p(3, x), 1 - std::exp(-x) * (1 + x + x * x / 2), 1e-14) << x;
    EXPECT_NEAR(portable::gamma_p(0.5, x), std::erf(std::sqrt(x)), 1e-14) << x;
    EXPECT_NEAR(portable::gamma_p(0.5, x) + portable::gamma_q(0.5, x), 1, 1e-14) << x;
  }
  EXPECT_EQ(portable::gamma_p(2, 0), 0);
  EXPECT_EQ(portable::gamma_p(2, INFINITY), 1);
  // A chi-square variable with 2000 degrees of freedom, by its values in tables (P = 0.975 at
  // 2125.84).
  EXPECT_NEAR(portable::gamma_p(1000, 2125.84 / 2), 0.975, 1e-4);
}

TEST(PortableMath, NormalCdfMatchesErfc) {
  double worst = 0;
  sweep(-37, 8, 20000, [&](double x) {
    const long double expected = std::erfc(-static_cast<long double>(x) / std::sqrt(2.0L)) / 2;
    worst = std::max(worst, relative(portable::normal_cdf(x), expected));
  });
  EXPECT_LT(worst, 2e-12);  // e^(-x^2/2) magnifies the rounding of x^2 at x = -37.
  EXPECT_EQ(portable::normal_cdf(0), 0.5);
  EXPECT_NEAR(portable::normal_cdf(1.959963984540054), 0.975, 1e-15);
}

TEST(PortableMath, NormalQuantileInvertsTheCdf) {
  // The check values of AS 241.
  EXPECT_NEAR(portable::normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(portable::normal_quantile(0.001), -3.090232306167814, 5e-15);
  EXPECT_NEAR(portable::normal_quantile(1e-20), -9.262340089798408, 2e-14);
  EXPECT_EQ(portable::normal_quantile(0.5), 0);
  EXPECT_EQ(portable::normal_quantile(0), -INFINITY);
  EXPECT_EQ(portable::normal_quantile(1), INFINITY);
  EXPECT_TRUE(std::isnan(portable::normal_quantile(1.5)));
  double worst = 0;
  sweep(-60, -0.0001, 20000, [&](double t) {
    const double p = std::exp(t);
    worst = std::max(worst, relative(portable::normal_cdf(portable::normal_quantile(p)), p));
  });
  EXPECT_LT(worst, 1e-13);
}

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

TEST(PortableMath, BitPatternsAreTheSameEverywhere) {
  EXPECT_EQ(bits(portable::log(3)), 0x3ff1'93ea'7aad'030au);
  EXPECT_EQ(bits(portable::log(0x1.23456789abcdep-40)), 0xc03b'98c8'8d4d'8bf7u);
  EXPECT_EQ(bits(portable::exp(1)), 0x4005'bf0a'8b14'5769u);
  EXPECT_EQ(bits(portable::exp(-123.456)), 0x34cd'a9fb'9e4e'e720u);
  EXPECT_EQ(bits(portable::log1p(0.001)), 0x3f50'6035'4f8c'3ebfu);
  EXPECT_EQ(bits(portable::expm1(-0.7)), 0xbfe0'1bf9'2311'555fu);
  EXPECT_EQ(bits(portable::pow(1.7, 12.3)), 0x4085'5945'6f53'6896u);
  EXPECT_EQ(bits(portable::lgamma(4.3)), 0x4001'72bb'2990'470cu);
  EXPECT_EQ(bits(portable::gamma(2.2)), 0x3ff1'a0fb'a60f'acc8u);
  EXPECT_EQ(bits(portable::normal_quantile(0.01)), 0xc002'9c5c'4630'ff0eu);
  EXPECT_EQ(bits(portable::normal_cdf(-2.5)), 0x3f79'6f4e'57e4'9cf2u);
  // Computed by the compiler as by the machine.
  static_assert(std::bit_cast<std::uint64_t>(portable::log(3)) == 0x3ff1'93ea'7aad'030au);
}

}  // namespace
}  // namespace faultline::sim
