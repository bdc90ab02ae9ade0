/// A circuit breaker that counts failures in a row: the simplest, and the first that was described.
///
/// Rule: it opens when `failures` calls in a row failed; one that succeeds sets the count back.
/// `failure_rate` and `slow_rate` are for the half-open state alone. Source: Nygard, "Release It!",
/// 2007, section "Circuit Breaker"; Fowler, "CircuitBreaker", 2014. Does not model: a breaker for
/// each replica of the target.
#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct ConsecutiveFailuresParams {
  std::int64_t failures = 5;
  BreakerParams breaker;

  static void describe(sim::ParamList<ConsecutiveFailuresParams>& list) {
    list.add("failures", &ConsecutiveFailuresParams::failures, "Failures in a row that open it")
        .unit("calls")
        .between(1, 1'000'000);
    list.include(&ConsecutiveFailuresParams::breaker);
  }
};

class ConsecutiveFailures final : public CircuitBreaker {
 public:
  ConsecutiveFailures(const ConsecutiveFailuresParams& params, const MakeArgs&)
      : CircuitBreaker(params.breaker), limit_(params.failures) {}

 private:
  bool add(const Ended& end) override {
    in_a_row_ = end.failed ? in_a_row_ + 1 : 0;
    return in_a_row_ >= limit_;
  }
  void clear() override { in_a_row_ = 0; }

  std::int64_t limit_;         ///< Parameter.
  std::int64_t in_a_row_ = 0;  ///< State.
};

const sim::Registration<CircuitBreaker, ConsecutiveFailures, ConsecutiveFailuresParams> registered{
    {.name = "consecutive_failures",
     .title = "Breaker that counts failures in a row",
     .summary = "Opens when a number of calls in a row failed.",
     .source = "Nygard, Release It!, 2007; Fowler, CircuitBreaker, 2014",
     .does_not_model = "a breaker for each replica of the target"}};

}  // namespace
}  // namespace faultline::models
