#include <cmath>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

using namespace std::chrono_literals;

/// Two backends that have each answered once, at 1 s; with two choices both are always looked at.
Balancer warmed_up(sim::Duration first, sim::Duration second) {
  Balancer balancer("peak_ewma", {1, 1});
  balancer.start(0);
  balancer.finish(0, first, 1s);
  balancer.start(1);
  balancer.finish(1, second, 1s);
  return balancer;
}

TEST(PeakEwma, TheProductOfCostAndRequestsIsLeast) {
  Balancer balancer = warmed_up(30ms, 9ms);
  EXPECT_EQ(balancer.send(0, 1s), 1u);  // 30 * 1 against 9 * 1
  EXPECT_EQ(balancer.send(0, 1s), 1u);  // 30 against 18
  EXPECT_EQ(balancer.send(0, 1s), 1u);  // 30 against 27
  EXPECT_EQ(balancer.send(0, 1s), 0u);  // 30 against 36
}

/// One answer of 100 ms at once makes a cost of 100 ms; an answer of 10 ms right after it changes
/// nothing, for no time has passed. 10 s later, one decay, the peak has sunk to 100/e = 36.8 ms,
/// and an answer of 10 ms makes it 36.8 + 10 (1 - 1/e) = 43.1 ms.
TEST(PeakEwma, JumpsToAPeakAndForgetsItSlowly) {
  Balancer balancer = warmed_up(10ms, 43ms);
  balancer.start(0, 3);
  balancer.finish(0, 100ms, 1s);
  balancer.finish(0, 10ms, 1s);
  EXPECT_EQ(balancer.pick(0, 1s), 1u);  // 100 * 2 against 43
  balancer.finish(0, 10ms, 11s);
  balancer.start(1);
  balancer.finish(1, 43ms, 11s);
  EXPECT_EQ(balancer.pick(0, 11s), 1u);  // 43.1 against 43
  balancer.start(1);
  balancer.finish(1, 44ms, 11s);
  EXPECT_EQ(balancer.pick(0, 11s), 0u);  // 43.1 against 44
}

TEST(PeakEwma, AnUnknownBackendIsTriedAtOnceAndOnlyWithOneRequest) {
  Balancer balancer("peak_ewma", {1, 1});
  balancer.start(0);
  balancer.finish(0, 500ms, 1s);
  EXPECT_EQ(balancer.send(0, 1s), 1u);  // Unknown and idle.
  EXPECT_EQ(balancer.send(0, 1s), 0u);  // Unknown and busy comes last.
  EXPECT_EQ(balancer.send(0, 1s), 0u);
}

/// While nothing comes from a backend its cost sinks, and at last it is tried again: 500 ms against
/// 10 ms that stay fresh fall below after ln 50 = 3.9 decays, 39.1 s.
TEST(PeakEwma, ABackendOnceSlowIsTriedAgainInTime) {
  Balancer balancer = warmed_up(500ms, 10ms);
  sim::Duration now = 1s;
  while (balancer.pick(0, now) == 1) {
    now += 100ms;
    ASSERT_LE(now, 60s);
    balancer.start(1);
    balancer.finish(1, 10ms, now);
  }
  EXPECT_NEAR(static_cast<double>((now - 1s).count()), 39.12e9, 0.2e9);
}

/// As it is in the source: failures that come quickly look like quick answers.
TEST(PeakEwma, AFastFailureLooksFast) {
  Balancer balancer = warmed_up(10ms, 10ms);
  for (sim::Duration now = 1s; now < 60s; now += 1s) {
    balancer.start(0);
    balancer.fail(0, 1ms, now);
    balancer.start(1);
    balancer.finish(1, 10ms, now);
  }
  EXPECT_EQ(balancer.pick(0, 60s), 0u);
}

/// Ten backends, nine loaded: with two choices of ten the idle one is among them in 1/5 of the
/// picks.
TEST(PeakEwma, LooksAtTwoOfMany) {
  Balancer balancer("peak_ewma", std::vector<double>(10, 1));
  for (std::size_t index = 0; index < 10; ++index) {
    balancer.start(index);
    balancer.finish(index, 10ms, 1s);
    if (index > 0) balancer.start(index);
  }
  int idle = 0;
  for (int pick = 0; pick < 10'000; ++pick) idle += balancer.pick(0, 1s) == 0;
  EXPECT_NEAR(idle, 2000, 5 * std::sqrt(10'000 * 0.2 * 0.8));
}

}  // namespace
}  // namespace faultline::models::balancing_test
