#include "tests/models/algorithms/resilience/retry/retry_fixture.hpp"

namespace faultline::models::retry_test {
namespace {

TEST(ExponentialRetry, DoublesUpToTheCap) {
  // The article's example: base 5 ms, cap 2 s.
  EXPECT_EQ(Retrier("exponential(base=5ms, cap=2s)").waits(11),
            (std::vector<sim::Duration>{5ms, 10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1280ms,
                                        2s, 2s}));
}

TEST(ExponentialRetry, DoesNotOverflowAfterAnyNumberOfTries) {
  Retrier retrier("exponential(base=23h, cap=24h)");
  EXPECT_EQ(retrier->backoff(1, {}), 23h);
  EXPECT_EQ(retrier->backoff(1'000'000'000, 24h), 24h);
  EXPECT_EQ(Retrier("exponential(base=0s)")->backoff(1'000, 0s), 0s);
}

}  // namespace
}  // namespace faultline::models::retry_test
