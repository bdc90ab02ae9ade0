/// The arithmetic of accrual failure detectors: how unlikely a silence is, on a scale of powers of
/// ten.
///
///   phi(t) = -log10 P(a heartbeat comes later than t after the last one)
///
/// Whoever suspects at phi = 1 is wrong once in ten times, at phi = 2 once in a hundred, if
/// heartbeats keep to the distribution. Source: Hayashibara, Defago, Yared, Katayama, "The phi
/// Accrual Failure Detector", SRDS 2004, section 4. Same to the last bit on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/param/units.hpp"

namespace faultline::models {

/// -log10 of the probability that a standard normal variate exceeds `z`. Relative error below 1e-10
/// for any z with a result between 1e-6 and 1e6.
double normal_phi(double z);
/// The z with normal_phi(z) = phi. Requires: 1e-6 <= phi <= 1e4.
double normal_phi_inverse(double phi);

/// Mean and deviation of the last values of a sequence, exact sums behind them.
class IntervalWindow {
 public:
  /// Keeps `size` values. Requires: 1 <= size <= 10000.
  explicit IntervalWindow(std::size_t size) : size_(size) {}

  /// One value more; the oldest goes when there are too many. A value counts as eleven days at
  /// most. Requires: value >= 0.
  void add(sim::Duration value);
  std::size_t count() const { return values_.size(); }
  /// Nanoseconds. Requires: count() > 0.
  double mean() const;
  double deviation() const;  ///< Of the values themselves: divided by their number.

 private:
  __extension__ using Wide = unsigned __int128;
  std::size_t size_;                   ///< Parameter.
  std::vector<std::uint64_t> values_;  ///< A ring once it is full. State.
  std::size_t oldest_ = 0;
  Wide sum_ = 0;
  Wide squares_ = 0;
};

}  // namespace faultline::models
