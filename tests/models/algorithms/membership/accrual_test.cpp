#include "models/algorithms/membership/accrual.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using sim::Duration;

/// Tables of the normal distribution: P(Z > z).
TEST(NormalPhi, IsTheLogarithmOfTheTail) {
  const double table[][2] = {{0, 0.5},
                             {1, 0.158655253931457},
                             {2, 0.0227501319481792},
                             {3, 1.349898031630095e-3},
                             {4, 3.167124183311992e-5},
                             {6, 9.865876450376981e-10},
                             {10, 7.619853024160527e-24}};
  for (const auto& [z, tail] : table) {
    EXPECT_NEAR(normal_phi(z), -std::log10(tail), 1e-12 * (1 + -std::log10(tail))) << z;
  }
  for (double z = -4.9; z < 25; z += 0.037) {
    const double expected = -std::log10(0.5 * std::erfc(z / std::sqrt(2.0)));
    EXPECT_NEAR(normal_phi(z) / expected, 1, z < 0 ? 1e-8 : 1e-11) << z;
  }
}

TEST(NormalPhi, InverseUndoesIt) {
  for (const double phi : {1e-5, 0.01, 0.1, 0.30103, 1.0, 3.0, 8.0, 16.0, 300.0, 9999.0}) {
    EXPECT_NEAR(normal_phi(normal_phi_inverse(phi)) / phi, 1, 1e-9) << phi;
  }
  EXPECT_NEAR(normal_phi_inverse(std::log10(2.0)), 0,
              1e-9);  // Half of all are later than the mean.
}

/// 1, 2, 3 and 4 s: mean 2.5, variance 1.25; then 9 s drives the 1 s out: 2, 3, 4, 9: 4.5, 7.25.
TEST(IntervalWindow, ForgetsTheOldest) {
  IntervalWindow window(4);
  for (int value = 1; value <= 4; ++value) window.add(std::chrono::seconds(value));
  EXPECT_DOUBLE_EQ(window.mean(), 2.5e9);
  EXPECT_DOUBLE_EQ(window.deviation(), std::sqrt(1.25) * 1e9);
  window.add(9s);
  EXPECT_EQ(window.count(), 4u);
  EXPECT_DOUBLE_EQ(window.mean(), 4.5e9);
  EXPECT_DOUBLE_EQ(window.deviation(), std::sqrt(7.25) * 1e9);
}

TEST(IntervalWindow, EqualsTheSumsOfItsValuesAfterAnyNumber) {
  SplitMixSource chance(7);
  IntervalWindow window(10'000);
  std::vector<double> kept;
  for (int value = 0; value < 25'000; ++value) {
    const auto span = static_cast<std::int64_t>(chance.below(1'000'000'000'000'000));
    window.add(Duration(span));
    kept.push_back(static_cast<double>(span));
  }
  kept.erase(kept.begin(), kept.end() - 10'000);
  double mean = 0;
  double squares = 0;
  for (const double value : kept) mean += value / 10'000;
  for (const double value : kept) squares += (value - mean) * (value - mean) / 10'000;
  EXPECT_NEAR(window.mean() / mean, 1, 1e-12);
  EXPECT_NEAR(window.deviation() / std::sqrt(squares), 1, 1e-10);
  window.add(Duration::max());  // Counts as eleven days.
  EXPECT_LT(window.mean(), 1.01e15);
}

}  // namespace
}  // namespace faultline::models
