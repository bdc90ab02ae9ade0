/// A circuit breaker that looks at the last `window` calls.
///
/// Rule: it opens at the end of a call if there were at least `min_calls` since it closed, at most
/// `window`, and too many of the last `window` of them failed or were slow. Source: resilience4j,
/// SlidingWindowType.COUNT_BASED and FixedSizeSlidingWindowMetrics. Does not model: a breaker for
/// each replica of the target.
#include <algorithm>
#include <vector>

#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct CountWindowParams {
  std::int64_t window = 100;
  std::int64_t min_calls = 100;
  BreakerParams breaker;

  static void describe(sim::ParamList<CountWindowParams>& list) {
    list.add("window", &CountWindowParams::window, "Calls it looks back at")
        .unit("calls")
        .between(1, 1'000'000);
    list.add("min_calls", &CountWindowParams::min_calls,
             "Calls it must have seen before it judges; more than `window` is as many")
        .unit("calls")
        .between(1, 1'000'000);
    list.include(&CountWindowParams::breaker);
  }
};

class CountWindow final : public CircuitBreaker {
 public:
  CountWindow(const CountWindowParams& params, const MakeArgs&)
      : CircuitBreaker(params.breaker),
        min_calls_(std::min(params.min_calls, params.window)),
        ring_(static_cast<std::size_t>(params.window)) {}

 private:
  /// The end of one call, as small as can be.
  struct Bits {
    std::uint8_t failed = 0;
    std::uint8_t slow = 0;
  };

  bool add(const Ended& end) override {
    Bits& bits = ring_[at_];
    if (++at_ == ring_.size()) at_ = 0;
    // Of a call that was never made the bits are 0.
    counts_.failed += end.failed - bits.failed;
    counts_.slow += end.slow - bits.slow;
    bits = {end.failed, end.slow};
    if (counts_.calls < static_cast<std::int64_t>(ring_.size())) ++counts_.calls;
    if ((counts_.failed | counts_.slow) == 0) [[likely]]
      return false;
    return counts_.calls >= min_calls_ && too_many(counts_);
  }
  void clear() override {
    std::fill(ring_.begin(), ring_.end(), Bits{});
    counts_ = {};
    at_ = 0;
  }

  std::int64_t min_calls_;  ///< Parameter.
  std::vector<Bits> ring_;  ///< State.
  std::size_t at_ = 0;      ///< The oldest. State.
  Counts counts_;           ///< Of the ring. State.
};

const sim::Registration<CircuitBreaker, CountWindow, CountWindowParams> registered{
    {.name = "count_window",
     .title = "Breaker over the last calls",
     .summary = "Opens when too many of the last calls failed or were slow.",
     .source = "resilience4j, CircuitBreaker, COUNT_BASED",
     .does_not_model = "a breaker for each replica of the target"}};

}  // namespace
}  // namespace faultline::models
