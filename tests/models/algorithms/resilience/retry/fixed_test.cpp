#include "tests/models/algorithms/resilience/retry/retry_fixture.hpp"

namespace faultline::models::retry_test {
namespace {

TEST(FixedRetry, AlwaysWaitsTheSame) {
  EXPECT_EQ(Retrier("fixed(base=30ms)").waits(4),
            (std::vector<sim::Duration>{30ms, 30ms, 30ms, 30ms}));
}

TEST(FixedRetry, MayTryAgainAtOnce) {
  EXPECT_EQ(Retrier("fixed(base=0s)").waits(2), (std::vector<sim::Duration>{0s, 0s}));
}

}  // namespace
}  // namespace faultline::models::retry_test
