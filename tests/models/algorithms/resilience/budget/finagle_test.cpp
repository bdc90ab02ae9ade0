#include <gtest/gtest.h>

#include <memory>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/resilience/budget/retry_budget.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<RetryBudget> make(const std::string& text) {
  return sim::Choice<RetryBudget>(text).make({});
}

/// How many retries it allows one after the other now.
int allowed(RetryBudget& budget, sim::Duration now, int asked = 100'000) {
  int count = 0;
  while (count < asked && budget.may_retry(now)) ++count;
  return count;
}

TEST(FinagleBudget, AllowsAFifthOfTheCallsAndTenASecond) {
  // 10/s for 10 s are 100 in reserve; 50 calls give 10 more.
  const auto budget = make("finagle");
  for (int i = 0; i < 50; ++i) budget->started(0s);
  EXPECT_EQ(allowed(*budget, 0s), 110);
  EXPECT_FALSE(budget->may_retry(0s));
}

TEST(FinagleBudget, WithoutAReserveFiveCallsPayForOneRetry) {
  const auto budget = make("finagle(20%, retries_min=0/s)");
  EXPECT_FALSE(budget->may_retry(0s));
  for (int retry = 0; retry < 3; ++retry) {
    for (int call = 0; call < 4; ++call) {
      budget->started(0s);
      EXPECT_FALSE(budget->may_retry(0s));
    }
    budget->started(0s);
    EXPECT_TRUE(budget->may_retry(0s));
    EXPECT_FALSE(budget->may_retry(0s));
  }
}

TEST(FinagleBudget, WithPercentZeroThereIsTheReserveAlone) {
  const auto budget = make("finagle(0%, retries_min=3/s, ttl=2s)");
  for (int i = 0; i < 1000; ++i) budget->started(0s);
  EXPECT_EQ(allowed(*budget, 0s), 6);
  EXPECT_EQ(allowed(*make("finagle(0%, retries_min=0/s)"), 0s), 0);
}

TEST(FinagleBudget, CreditIsGoneAfterTenSeconds) {
  // Ten slices of a second, nine of them kept: what was paid in at 0 counts until 9.999.. s.
  const auto at = [](sim::Duration now) {
    const auto budget = make("finagle(100%, retries_min=0/s)");
    for (int i = 0; i < 7; ++i) budget->started(0s);
    // The slices are moved on by use.
    for (sim::Duration step = 500ms; step < now; step += 500ms) budget->started(step);
    const int calls_since = static_cast<int>((now - 1ns) / 500ms);
    return allowed(*budget, now) - std::min(calls_since, 18 + 1);
  };
  EXPECT_EQ(at(5s), 7);
  EXPECT_EQ(at(9s + 900ms), 7);
  EXPECT_LE(at(11s), 0);
}

TEST(FinagleBudget, SoIsTheDebt) {
  // All is spent at 0; ten seconds later the reserve is back, and not twice of it.
  const auto budget = make("finagle(20%, retries_min=10/s)");
  EXPECT_EQ(allowed(*budget, 0s), 100);
  EXPECT_EQ(allowed(*budget, 5s), 0);
  EXPECT_EQ(allowed(*budget, 11s), 100);
  EXPECT_EQ(allowed(*budget, 1h), 100);
}

TEST(FinagleBudget, OverManySecondsItIsTheShareAndTheReserve) {
  // 100 calls a second, all of them failing and asking for a retry, for 100 s: about a fifth of
  // 10,000 and 10 a second, so 3000; it may be a window's reserve and credit more, 100 + 200.
  SplitMixSource random(3);
  const auto budget = make("finagle");
  int retries = 0;
  for (int i = 0; i < 10'000; ++i) {
    const sim::Duration now = i * 10ms + sim::Duration(random.below(10'000'000));
    budget->started(now);
    retries += budget->may_retry(now) ? 1 : 0;
  }
  EXPECT_GE(retries, 2900);
  EXPECT_LE(retries, 3300);
}

TEST(FinagleBudget, InNoWindowMoreThanTheShareAndTheReserve) {
  // Random calls and retries: in no nine seconds, the slices that are kept whole, were there more
  // retries than a fifth of the calls of the 10 s before their end and of the 10 s before that, and
  // the reserve.
  SplitMixSource random(9);
  const auto budget = make("finagle(20%, retries_min=2/s)");
  std::vector<sim::Duration> calls, retries;
  sim::Duration now{};
  for (int i = 0; i < 30'000; ++i) {
    now += sim::Duration(random.below(20'000'000));
    if (random.below(3) == 0) {
      budget->started(now);
      calls.push_back(now);
    } else if (budget->may_retry(now)) {
      retries.push_back(now);
    }
  }
  const auto within = [](const std::vector<sim::Duration>& all, sim::Duration from,
                         sim::Duration to) {
    return std::count_if(all.begin(), all.end(),
                         [&](sim::Duration each) { return each >= from && each <= to; });
  };
  ASSERT_GT(retries.size(), 500u);
  for (sim::Duration end = 20s; end < now; end += 1s) {
    const auto most = 0.2 * static_cast<double>(within(calls, end - 20s, end)) + 20;
    EXPECT_LE(static_cast<double>(within(retries, end - 9s, end)), most);
  }
}

}  // namespace
}  // namespace faultline::models
