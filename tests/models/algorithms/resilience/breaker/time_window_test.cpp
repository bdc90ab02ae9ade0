#include "tests/models/algorithms/resilience/breaker/breaker_fixture.hpp"

namespace faultline::models::breaker_test {
namespace {

TEST(TimeWindowBreaker, LooksAtTheLastSecondsAlone) {
  // Ten slices of a second: what ended in second 0 counts up to the end of second 9.
  const auto state_at = [](sim::Duration second_failures) {
    Breaker breaker("time_window(10s, min_calls=10)");
    breaker.wait(500ms);
    breaker.calls(5, false);
    breaker.wait(second_failures - 500ms);
    breaker.calls(5, false);
    return breaker.state();
  };
  EXPECT_EQ(state_at(9s + 999ms), State::open);
  EXPECT_EQ(state_at(10s), State::closed);
  EXPECT_EQ(state_at(1h), State::closed);
}

TEST(TimeWindowBreaker, NeedsEnoughCalls) {
  Breaker breaker("time_window(10s, min_calls=100)");
  breaker.calls(99, false);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, true);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(TimeWindowBreaker, OpensForSlowCallsToo) {
  Breaker breaker("time_window(10s, min_calls=4, slow_rate=50%, slow_call=20ms)");
  breaker.calls(2, true, 20ms);
  breaker.calls(1, true, 21ms);
  breaker.wait(1s);
  breaker.calls(1, true, 21ms);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(TimeWindowBreaker, ClosesWithAnEmptyWindow) {
  Breaker breaker("time_window(100s, min_calls=2, open_for=1s, half_open_calls=1)");
  breaker.calls(2, false);
  breaker.wait(1s);
  breaker.calls(1, true);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::closed);
}

}  // namespace
}  // namespace faultline::models::breaker_test
