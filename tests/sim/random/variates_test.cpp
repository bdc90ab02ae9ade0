#include "sim/random/variates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using testing::kolmogorov_smirnov;
using testing::kolmogorov_smirnov_limit;
using testing::stream_of;

TEST(Variates, TheZigguratsLayersHaveEqualAreas) {
  const auto& table = detail::exponential_ziggurat;
  const double area = detail::ExponentialZiggurat::area;
  // Layer 0 is the rectangle below e^-r and the tail, whose area is e^-r too.
  EXPECT_NEAR(table.edge[1] * table.height[1] + table.height[1], area, 1e-15);
  EXPECT_NEAR(table.edge[0] * table.height[1], area, 1e-15);
  for (std::size_t i = 1; i < 256; ++i) {
    EXPECT_GT(table.edge[i], table.edge[i + 1]);
    EXPECT_NEAR(table.edge[i] * (table.height[i + 1] - table.height[i]), area, 1e-14) << i;
  }
  EXPECT_EQ(table.height[256], 1);
}

template <class Draw>
std::vector<double> draw(const char* name, int count, Draw&& draw_one) {
  Stream stream = stream_of(name);
  std::vector<double> sample;
  sample.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) sample.push_back(draw_one(stream));
  return sample;
}

double exponential_cdf(double x) { return x < 0 ? 0 : -std::expm1(-x); }

TEST(Variates, ExponentialFits) {
  const auto sample = draw("exponential", 50000, standard_exponential);
  EXPECT_LT(kolmogorov_smirnov(sample, exponential_cdf), kolmogorov_smirnov_limit);
  EXPECT_NEAR(testing::moments_of(sample).mean, 1, 4.5 / std::sqrt(50000));
}

TEST(Variates, NormalFits) {
  const auto sample = draw("normal", 50000, standard_normal);
  EXPECT_LT(kolmogorov_smirnov(sample, [](double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }),
            kolmogorov_smirnov_limit);
}

TEST(Variates, GammaFitsForShapesBelowAndAboveOne) {
  for (const double shape : {0.05, 0.5, 1.0, 2.7, 40.0}) {
    const auto sample =
        draw("gamma", 20000, [&](Stream& stream) { return standard_gamma(stream, shape); });
    EXPECT_LT(kolmogorov_smirnov(sample, [&](double x) { return portable::gamma_p(shape, x); }),
              kolmogorov_smirnov_limit)
        << shape;
  }
}

TEST(SlowVariates, ExponentialFitsInItsTailToo) {
  constexpr int n = 20'000'000;
  const auto sample = draw("exponential, long", n, standard_exponential);
  EXPECT_LT(kolmogorov_smirnov(sample, exponential_cdf), kolmogorov_smirnov_limit);
  // Beyond the ziggurat's base (7.697) lie 9084 of them, beyond twice its width 4.1.
  const double start = detail::ExponentialZiggurat::tail_start;
  const double expected = n * std::exp(-start);
  std::vector<double> tail;
  for (const double x : sample) {
    if (x >= start) tail.push_back(x - start);
  }
  EXPECT_NEAR(static_cast<double>(tail.size()), expected, 4.5 * std::sqrt(expected));
  EXPECT_LT(kolmogorov_smirnov(tail, exponential_cdf), kolmogorov_smirnov_limit);
}

TEST(SlowVariates, NormalFitsInItsTailToo) {
  constexpr int n = 10'000'000;
  const auto sample = draw("normal, long", n, standard_normal);
  EXPECT_LT(kolmogorov_smirnov(sample, [](double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }),
            kolmogorov_smirnov_limit);
  double beyond = 0;
  for (const double x : sample) beyond += std::abs(x) > 4 ? 1 : 0;
  EXPECT_NEAR(beyond, n * 6.334e-5, 4.5 * std::sqrt(n * 6.334e-5));
}

}  // namespace
}  // namespace faultline::sim
