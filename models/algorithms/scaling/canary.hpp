/// Whether a new version does as well as the old one beside it, and how many instances of each make
/// up a share of the traffic.
///
/// Rule: the new version is bad if it misses an objective, fewer of its requests being good than
/// `good_ratio_min`; if more of its requests fail than `error_ratio_max`, or than of the old one's
/// plus `error_excess`; or if its latency at the 99th percentile is more than
/// `latency_factor` times the old one's. Before `requests_min` requests of the new version nothing
/// is said; what is compared with the old one needs as many of that.
/// A share is made by numbers of instances: both sides are rounded up, so that for a while one more
/// than desired may be there.
/// Source: Argo Rollouts, "Canary Deployment Strategy" (setWeight without traffic management);
/// Flagger, "Metrics Analysis" (thresholds of the success rate and the latency).
/// Does not model: tests of significance, several metrics of one's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace faultline::models {

/// What was seen of one version.
struct VersionSample {
  std::uint64_t requests = 0;  ///< That ended.
  std::uint64_t failed = 0;    ///< Of them.
  double latency_p99 = 0;      ///< Seconds, of those that ended ok.
  std::uint64_t good = 0;      ///< Of all, those that meet the objective.
  double error_ratio() const {
    return requests == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(requests);
  }
};

struct CanaryLimits {
  std::uint64_t requests_min = 100;
  std::optional<double> good_ratio_min;  ///< An objective: the share that is to be good.
  std::optional<double> error_ratio_max;
  std::optional<double> error_excess = 0.01;
  std::optional<double> latency_factor = 1.5;
};

enum class CanaryVerdict { unknown, good, bad };

/// `why` is set when it is bad: "4.2% of requests fail, of the old version 0.1%".
CanaryVerdict judge_canary(const CanaryLimits& limits, const VersionSample& fresh,
                           const VersionSample& old, std::string& why);

/// Instances of the new and of the old version that make up `share` (0 to 1) of `desired`.
struct CanaryCounts {
  std::int64_t fresh = 0;
  std::int64_t old = 0;
};
CanaryCounts canary_counts(double share, std::int64_t desired);

}  // namespace faultline::models
