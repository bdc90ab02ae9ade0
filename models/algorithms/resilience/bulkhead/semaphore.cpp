/// A bulkhead by semaphore: so many calls at once, and how long one may wait for its turn.
/// Rule: a call beyond `concurrent` waits up to `wait`, then it is rejected; with wait 0 at once.
/// Source: resilience4j, Bulkhead (maxConcurrentCalls 25, maxWaitDuration 0). Does not model: which
/// of those who wait is let in first; here the first to come is.
#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct SemaphoreParams {
  std::int64_t concurrent = 25;
  sim::Duration wait{0};

  static void describe(sim::ParamList<SemaphoreParams>& list) {
    list.add("concurrent", &SemaphoreParams::concurrent, "Calls under way at once")
        .unit("calls")
        .between(1, 1'000'000);
    list.add("wait", &SemaphoreParams::wait, "How long a call waits for its turn")
        .at_least(sim::Duration(0));
  }
};

class Semaphore final : public BulkheadPolicy {
 public:
  Semaphore(const SemaphoreParams& params, const MakeArgs&) : params_(params) {}
  BulkheadLimits limits() const override {
    return {.concurrent = params_.concurrent, .wait = params_.wait};
  }

 private:
  SemaphoreParams params_;
};

const sim::Registration<BulkheadPolicy, Semaphore, SemaphoreParams> registered{
    {.name = "semaphore",
     .title = "Semaphore",
     .summary = "So many calls at once; others wait for a limited time, in any number.",
     .source = "resilience4j, Bulkhead"}};

}  // namespace
}  // namespace faultline::models
