/// Statistics over samples: running moments, and the interval that holds the true mean with a
/// stated confidence.
#pragma once

#include <cstdint>
#include <span>

#include "sim/scenario/result.hpp"

namespace faultline::sim {

/// Mean and variance of samples as they come, without their sum of squares, whose cancellation
/// would cost digits. Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares
/// and Products", 1962; merge: Chan, Golub and LeVeque, 1979.
class RunningMoments {
 public:
  void add(double value);
  void merge(const RunningMoments&
                 other);  ///< As if the samples of `other` had been added here, up to rounding.

  std::uint64_t count() const { return count_; }
  double mean() const;      ///< NaN without a sample.
  double variance() const;  ///< Divided by count - 1; NaN below two samples.
  double stddev() const;    ///< Root of variance().
  double min() const;       ///< NaN without a sample.
  double max() const;       ///< NaN without a sample.

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  ///< Sum of squared distances from the mean.
  double min_ = 0;
  double max_ = 0;
};

/// The t for which a Student-t variable with `degrees` degrees of freedom lies in -t .. t with
/// probability `confidence`. Relative error below 1e-9. Requires: degrees >= 1 (infinity: the
/// normal law), 0 < confidence <= 1 - 1e-6. Source: Abramowitz and Stegun, 26.5.27 (incomplete beta
/// function) and 26.7.5 (expansion for many degrees of freedom).
double student_t(double degrees, double confidence);

/// Mean, standard deviation (count - 1) and half width of the two-sided Student-t interval of
/// independent samples, such as one scalar of several replications. Samples that are NaN (a value
/// that a replication did not have) are left out of it and of the count. The mean of no sample, and
/// standard deviation and half width of fewer than two, are NaN.
Interval interval_of(std::span<const double> samples, double confidence = 0.95);
/// The same from moments of samples that are numbers.
Interval interval_from(const RunningMoments& moments, double confidence = 0.95);

/// The interval of the difference of two means, `b` less `a`, whose samples are independent of each
/// other and may differ in number and spread: Student's t with Welch's degrees of freedom.
/// `mean` is the difference, `stddev` that of the difference of the means, `count` the smaller of
/// the two. NaN half width if either has fewer than two samples. At the confidence of `a`.
/// Of runs that share their luck (common random numbers) the difference is known better than this
/// says. Source: Welch, "The Generalization of Student's Problem when Several Different Population
/// Variances are Involved", 1947.
Interval difference_of(const Interval& a, const Interval& b);

}  // namespace faultline::sim
