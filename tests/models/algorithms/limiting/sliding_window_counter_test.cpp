#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(SlidingWindowCounter, TheFormerWindowCountsByTheShareStillCovered) {
  // Cloudflare's example: limit 50 a minute, 42 in the former minute, 18 so far, 15 s into the
  // current one: 42 * 45 / 60 + 18 = 49.5. So nothing more; but after another second, 42 * 44 / 60
  // + 18 = 48.8, one more.
  Limiter limiter("sliding_window_counter(50, window=60s)");
  EXPECT_EQ(limiter.answers(42), std::string(42, '+'));
  limiter.at(75s);
  EXPECT_EQ(limiter.answers(19), std::string(18, '+') + "-");
  limiter.at(76s);
  EXPECT_EQ(limiter.answers(2), "+-");
}

TEST(SlidingWindowCounter, AWindowWithoutRequestsLeavesNothing) {
  Limiter limiter("sliding_window_counter(4, window=1s)");
  EXPECT_EQ(limiter.answers(5), "++++-");
  limiter.at(1s);  // All four still count.
  EXPECT_EQ(limiter.answers(1), "-");
  limiter.at(1500ms);  // Two of them.
  EXPECT_EQ(limiter.answers(3), "++-");
  limiter.at(7s);
  EXPECT_EQ(limiter.answers(5), "++++-");
}

TEST(SlidingWindowCounter, SpreadEvenlyItIsTheLog) {
  // Requests every 10 ms for a limit of 50 a second: the assumption of an even spread is true of
  // what comes, and in each second both let through the same number, up to one.
  Limiter counter("sliding_window_counter(50)");
  Limiter log("sliding_window_log(50)");
  int counted = 0;
  int logged = 0;
  for (int i = 0; i < 2000; ++i) {
    counter.at(i * 10ms);
    log.at(i * 10ms);
    counted += counter.admits();
    logged += log.admits();
  }
  EXPECT_EQ(logged, 20 * 50);
  EXPECT_NEAR(counted, 20 * 50, 20);
}

}  // namespace
}  // namespace faultline::models::limiting_test
