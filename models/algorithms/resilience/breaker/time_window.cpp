/// A circuit breaker that looks at the calls of the last seconds.
///
/// Rule: time is cut into slices of a second; the window is the current slice and the ones before
/// it, `window` seconds in all. It opens at the end of a call if at least `min_calls` ended within
/// the window and too many of them failed or were slow. Source: resilience4j,
/// SlidingWindowType.TIME_BASED and SlidingTimeWindowMetrics. Does not model: a breaker for each
/// replica of the target.
#include <algorithm>
#include <vector>

#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct TimeWindowParams {
  sim::Duration window = std::chrono::seconds(100);
  std::int64_t min_calls = 100;
  BreakerParams breaker;

  static void describe(sim::ParamList<TimeWindowParams>& list) {
    list.add("window", &TimeWindowParams::window,
             "How far it looks back, in whole seconds; a part of a second counts as one")
        .between(std::chrono::seconds(1), std::chrono::hours(1));
    list.add("min_calls", &TimeWindowParams::min_calls, "Calls there must be before it judges")
        .unit("calls")
        .between(1, 1'000'000);
    list.include(&TimeWindowParams::breaker);
  }
};

class TimeWindow final : public CircuitBreaker {
 public:
  TimeWindow(const TimeWindowParams& params, const MakeArgs&)
      : CircuitBreaker(params.breaker),
        min_calls_(params.min_calls),
        slices_(static_cast<std::size_t>(
            std::chrono::ceil<std::chrono::seconds>(params.window).count())) {}

 private:
  bool add(const Ended& end) override {
    move_to(std::chrono::floor<std::chrono::seconds>(end.now).count());
    Counts& slice = slices_[at_];
    for (Counts* counts : {&slice, &all_}) {
      ++counts->calls;
      counts->failed += end.failed;
      counts->slow += end.slow;
    }
    if ((all_.failed | all_.slow) == 0) [[likely]]
      return false;
    return all_.calls >= min_calls_ && too_many(all_);
  }
  void clear() override {
    std::fill(slices_.begin(), slices_.end(), Counts{});
    all_ = {};
  }

  /// Makes the slice of `second` the current one. O(1) on average: each second is passed once, and
  /// never more of them than there are slices.
  void move_to(std::int64_t second) {
    if (second == second_) [[likely]]
      return;
    std::int64_t passed = second - second_;
    second_ = second;
    passed = std::min(passed, static_cast<std::int64_t>(slices_.size()));
    for (; passed > 0; --passed) {
      if (++at_ == slices_.size()) at_ = 0;
      Counts& oldest = slices_[at_];
      all_.calls -= oldest.calls;
      all_.failed -= oldest.failed;
      all_.slow -= oldest.slow;
      oldest = {};
    }
  }

  std::int64_t min_calls_;      ///< Parameter.
  std::vector<Counts> slices_;  ///< One a second. State.
  std::size_t at_ = 0;          ///< The current one. State.
  std::int64_t second_ = 0;     ///< Of the current one. State.
  Counts all_;                  ///< Of all slices. State.
};

const sim::Registration<CircuitBreaker, TimeWindow, TimeWindowParams> registered{
    {.name = "time_window",
     .title = "Breaker over the last seconds",
     .summary = "Opens when too many of the calls of the last seconds failed or were slow.",
     .source = "resilience4j, CircuitBreaker, TIME_BASED",
     .does_not_model = "a breaker for each replica of the target"}};

}  // namespace
}  // namespace faultline::models
