#include "tests/models/algorithms/resilience/retry/retry_fixture.hpp"

namespace faultline::models::retry_test {
namespace {

TEST(DecorrelatedJitterRetry, IsUniformBetweenTheBaseAndThreeTimesTheWaitBefore) {
  Retrier retrier("decorrelated_jitter(base=100ms, cap=10s)");
  const int draws = 100'000;
  // The wait before the first retry counts as the base.
  expect_uniform(moments_of(draws, [&] { return retrier->backoff(1, 0s); }), 0.1, 0.3, draws);
  expect_uniform(moments_of(draws, [&] { return retrier->backoff(2, 700ms); }), 0.1, 2.1, draws);
}

TEST(DecorrelatedJitterRetry, TheSecondWaitHasTheMomentsOfTheRecursion) {
  // In units of the base, W1 is uniform in 1..3 and W2 in 1..3 W1. E W2 = (1 + 3 E W1) / 2 = 3.5.
  // E W2^2 = E[(9 W1^2 + 3 W1 + 1) / 3] with E W1^2 = 4 + 1/3 gives (39 + 6 + 1) / 3 = 46 / 3, so
  // the variance is 46 / 3 - 3.5^2 = 3.0833.
  Retrier retrier("decorrelated_jitter(base=100ms, cap=1h)");
  const int draws = 200'000;
  const Moments moments = moments_of(draws, [&] { return retrier.waits(2).back(); });
  const double deviation = 0.1 * std::sqrt(46.0 / 3 - 3.5 * 3.5);
  EXPECT_NEAR(moments.mean, 0.35, 5 * deviation / std::sqrt(draws));
  EXPECT_NEAR(moments.deviation, deviation, 0.01 * deviation);
}

TEST(DecorrelatedJitterRetry, IsCutAtTheCap) {
  // Uniform in 1 .. 9 s, cut at 3 s: 3/4 of all waits are the cap.
  Retrier retrier("decorrelated_jitter(base=1s, cap=3s)");
  int at_cap = 0;
  for (int i = 0; i < 10'000; ++i) at_cap += retrier->backoff(2, 3s) == 3s ? 1 : 0;
  EXPECT_NEAR(at_cap, 7500, 5 * std::sqrt(10'000 * 0.75 * 0.25));
}

}  // namespace
}  // namespace faultline::models::retry_test
