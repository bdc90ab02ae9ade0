#include "tests/models/algorithms/resilience/breaker/breaker_fixture.hpp"

namespace faultline::models::breaker_test {
namespace {

TEST(ConsecutiveFailuresBreaker, OpensAfterSoManyInARow) {
  Breaker breaker("consecutive_failures(3)");
  for (int i = 0; i < 10; ++i) {
    breaker.calls(2, false);
    breaker.calls(1, true);
  }
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(3, false);
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(ConsecutiveFailuresBreaker, BeginsToCountAnewWhenItCloses) {
  Breaker breaker("consecutive_failures(2, open_for=1s, half_open_calls=2)");
  breaker.calls(2, false);
  breaker.wait(1s);
  breaker.calls(2, true);
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.calls(1, false);
  EXPECT_EQ(breaker.state(), State::open);
}

}  // namespace
}  // namespace faultline::models::breaker_test
