/// What the tests of random numbers share: moments, goodness of fit, streams.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "sim/random/portable_math.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim::testing {

/// The stream of a test; `name` tells tests apart.
inline Stream stream_of(std::string_view name, std::uint64_t seed = 1) {
  return Stream(seed, 0, "test", name);
}

/// Mean and variance of a sample, and their standard errors as estimated from it.
struct Moments {
  double mean = 0;
  double variance = 0;
  double mean_error = 0;
  double variance_error = 0;
};

inline Moments moments_of(const std::vector<double>& sample) {
  const auto n = static_cast<double>(sample.size());
  Moments moments;
  for (const double x : sample) moments.mean += x / n;
  double fourth = 0;
  for (const double x : sample) {
    const double square = (x - moments.mean) * (x - moments.mean);
    moments.variance += square / (n - 1);
    fourth += square * square / n;
  }
  moments.mean_error = std::sqrt(moments.variance / n);
  const double spread = fourth - moments.variance * moments.variance;
  moments.variance_error = std::sqrt(std::max(spread, 0.0) / n);
  return moments;
}

/// sqrt(n) times the greatest distance between the sample's distribution function and `cdf`
/// (Kolmogorov and Smirnov). Above 1.95 with probability 0.001 if the law is right and continuous,
/// more rarely if it has atoms.
inline double kolmogorov_smirnov(std::vector<double> sample,
                                 const std::function<double(double)>& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size();) {
    std::size_t next = i;
    while (next < sample.size() && sample[next] == sample[i]) ++next;
    const double before = std::nextafter(sample[i], -INFINITY);
    distance = std::max(distance, std::abs(static_cast<double>(i) / n - cdf(before)));
    distance = std::max(distance, std::abs(static_cast<double>(next) / n - cdf(sample[i])));
    i = next;
  }
  return distance * std::sqrt(n);
}

inline constexpr double kolmogorov_smirnov_limit = 1.95;

/// Probability of a chi-square statistic at least as large as that of `counts` against
/// `expected` counts. Cells with an expected count below 5 are pooled with the next ones.
inline double chi_square_p(const std::vector<double>& counts, const std::vector<double>& expected) {
  double statistic = 0;
  double count = 0;
  double wanted = 0;
  int cells = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    count += counts[i];
    wanted += expected[i];
    if (wanted < 5 && i + 1 < counts.size()) continue;
    if (wanted > 0) statistic += (count - wanted) * (count - wanted) / wanted;
    ++cells;
    count = 0;
    wanted = 0;
  }
  return portable::gamma_q(0.5 * (cells - 1), 0.5 * statistic);
}

}  // namespace faultline::sim::testing
