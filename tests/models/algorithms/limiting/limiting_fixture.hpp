/// Verbs for the tests of limiters: ask one question after the other, and see what comes of it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/limiting/concurrency_limit.hpp"
#include "models/algorithms/limiting/load_shedder.hpp"
#include "models/algorithms/limiting/rate_limiter.hpp"
#include "models/algorithms/random_source.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::limiting_test {

using namespace std::chrono_literals;

/// A limiter, and a time that only moves when it is told to.
class Limiter {
 public:
  explicit Limiter(const std::string& text) : limiter_(sim::Choice<RateLimiter>(text).make({})) {}

  RateLimiter* operator->() { return limiter_.get(); }

  void at(sim::Duration now) { now_ = now; }
  void pass(sim::Duration time) { now_ += time; }
  /// What the limiter says to one request now.
  sim::Duration ask(std::uint64_t source = 0, std::int64_t permits = 1) {
    return limiter_->ask(now_, source, permits);
  }
  bool admits(std::uint64_t source = 0) { return ask(source) == 0ns; }
  /// The next `count` answers as letters: '+' at once, 'w' later, '-' refused.
  std::string answers(int count) {
    std::string text;
    while (count-- > 0) {
      const sim::Duration wait = ask();
      text += wait == RateLimiter::refused ? '-' : wait == 0ns ? '+' : 'w';
    }
    return text;
  }
  /// A caller that waits as it is told, then comes back at once: how long each request waited.
  sim::Duration acquire(std::int64_t permits = 1) {
    const sim::Duration wait = ask(0, permits);
    if (wait > 0ns) now_ += wait;
    return wait;
  }

 private:
  std::unique_ptr<RateLimiter> limiter_;
  sim::Duration now_{};
};

/// A limit, and the requests it lets in.
class Limit {
 public:
  explicit Limit(const std::string& text)
      : random_(1), limit_(sim::Choice<ConcurrencyLimit>(text).make({random_})) {}

  std::int64_t operator()() const { return limit_->limit(); }
  /// One request ended, after the limit was full when it came.
  void ended(sim::Duration latency, bool dropped = false) {
    ended_with(latency, limit_->limit(), dropped);
  }
  void ended_with(sim::Duration latency, std::int64_t in_flight, bool dropped = false) {
    now_ += 1ms;
    limit_->ended({now_, latency, in_flight, dropped});
  }
  void ended_at(sim::Duration now, sim::Duration latency, std::int64_t in_flight) {
    limit_->ended({now, latency, in_flight, false});
  }

 private:
  SplitMixSource random_;
  std::unique_ptr<ConcurrencyLimit> limit_;
  sim::Duration now_{};
};

inline std::unique_ptr<LoadShedder> make_shedder(const std::string& text) {
  return sim::Choice<LoadShedder>(text).make({});
}

}  // namespace faultline::models::limiting_test
