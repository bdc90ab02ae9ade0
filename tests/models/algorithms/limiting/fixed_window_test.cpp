#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(FixedWindow, CountsAnewAtEachBoundary) {
  Limiter limiter("fixed_window(3, window=1s)");
  limiter.at(999ms);
  EXPECT_EQ(limiter.answers(5), "+++--");
  // A millisecond later a new window begins: six within two milliseconds, twice the limit.
  limiter.at(1000ms);
  EXPECT_EQ(limiter.answers(5), "+++--");
  limiter.at(1999ms);
  EXPECT_EQ(limiter.answers(1), "-");
  limiter.at(5s);
  EXPECT_EQ(limiter.answers(4), "+++-");
}

TEST(FixedWindow, ARequestOfSeveralNeedsRoomForAll) {
  Limiter limiter("fixed_window(5)");
  EXPECT_EQ(limiter.ask(0, 4), 0ns);
  EXPECT_EQ(limiter.ask(0, 2), RateLimiter::refused);
  EXPECT_EQ(limiter.ask(0, 1), 0ns);
}

}  // namespace
}  // namespace faultline::models::limiting_test
