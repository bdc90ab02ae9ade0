#include "models/algorithms/portable_powers.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

TEST(PortablePowers, AgreesWithTheLibraryToFourteenDigits) {
  for (double x = -999.3; x < 1000; x += 0.737) {
    EXPECT_NEAR(power_of_two(x) / std::exp2(x), 1, 1e-14) << x;
  }
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    EXPECT_NEAR(log_of_two(x), std::log2(x), 1e-14 * (1 + std::fabs(std::log2(x)))) << x;
  }
  for (double base = 1; base < 100'000; base = base * 1.3 + 1) {
    for (const double exponent : {0.0, 0.3, 0.5, 1.0, 1.7, 2.0, 10.0}) {
      EXPECT_NEAR(power(base, exponent) / std::pow(base, exponent), 1, 1e-12)
          << base << "^" << exponent;
    }
  }
}

TEST(PortablePowers, WholePowersOfTwoAreExact) {
  for (int exponent = -1000; exponent <= 1000; ++exponent) {
    EXPECT_EQ(power_of_two(exponent), std::ldexp(1, exponent));
    EXPECT_EQ(log_of_two(std::ldexp(1, exponent)), exponent);
  }
  EXPECT_EQ(power(3, 0), 1);
  EXPECT_EQ(power(0.3, 1), 0.3);
}

}  // namespace
}  // namespace faultline::models
