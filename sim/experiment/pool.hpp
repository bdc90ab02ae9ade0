/// Several results of one scenario as one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/measure/digest.hpp"
#include "sim/measure/statistics.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

/// Takes results in the order of their replications.
class ResultPool {
 public:
  void add(const Result& result);
  std::uint64_t count() const { return count_; }
  /// Requires: at least one result. Counts are summed, histograms merged, other scalars and series
  /// averaged, a point of a series over the results that have it; objectives are judged on the
  /// sums; a load test's values are averaged over the results that have them; faults and breaches
  /// are those of the first replication. Intervals when there are at least two; a reason for errors
  /// that a result does not name occurred zero times in it.
  Result pooled() const;

 private:
  void add_load_test(const LoadTestResult& test);

  std::uint64_t count_ = 0;
  std::uint64_t recovered_runs_ = 0;  ///< Of a load test.
  Result sum_;
  ContentDigest order_;
  ContentDigest results_;
  struct Scalar {
    RunningMoments moments;
    bool counts_errors = false;
  };
  std::map<std::string, Scalar> scalars_;
  struct SeriesSum {
    std::vector<double> sum;
    std::vector<double> count;  ///< Of the results that have the point.
  };
  std::map<std::string, SeriesSum> series_;  ///< By whose and which it is.
};

}  // namespace faultline::sim
