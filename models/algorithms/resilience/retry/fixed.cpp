/// Fixed: waits `base` before each retry. With base 0 it tries again at once.
/// Source: the "no backoff" client of Brooker, "Exponential Backoff And Jitter", AWS Architecture
/// Blog, 2015. Does not model: an answer that says when to come again.
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FixedRetryParams {
  RetryParams retry;

  static void describe(sim::ParamList<FixedRetryParams>& list) {
    list.include(&FixedRetryParams::retry);
  }
  static void check(const FixedRetryParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    RetryParams::check(params.retry, path, problems);
  }
};

class FixedRetry final : public RetryPolicy {
 public:
  FixedRetry(const FixedRetryParams& params, const MakeArgs& args)
      : RetryPolicy(params.retry, args) {}

  sim::Duration backoff(std::int64_t, sim::Duration) override { return params().base; }
};

const sim::Registration<RetryPolicy, FixedRetry, FixedRetryParams> registered{
    {.name = "fixed",
     .title = "Fixed wait",
     .summary = "Waits `base` before each retry.",
     .source = "Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015",
     .does_not_model = "an answer that says when to come again"}};

}  // namespace
}  // namespace faultline::models
