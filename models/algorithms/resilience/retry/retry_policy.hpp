/// When a caller tries again, and how long it waits before it does.
///
///   try 1 --fails--> wait backoff(1) --> try 2 --fails--> wait backoff(2) --> try 3 --> ...
///
/// All policies take the same parameters and differ in the wait alone, so that one word compares
/// them. Which failures are tried again is the caller's knowledge; `retry_on` names them. Policies
/// have no clock: they give a span of time, and chance comes from a RandomSource.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

/// What every retry policy can be told.
struct RetryParams {
  std::int64_t attempts = 3;
  sim::Duration base = std::chrono::milliseconds(100);
  sim::Duration cap = std::chrono::seconds(10);
  std::vector<std::string> retry_on = {"timeout",   "rejected",      "refused",
                                       "reset",     "error",         "shed",
                                       "throttled", "no_connection", "unresolved"};

  static void describe(sim::ParamList<RetryParams>& list);
  static void check(const RetryParams& params, const sim::Path& path, sim::Problems& problems);
};

class RetryPolicy {
 public:
  static constexpr std::string_view kind = "retry policy";
  struct MakeArgs {
    RandomSource& random;  ///< Must outlive the policy.
  };

  virtual ~RetryPolicy() = default;
  RetryPolicy(const RetryPolicy&) = delete;
  RetryPolicy& operator=(const RetryPolicy&) = delete;

  const RetryParams& params() const { return params_; }
  /// The wait before retry number `retry`, the first being 1; `previous` is the wait before the
  /// retry before it, zero for the first. Requires: retry > 0.
  virtual sim::Duration backoff(std::int64_t retry, sim::Duration previous) = 0;

 protected:
  RetryPolicy(const RetryParams& params, const MakeArgs& args)
      : params_(params), random_(args.random) {}

  /// base * 2^(retry - 1), at most the cap: the ceiling that exponential policies share.
  sim::Duration exponential_ceiling(std::int64_t retry) const;
  /// Uniform in low .. high, both included. Requires: low <= high.
  sim::Duration between(sim::Duration low, sim::Duration high) {
    const auto width = static_cast<std::uint64_t>((high - low).count());
    return low + sim::Duration(static_cast<std::int64_t>(random_.below(width + 1)));
  }

 private:
  RetryParams params_;
  RandomSource& random_;
};

}  // namespace faultline::models
