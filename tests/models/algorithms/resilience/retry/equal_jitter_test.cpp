#include "tests/models/algorithms/resilience/retry/retry_fixture.hpp"

namespace faultline::models::retry_test {
namespace {

TEST(EqualJitterRetry, KeepsHalfOfTheCeilingAndDrawsTheOther) {
  Retrier retrier("equal_jitter(base=100ms, cap=1s)");
  const int draws = 100'000;
  for (const auto& each : {std::pair{1, 0.1}, {3, 0.4}, {8, 1.0}}) {
    const int retry = each.first;
    const double ceiling = each.second;
    SCOPED_TRACE(retry);
    expect_uniform(moments_of(draws, [&] { return retrier->backoff(retry, {}); }), ceiling / 2,
                   ceiling, draws);
  }
}

}  // namespace
}  // namespace faultline::models::retry_test
