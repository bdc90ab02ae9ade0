#include "models/algorithms/resilience/retry/retry_policy.hpp"

namespace faultline::models {

void RetryParams::describe(sim::ParamList<RetryParams>& list) {
  list.add("attempts", &RetryParams::attempts, "Tries in all, the first included")
      .unit("tries")
      .between(1, 100);
  list.add("base", &RetryParams::base, "What the waits before the next try are made of")
      .between(sim::Duration(0), std::chrono::hours(24));
  list.add("cap", &RetryParams::cap, "The longest wait")
      .between(sim::Duration(0), std::chrono::hours(24));
  list.add("retry_on", &RetryParams::retry_on, "Reasons of a failure that are worth another try")
      .one_of({"timeout", "rejected", "refused", "reset", "error", "expired", "throttled", "shed",
               "breaker_open", "bulkhead", "no_connection", "unresolved"});
}

void RetryParams::check(const RetryParams& params, const sim::Path& path, sim::Problems& problems) {
  if (params.cap < params.base) problems.add(path / "cap", "is below `base`");
}

sim::Duration RetryPolicy::exponential_ceiling(std::int64_t retry) const {
  sim::Duration wait = params_.base;
  for (std::int64_t i = 1; i < retry && wait < params_.cap; ++i) wait += wait;
  return std::min(wait, params_.cap);
}

}  // namespace faultline::models
