/// A bulkhead by a pool of threads with a bounded queue: so many calls at once, and how many may
/// wait.
/// Rule: a call beyond `threads` waits if fewer than `queue` do, else it is rejected at once; one
/// that waits does so until its turn or its deadline. Source: resilience4j, ThreadPoolBulkhead
/// (queueCapacity 100); Netflix Hystrix, thread pool isolation (coreSize 10). Does not model: pools
/// that grow and shrink, the cost of a thread.
#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct ThreadPoolParams {
  std::int64_t threads = 10;
  std::int64_t queue = 100;

  static void describe(sim::ParamList<ThreadPoolParams>& list) {
    list.add("threads", &ThreadPoolParams::threads, "Calls under way at once")
        .unit("calls")
        .between(1, 1'000'000);
    list.add("queue", &ThreadPoolParams::queue, "Calls that may wait for their turn")
        .unit("calls")
        .between(0, 1'000'000);
  }
};

class ThreadPool final : public BulkheadPolicy {
 public:
  ThreadPool(const ThreadPoolParams& params, const MakeArgs&) : params_(params) {}
  BulkheadLimits limits() const override {
    return {.concurrent = params_.threads, .queue = params_.queue};
  }

 private:
  ThreadPoolParams params_;
};

const sim::Registration<BulkheadPolicy, ThreadPool, ThreadPoolParams> registered{
    {.name = "thread_pool",
     .title = "Thread pool with a bounded queue",
     .summary = "So many calls at once; a limited number of others waits, for any time.",
     .source = "resilience4j, ThreadPoolBulkhead; Netflix Hystrix",
     .does_not_model = "pools that grow and shrink, the cost of a thread"}};

}  // namespace
}  // namespace faultline::models
