/// Exponential back-off with equal jitter: half of it is kept, half is drawn.
/// Rule: with c = min(cap, base * 2^(n - 1)), before retry n it waits uniformly in c / 2 .. c.
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
/// Does not model: an answer that says when to come again.
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct EqualJitterRetryParams {
  RetryParams retry;

  static void describe(sim::ParamList<EqualJitterRetryParams>& list) {
    list.include(&EqualJitterRetryParams::retry);
  }
  static void check(const EqualJitterRetryParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    RetryParams::check(params.retry, path, problems);
  }
};

class EqualJitterRetry final : public RetryPolicy {
 public:
  EqualJitterRetry(const EqualJitterRetryParams& params, const MakeArgs& args)
      : RetryPolicy(params.retry, args) {}

  sim::Duration backoff(std::int64_t retry, sim::Duration) override {
    const sim::Duration ceiling = exponential_ceiling(retry);
    return between(ceiling / 2, ceiling);
  }
};

const sim::Registration<RetryPolicy, EqualJitterRetry, EqualJitterRetryParams> registered{
    {.name = "equal_jitter",
     .title = "Equal jitter",
     .summary = "Waits half of the exponential ceiling and anything up to the other half.",
     .source = "Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015",
     .does_not_model = "an answer that says when to come again"}};

}  // namespace
}  // namespace faultline::models
