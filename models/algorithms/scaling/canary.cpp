#include "models/algorithms/scaling/canary.hpp"

#include <fmt/format.h>

#include "models/algorithms/scaling/rolling_update.hpp"

namespace faultline::models {

CanaryVerdict judge_canary(const CanaryLimits& limits, const VersionSample& fresh,
                           const VersionSample& old, std::string& why) {
  if (fresh.requests < limits.requests_min) return CanaryVerdict::unknown;
  const double ratio = fresh.error_ratio();
  if (limits.error_ratio_max && ratio > *limits.error_ratio_max) {
    why = fmt::format("{:.2f}% of requests fail, at most {:.2f}% may", ratio * 100,
                      *limits.error_ratio_max * 100);
    return CanaryVerdict::bad;
  }
  if (limits.good_ratio_min) {
    const double good = static_cast<double>(fresh.good) / static_cast<double>(fresh.requests);
    if (good < *limits.good_ratio_min) {
      why = fmt::format("{:.2f}% of requests are good, {:.2f}% are to be", good * 100,
                        *limits.good_ratio_min * 100);
      return CanaryVerdict::bad;
    }
  }
  if (old.requests < limits.requests_min) {
    const bool judged = limits.error_ratio_max || limits.good_ratio_min;
    return judged ? CanaryVerdict::good : CanaryVerdict::unknown;
  }
  if (limits.error_excess && ratio > old.error_ratio() + *limits.error_excess) {
    why = fmt::format("{:.2f}% of requests fail, of the old version {:.2f}%", ratio * 100,
                      old.error_ratio() * 100);
    return CanaryVerdict::bad;
  }
  if (limits.latency_factor && old.latency_p99 > 0 &&
      fresh.latency_p99 > *limits.latency_factor * old.latency_p99) {
    why = fmt::format("p99 is {:.3g} s, of the old version {:.3g} s", fresh.latency_p99,
                      old.latency_p99);
    return CanaryVerdict::bad;
  }
  return CanaryVerdict::good;
}

CanaryCounts canary_counts(double share, std::int64_t desired) {
  return {RollingUpdate::rounded_up(share, desired), RollingUpdate::rounded_up(1 - share, desired)};
}

}  // namespace faultline::models
