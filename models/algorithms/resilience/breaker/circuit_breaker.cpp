#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"

namespace faultline::models {

void BreakerParams::describe(sim::ParamList<BreakerParams>& list) {
  list.add("failure_rate", &BreakerParams::failure_rate, "Share of failures that opens it")
      .above(sim::Probability{0})
      .at_most(sim::Probability{1});
  list.add("open_for", &BreakerParams::open_for, "How long it lets nothing through")
      .above(sim::Duration(0));
  list.add("half_open_calls", &BreakerParams::half_open_calls,
           "Calls let through to see whether it is better now")
      .unit("calls")
      .between(1, 1'000'000);
  list.add("slow_rate", &BreakerParams::slow_rate, "Share of slow calls that opens it")
      .above(sim::Probability{0})
      .at_most(sim::Probability{1});
  list.add("slow_call", &BreakerParams::slow_call, "A call that takes longer is slow")
      .above(sim::Duration(0));
}

CircuitBreaker::Pass CircuitBreaker::enter_slowly(sim::Duration now) {
  if (state_ == State::open) {
    if (now - opened_at_ < params_.open_for) return {};
    state_ = State::half_open;
    ++period_;
    half_open_ = {};
  }
  if (half_open_.passed == params_.half_open_calls) return {};
  ++half_open_.passed;
  return {true, period_};
}

void CircuitBreaker::half_open_ended(const Ended& end) {
  Counts& counts = half_open_.ended;
  ++counts.calls;
  counts.failed += end.failed ? 1 : 0;
  counts.slow += end.slow ? 1 : 0;
  if (counts.calls < params_.half_open_calls) return;
  if (too_many(counts)) {
    open(end.now);
  } else {
    close(end.now);
  }
}

void CircuitBreaker::open(sim::Duration now) {
  if (state_ == State::closed) left_closed_ = now;
  state_ = State::open;
  ++period_;
  opened_at_ = now;
  ++opened_;
}

void CircuitBreaker::close(sim::Duration now) {
  not_closed_ += now - left_closed_;
  state_ = State::closed;
  ++period_;
  clear();
}

}  // namespace faultline::models
