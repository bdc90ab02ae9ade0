#include <gtest/gtest.h>

#include <memory>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/resilience/budget/retry_budget.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

class GrpcBudget : public testing::Test {
 protected:
  void make(const std::string& text) { budget_ = sim::Choice<RetryBudget>(text).make({}); }
  void fail(int times) {
    for (int i = 0; i < times; ++i) budget_->ended(false);
  }
  void succeed(int times) {
    for (int i = 0; i < times; ++i) budget_->ended(true);
  }
  bool may_retry() { return budget_->may_retry(0s); }

  std::unique_ptr<RetryBudget> budget_;
};

TEST_F(GrpcBudget, StopsAtHalfOfItsTokens) {
  // 10 tokens, threshold 5: after five failures exactly 5 are left, and that is not enough.
  make("grpc(10, token_ratio=0.1)");
  EXPECT_TRUE(may_retry());
  fail(4);
  EXPECT_TRUE(may_retry());
  fail(1);
  EXPECT_FALSE(may_retry());
}

TEST_F(GrpcBudget, ASuccessGivesBackAFraction) {
  make("grpc(10, token_ratio=0.1)");
  fail(6);  // 4 left.
  succeed(10);
  EXPECT_FALSE(may_retry());  // 5.0: not above.
  succeed(1);
  EXPECT_TRUE(may_retry());  // 5.1.
}

TEST_F(GrpcBudget, RetriesThemselvesCostNothing) {
  make("grpc");
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(may_retry());
}

TEST_F(GrpcBudget, HoldsNoMoreThanTheMostAndNoLessThanNothing) {
  make("grpc(4, token_ratio=0.5)");
  succeed(1000);
  fail(2);
  EXPECT_FALSE(may_retry());
  fail(1000);
  succeed(4);  // 2.0: not above 2.
  EXPECT_FALSE(may_retry());
  succeed(1);
  EXPECT_TRUE(may_retry());
}

TEST_F(GrpcBudget, RatiosHaveThreeDecimals) {
  // 0.0016 counts as 0.001: it takes a thousand successes to make up for one failure.
  make("grpc(1, token_ratio=0.0016)");
  fail(1);
  succeed(500);
  EXPECT_FALSE(may_retry());
  succeed(1);
  EXPECT_TRUE(may_retry());
}

TEST_F(GrpcBudget, BalancesAtOneFailureInEleven) {
  // With ratio 0.1 a failure is made up for by ten successes. At one failure in twenty the tokens
  // stay near the top, at one in five they are soon gone.
  SplitMixSource random(5);
  for (const auto& [one_in, kept] : {std::pair{20u, true}, {5u, false}}) {
    make("grpc(100, token_ratio=0.1)");
    for (int i = 0; i < 10'000; ++i) budget_->ended(random.below(one_in) != 0);
    EXPECT_EQ(may_retry(), kept) << one_in;
  }
}

}  // namespace
}  // namespace faultline::models
