/// Zipf's law: the k-th most popular of n things is chosen with a probability proportional to
/// k^-s.
#pragma once

#include <cstdint>

#include "sim/random/portable_math.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim {

/// Draws ranks by rejection-inversion: a rank is rounded from a draw of the continuous density
/// x^-s, and the few that would be drawn too often are refused. Neither memory nor time depends on
/// n. Source: Hörmann and Derflinger, "Rejection-Inversion to Generate Variates from Monotone
/// Discrete Distributions", ACM TOMACS 6(3), 1996.
class Zipf {
 public:
  /// Requires: 1 <= count <= 2^53, exponent > 0.
  Zipf(std::uint64_t count, double exponent);

  /// A rank from 0, the most popular, to count - 1.
  std::uint64_t sample(Stream& stream) const {
    for (;;) {
      const double area = area_last_ + stream.uniform() * area_span_;
      const double x = area_inverse(area);
      // Ranks are from 1 here. Rounding may leave the range by a hair.
      double rank = count_;
      if (x < count_) rank = static_cast<double>(static_cast<std::int64_t>(x + 0.5));
      if (rank < 1) rank = 1;
      if (rank - x <= always_kept_ || is_kept(rank, area)) [[likely]] {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(rank)) - 1;
      }
    }
  }

  /// The probability of `rank`, from 0.
  double probability(std::uint64_t rank) const;

 private:
  /// Integral of x^-s from 1 to `x`.
  double area(double x) const;
  /// The x with area(x) = `area`.
  double area_inverse(double area) const {
    const double t = area * one_minus_exponent_;
    switch (form_) {
      case Form::far_from_one:
        return portable::exp(portable::log(1 + t) * inverse_);
      case Form::near_one:
        return portable::exp(portable::log1p(t) * inverse_);
      case Form::one:
        break;
    }
    return portable::exp(area);
  }
  bool is_kept(double rank, double area) const;

  enum class Form : std::uint8_t { far_from_one, near_one, one };

  double count_;
  double exponent_;
  double one_minus_exponent_;
  double inverse_;      ///< 1 / (1 - s).
  double area_last_;    ///< area(n + 1/2).
  double area_span_;    ///< From there down to area(3/2) - 1, so that rank 1 is drawn as it should.
  double always_kept_;  ///< Rounding up by no more than this needs no test.
  double sum_;          ///< Sum of k^-s over all ranks.
  Form form_;
};

}  // namespace faultline::sim
