/// What the tests of circuit breakers share: verbs over one breaker with a clock.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::breaker_test {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

class Breaker {
 public:
  explicit Breaker(const std::string& text)
      : breaker_(sim::Choice<CircuitBreaker>(text).make({})) {}
  CircuitBreaker* operator->() { return breaker_.get(); }

  void wait(sim::Duration span) { now_ += span; }
  sim::Duration now() const { return now_; }
  CircuitBreaker::Pass enter() { return breaker_->enter(now_); }
  void end(CircuitBreaker::Pass pass, bool ok, sim::Duration latency = 1ms) {
    breaker_->ended(pass, ok, latency, now_);
  }
  /// A call from beginning to end; false if it was not let through.
  bool call(bool ok, sim::Duration latency = 1ms) {
    const CircuitBreaker::Pass pass = enter();
    if (pass.allowed) end(pass, ok, latency);
    return pass.allowed;
  }
  void calls(int count, bool ok, sim::Duration latency = 1ms) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(call(ok, latency)) << i;
  }
  State state() const { return breaker_->state(); }

 private:
  std::unique_ptr<CircuitBreaker> breaker_;
  sim::Duration now_{};
};

}  // namespace faultline::models::breaker_test
