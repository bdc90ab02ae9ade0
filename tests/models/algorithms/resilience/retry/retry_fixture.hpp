/// What the tests of retry policies share.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::retry_test {

using namespace std::chrono_literals;

/// A policy with its chance.
class Retrier {
 public:
  explicit Retrier(const std::string& text, std::uint64_t seed = 1)
      : random_(seed), policy_(sim::Choice<RetryPolicy>(text).make({random_})) {}
  RetryPolicy& operator*() { return *policy_; }
  RetryPolicy* operator->() { return policy_.get(); }

  /// The waits of one call that fails `retries` times.
  std::vector<sim::Duration> waits(int retries) {
    std::vector<sim::Duration> all;
    sim::Duration previous{};
    for (int retry = 1; retry <= retries; ++retry) {
      previous = policy_->backoff(retry, previous);
      all.push_back(previous);
    }
    return all;
  }

 private:
  SplitMixSource random_;
  std::unique_ptr<RetryPolicy> policy_;
};

/// Mean, standard deviation and range of a wait, in seconds.
struct Moments {
  double mean = 0, deviation = 0, least = 1e300, greatest = -1e300;
};

template <class Draw>
Moments moments_of(int draws, Draw draw) {
  Moments moments;
  double squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double value = sim::to_seconds(draw());
    moments.mean += value / draws;
    squares += value * value / draws;
    moments.least = std::min(moments.least, value);
    moments.greatest = std::max(moments.greatest, value);
  }
  moments.deviation = std::sqrt(squares - moments.mean * moments.mean);
  return moments;
}

/// Draws of a uniform law on low .. high: mean (low + high) / 2, standard deviation
/// (high - low) / sqrt(12), each within five standard errors, and both ends nearly reached.
inline void expect_uniform(const Moments& moments, double low, double high, int draws) {
  const double deviation = (high - low) / std::sqrt(12.0);
  EXPECT_NEAR(moments.mean, (low + high) / 2, 5 * deviation / std::sqrt(draws));
  // The standard error of a uniform law's standard deviation is sqrt((9/5 - 1) / 4n) of it.
  EXPECT_NEAR(moments.deviation, deviation, 5 * deviation * std::sqrt(0.2 / draws));
  EXPECT_GE(moments.least, low);
  EXPECT_LE(moments.greatest, high);
  EXPECT_LT(moments.least, low + (high - low) * 20 / draws);
  EXPECT_GT(moments.greatest, high - (high - low) * 20 / draws);
}

}  // namespace faultline::models::retry_test
