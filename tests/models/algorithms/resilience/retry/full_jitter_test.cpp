#include "tests/models/algorithms/resilience/retry/retry_fixture.hpp"

namespace faultline::models::retry_test {
namespace {

TEST(FullJitterRetry, IsUniformBelowTheExponentialCeiling) {
  // base 100 ms: retry n waits in 0 .. 100 ms * 2^(n-1), so 0.1, 0.4 and, capped, 1 s.
  Retrier retrier("full_jitter(base=100ms, cap=1s)");
  const int draws = 100'000;
  for (const auto& each : {std::pair{1, 0.1}, {3, 0.4}, {8, 1.0}}) {
    const int retry = each.first;
    const double ceiling = each.second;
    SCOPED_TRACE(retry);
    expect_uniform(moments_of(draws, [&] { return retrier->backoff(retry, {}); }), 0, ceiling,
                   draws);
  }
}

}  // namespace
}  // namespace faultline::models::retry_test
