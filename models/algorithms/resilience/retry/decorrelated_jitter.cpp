/// Decorrelated jitter: the wait grows from the wait before instead of from the number of tries.
/// Rule: min(cap, uniform in base .. 3 * previous), where the wait before the first retry counts as
/// base. Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
/// Does not model: an answer that says when to come again.
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct DecorrelatedJitterRetryParams {
  RetryParams retry;

  static void describe(sim::ParamList<DecorrelatedJitterRetryParams>& list) {
    list.include(&DecorrelatedJitterRetryParams::retry);
  }
  static void check(const DecorrelatedJitterRetryParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    RetryParams::check(params.retry, path, problems);
  }
};

class DecorrelatedJitterRetry final : public RetryPolicy {
 public:
  DecorrelatedJitterRetry(const DecorrelatedJitterRetryParams& params, const MakeArgs& args)
      : RetryPolicy(params.retry, args) {}

  sim::Duration backoff(std::int64_t, sim::Duration previous) override {
    const sim::Duration before = std::max(previous, params().base);
    return std::min(params().cap, between(params().base, 3 * before));
  }
};

const sim::Registration<RetryPolicy, DecorrelatedJitterRetry, DecorrelatedJitterRetryParams>
    registered{
        {.name = "decorrelated_jitter",
         .title = "Decorrelated jitter",
         .summary = "Waits anything from base to three times the wait before, up to the cap.",
         .source = "Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015",
         .does_not_model = "an answer that says when to come again"}};

}  // namespace
}  // namespace faultline::models
