/// What every registered retry policy promises.
#include "tests/models/algorithms/resilience/retry/retry_fixture.hpp"

namespace faultline::models::retry_test {
namespace {

class RetryConformance : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Policies, RetryConformance,
                         testing::ValuesIn(sim::TypeCatalogue::instance().names(RetryPolicy::kind)),
                         [](const auto& policy) { return policy.param; });

TEST(RetryPolicies, AreRegistered) {
  EXPECT_EQ(sim::TypeCatalogue::instance().names(RetryPolicy::kind),
            (std::vector<std::string>{"decorrelated_jitter", "equal_jitter", "exponential", "fixed",
                                      "full_jitter"}));
}

TEST_P(RetryConformance, WaitsWithinItsBounds) {
  Retrier retrier(GetParam() + "(base=7ms, cap=90ms)");
  for (int call = 0; call < 2'000; ++call) {
    for (const sim::Duration wait : retrier.waits(20)) {
      ASSERT_GE(wait, 0ms);
      ASSERT_LE(wait, 90ms);
    }
  }
}

TEST_P(RetryConformance, ThreeTriesByDefaultAndTheParametersAreTheSameForAll) {
  Retrier retrier(GetParam());
  EXPECT_EQ(retrier->params().attempts, 3);
  EXPECT_EQ(Retrier(GetParam() + "(5)")->params().attempts, 5);
  EXPECT_EQ(Retrier(GetParam() + "(retry_on=[timeout, shed])")->params().retry_on,
            (std::vector<std::string>{"timeout", "shed"}));
}

TEST_P(RetryConformance, TheSameChanceGivesTheSameWaits) {
  EXPECT_EQ(Retrier(GetParam(), 7).waits(30), Retrier(GetParam(), 7).waits(30));
}

TEST_P(RetryConformance, TheCapIsNotBelowTheBase) {
  RetryParams params;
  params.base = 2s;
  params.cap = 1s;
  sim::Problems problems;
  RetryParams::check(params, sim::Path("retry"), problems);
  EXPECT_EQ(problems.size(), 1u);
}

}  // namespace
}  // namespace faultline::models::retry_test
