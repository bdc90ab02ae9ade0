/// Exponential back-off without jitter.
/// Rule: before retry n it waits min(cap, base * 2^(n - 1)). Callers that failed together come back
/// together. Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
/// Does not model: an answer that says when to come again.
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct ExponentialRetryParams {
  RetryParams retry;

  static void describe(sim::ParamList<ExponentialRetryParams>& list) {
    list.include(&ExponentialRetryParams::retry);
  }
  static void check(const ExponentialRetryParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    RetryParams::check(params.retry, path, problems);
  }
};

class ExponentialRetry final : public RetryPolicy {
 public:
  ExponentialRetry(const ExponentialRetryParams& params, const MakeArgs& args)
      : RetryPolicy(params.retry, args) {}

  sim::Duration backoff(std::int64_t retry, sim::Duration) override {
    return exponential_ceiling(retry);
  }
};

const sim::Registration<RetryPolicy, ExponentialRetry, ExponentialRetryParams> registered{
    {.name = "exponential",
     .title = "Exponential backoff",
     .summary = "Waits base, 2 base, 4 base, up to the cap: callers that failed together come back "
                "together.",
     .source = "Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015",
     .does_not_model = "an answer that says when to come again"}};

}  // namespace
}  // namespace faultline::models
