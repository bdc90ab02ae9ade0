/// Exponential back-off with full jitter.
/// Rule: before retry n it waits uniformly in 0 .. min(cap, base * 2^(n - 1)).
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
/// Does not model: an answer that says when to come again.
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FullJitterRetryParams {
  RetryParams retry;

  static void describe(sim::ParamList<FullJitterRetryParams>& list) {
    list.include(&FullJitterRetryParams::retry);
  }
  static void check(const FullJitterRetryParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    RetryParams::check(params.retry, path, problems);
  }
};

class FullJitterRetry final : public RetryPolicy {
 public:
  FullJitterRetry(const FullJitterRetryParams& params, const MakeArgs& args)
      : RetryPolicy(params.retry, args) {}

  sim::Duration backoff(std::int64_t retry, sim::Duration) override {
    return between(sim::Duration(0), exponential_ceiling(retry));
  }
};

const sim::Registration<RetryPolicy, FullJitterRetry, FullJitterRetryParams> registered{
    {.name = "full_jitter",
     .title = "Full jitter",
     .summary = "Waits anything from 0 to the exponential ceiling: spreads callers most.",
     .source = "Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015",
     .does_not_model = "an answer that says when to come again"}};

}  // namespace
}  // namespace faultline::models
