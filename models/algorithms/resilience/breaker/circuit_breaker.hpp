/// A circuit breaker: a caller that stops calling when too much fails, and tries again by and by.
///
///             too many fail or are slow
///   closed ------------------------------> open
///     ^                                     | `open_for` is over, and a call comes
///     |  few fail         many fail         v
///     '------------- half-open <--------> (lets `half_open_calls` through and looks at them)
///
/// Rule: closed, every call passes and its end goes into a window; once the window holds enough
/// calls, a share of failures at or above `failure_rate`, or of slow calls at or above `slow_rate`,
/// opens it. Open, no call passes. The first call after `open_for` makes it half-open: this one and
/// the next pass up to `half_open_calls`, all others do not; when all of them have ended, the same
/// shares, of these alone, open or close it. A call is slow when it takes longer than `slow_call`.
/// Kinds of breaker differ in the window. Source: resilience4j, CircuitBreakerStateMachine,
/// CircuitBreakerMetrics and CircuitBreakerConfig.
///
/// Unlike there, the end of a call that passed in an earlier state does not count: calls that were
/// still waiting when the breaker opened say nothing about the server that is being probed.
///
/// Breakers have no clock: time is a value handed in.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/param/param.hpp"

namespace faultline::models {

/// What every circuit breaker can be told.
struct BreakerParams {
  sim::Probability failure_rate{0.5};
  sim::Duration open_for = std::chrono::seconds(60);
  std::int64_t half_open_calls = 10;
  sim::Probability slow_rate{1};
  sim::Duration slow_call = std::chrono::seconds(60);

  static void describe(sim::ParamList<BreakerParams>& list);
};

class CircuitBreaker {
 public:
  static constexpr std::string_view kind = "circuit breaker";
  struct MakeArgs {};
  enum class State : std::uint8_t { closed, open, half_open };

  /// Leave to make one call; it is given back by ended() or given_up().
  struct Pass {
    bool allowed = false;
    std::uint32_t period = 0;  ///< Numbers the state it was given in.
  };

  virtual ~CircuitBreaker() = default;
  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  /// Whether a call may be made now. `now` never goes back.
  Pass enter(sim::Duration now) {
    if (state_ == State::closed) [[likely]]
      return {true, period_};
    return enter_slowly(now);
  }
  /// The call that was let through with `pass` ended `latency` after it was made.
  void ended(Pass pass, bool ok, sim::Duration latency, sim::Duration now) {
    if (pass.period != period_) [[unlikely]]
      return;
    const Ended end{!ok, latency > params_.slow_call, now};
    if (state_ == State::closed) [[likely]] {
      if (add(end)) open(now);
    } else {
      half_open_ended(end);
    }
  }
  /// The call was not made after all, or nobody waits for its end: it counts for nothing.
  void given_up(Pass pass) {
    if (pass.period == period_ && state_ == State::half_open) --half_open_.passed;
  }

  State state() const { return state_; }
  const BreakerParams& params() const { return params_; }
  std::uint64_t opened() const { return opened_; }  ///< How often so far. Statistic.
  /// The time it was not closed, up to `now`. Statistic.
  sim::Duration not_closed(sim::Duration now) const {
    return state_ == State::closed ? not_closed_ : not_closed_ + (now - left_closed_);
  }

 protected:
  /// The end of a call as a window sees it.
  struct Ended {
    bool failed;
    bool slow;
    sim::Duration now;
  };
  /// How many calls of a window there are, and how many of them were failures or slow.
  struct Counts {
    std::int64_t calls = 0;
    std::int64_t failed = 0;
    std::int64_t slow = 0;
  };

  explicit CircuitBreaker(const BreakerParams& params) : params_(params) {}

  /// Whether so many failed or slow calls are too many.
  bool too_many(const Counts& counts) const {
    const auto calls = static_cast<double>(counts.calls);
    return static_cast<double>(counts.failed) >= params_.failure_rate.value * calls ||
           static_cast<double>(counts.slow) >= params_.slow_rate.value * calls;
  }

 private:
  /// Closed, a call ended: takes it into the window; true if the breaker is to open now. O(1) on
  /// average.
  virtual bool add(const Ended& end) = 0;
  /// Forgets all calls: it was closed again.
  virtual void clear() = 0;

  Pass enter_slowly(sim::Duration now);
  void half_open_ended(const Ended& end);
  void open(sim::Duration now);
  void close(sim::Duration now);

  BreakerParams params_;
  State state_ = State::closed;  ///< State.
  std::uint32_t period_ = 0;     ///< Numbers the states it was in. State.
  sim::Duration opened_at_{};    ///< State.
  struct HalfOpen {
    std::int64_t passed = 0;
    Counts ended;
  };
  HalfOpen half_open_;           ///< State.
  sim::Duration left_closed_{};  ///< Statistic.
  sim::Duration not_closed_{};   ///< Of the times that are over. Statistic.
  std::uint64_t opened_ = 0;     ///< Statistic.
};

}  // namespace faultline::models
