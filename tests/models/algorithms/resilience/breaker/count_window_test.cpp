#include "tests/models/algorithms/resilience/breaker/breaker_fixture.hpp"

namespace faultline::models::breaker_test {
namespace {

TEST(CountWindowBreaker, HasTheDefaultsOfResilience4j) {
  Breaker breaker("count_window");
  EXPECT_EQ(breaker->params().failure_rate, sim::Probability{0.5});
  EXPECT_EQ(breaker->params().open_for, 60s);
  EXPECT_EQ(breaker->params().half_open_calls, 10);
  EXPECT_EQ(breaker->params().slow_rate, sim::Probability{1});
  EXPECT_EQ(breaker->params().slow_call, 60s);
  // 99 failures are no reason to open, the hundredth is.
  breaker.calls(99, false);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_FALSE(breaker.call(true));
}

TEST(CountWindowBreaker, OpensAtHalfNotBelow) {
  Breaker breaker("count_window");
  breaker.calls(49, false);
  breaker.calls(51, true);
  EXPECT_EQ(breaker.state(), State::closed);
  // The window slides: the oldest call, a failure, goes for each that comes.
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(48, true);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(CountWindowBreaker, LooksAtTheLastCallsAlone) {
  Breaker breaker("count_window(window=4, min_calls=1, failure_rate=75%)");
  breaker.calls(1, true);
  breaker.calls(2, false);  // ok fail fail: two of three.
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, true);   // ok fail fail ok
  breaker.calls(1, false);  // fail fail ok fail: three of four.
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CountWindowBreaker, MinCallsAboveTheWindowIsTheWindow) {
  Breaker breaker("count_window(window=5, min_calls=100)");
  breaker.calls(5, false);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CountWindowBreaker, OpensForSlowCallsToo) {
  // Slow is longer than 20 ms; both slow successes and slow failures count.
  Breaker breaker("count_window(window=10, min_calls=10, slow_rate=30%, slow_call=20ms)");
  breaker.calls(7, true, 20ms);
  breaker.calls(2, true, 21ms);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, false, 21ms);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CountWindowBreaker, StaysOpenForItsTimeAndThenProbes) {
  Breaker breaker("count_window(window=2, min_calls=2, open_for=60s, half_open_calls=3)");
  breaker.calls(2, false);
  breaker.wait(60s - 1ns);
  EXPECT_FALSE(breaker.call(true));
  EXPECT_EQ(breaker.state(), State::open);
  breaker.wait(1ns);
  const auto first = breaker.enter();
  EXPECT_TRUE(first.allowed);
  EXPECT_EQ(breaker.state(), State::half_open);
  const auto second = breaker.enter();
  const auto third = breaker.enter();
  EXPECT_TRUE(second.allowed);
  EXPECT_TRUE(third.allowed);
  EXPECT_FALSE(breaker.enter().allowed);
  breaker.end(first, false);
  breaker.end(second, true);
  // Two have ended, the third decides: one failure of three is below half.
  EXPECT_FALSE(breaker.enter().allowed);
  EXPECT_EQ(breaker.state(), State::half_open);
  breaker.end(third, true);
  EXPECT_EQ(breaker.state(), State::closed);
  // Closed with an empty window.
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CountWindowBreaker, OpensAgainWhenProbesFail) {
  Breaker breaker("count_window(window=2, min_calls=2, open_for=1s, half_open_calls=2)");
  breaker.calls(2, false);
  breaker.wait(1s);
  breaker.calls(1, true);
  breaker.calls(1, false);  // One of two: at the rate.
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker->opened(), 2u);
  breaker.wait(999ms);
  EXPECT_FALSE(breaker.call(true));
  breaker.wait(1ms);
  breaker.calls(2, true);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(CountWindowBreaker, AProbeGivenUpMakesRoomForAnother) {
  Breaker breaker("count_window(window=1, min_calls=1, open_for=1s, half_open_calls=1)");
  breaker.calls(1, false);
  breaker.wait(1s);
  const auto probe = breaker.enter();
  EXPECT_FALSE(breaker.enter().allowed);
  breaker->given_up(probe);
  EXPECT_TRUE(breaker.call(true));
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(CountWindowBreaker, CallsOfAnEarlierStateDoNotCount) {
  Breaker breaker("count_window(window=2, min_calls=2, open_for=1s, half_open_calls=2)");
  const auto late = breaker.enter();
  const auto given_up = breaker.enter();
  breaker.calls(2, false);
  breaker.end(late, true);  // Open: nothing changes.
  EXPECT_EQ(breaker.state(), State::open);
  breaker.wait(1s);
  const auto probe = breaker.enter();
  breaker.end(late, false);
  breaker->given_up(given_up);
  breaker.end(probe, true);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_TRUE(breaker.call(true));
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(CountWindowBreaker, MeasuresTheTimeItWasNotClosed) {
  Breaker breaker("count_window(window=1, min_calls=1, open_for=10s, half_open_calls=1)");
  breaker.wait(5s);
  breaker.calls(1, false);
  breaker.wait(10s);
  EXPECT_EQ(breaker->not_closed(breaker.now()), 10s);
  breaker.calls(1, false);
  breaker.wait(12s);
  const auto probe = breaker.enter();
  breaker.wait(1s);
  breaker.end(probe, true);
  breaker.wait(100s);
  EXPECT_EQ(breaker->not_closed(breaker.now()), 23s);
  EXPECT_EQ(breaker->opened(), 2u);
}

}  // namespace
}  // namespace faultline::models::breaker_test
