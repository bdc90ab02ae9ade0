#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

/// Guava's RateLimiter.create(rate).
std::string guava(const std::string& rate) {
  return "token_bucket(" + rate + ", max_wait=1000d, pay=after, start=empty)";
}

TEST(TokenBucket, GuavaAtFiveASecond) {
  // The first goes at once and leaves a debt of .2 s to the second, and so on.
  Limiter limiter(guava("5/s"));
  EXPECT_EQ(limiter.acquire(), 0ms);
  EXPECT_EQ(limiter.acquire(), 200ms);
  EXPECT_EQ(limiter.acquire(), 200ms);
}

TEST(TokenBucket, GuavasNextOnePaysForTheLastOne) {
  Limiter limiter(guava("1/s"));
  std::vector<sim::Duration> waits;
  for (const int permits : {1, 1, 2, 4, 8, 1}) waits.push_back(limiter.acquire(permits));
  EXPECT_EQ(waits, (std::vector<sim::Duration>{0s, 1s, 1s, 2s, 4s, 8s}));
}

TEST(TokenBucket, GuavaStoresOneSecondOfPermits) {
  // Ten idle seconds at 5/s fill the bucket with five; the sixth is the first that is in debt for
  // itself only, so the seventh is the first to wait.
  Limiter limiter(guava("5/s"));
  limiter.pass(10s);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(limiter.acquire(), 0ms) << i;
  EXPECT_EQ(limiter.acquire(), 200ms);
}

TEST(TokenBucket, ABurstTakesWhatIsThereAndTheRestComesAtTheRate) {
  // Full with three. At 10/s one more is there after 100 ms, not after 99.
  Limiter limiter("token_bucket(10/s, burst=3)");
  EXPECT_EQ(limiter.answers(5), "+++--");
  limiter.pass(99ms);
  EXPECT_EQ(limiter.answers(1), "-");
  limiter.pass(1ms);
  EXPECT_EQ(limiter.answers(2), "+-");
  limiter.pass(1h);
  EXPECT_EQ(limiter.answers(5), "+++--");
}

TEST(TokenBucket, OneMayWaitForItsToken) {
  // Up to 250 ms at 10/s: two beyond the burst, the third would wait 300 ms.
  Limiter limiter("token_bucket(10/s, burst=1, max_wait=250ms)");
  EXPECT_EQ(limiter.ask(), 0ms);
  EXPECT_EQ(limiter.ask(), 100ms);
  EXPECT_EQ(limiter.ask(), 200ms);
  EXPECT_EQ(limiter.ask(), RateLimiter::refused);
  limiter.pass(50ms);
  EXPECT_EQ(limiter.ask(), 250ms);
}

TEST(TokenBucket, TheRefusedTakeNothing) {
  Limiter limiter("token_bucket(1/s, burst=1)");
  EXPECT_EQ(limiter.answers(100), "+" + std::string(99, '-'));
  limiter.pass(1s);
  EXPECT_EQ(limiter.answers(2), "+-");
}

TEST(TokenBucket, WithoutABurstItHoldsASecond) {
  Limiter limiter("token_bucket(4/s)");
  EXPECT_EQ(limiter.answers(6), "++++--");
  // At less than one a second, one.
  Limiter slow("token_bucket(0.5/s)");
  EXPECT_EQ(slow.answers(2), "+-");
}

TEST(TokenBucket, ARateWhoseIntervalIsNoWholeNanosecondsKeepsItsCount) {
  // 3/s for a thousand seconds, asked every nanosecond that matters: 3000, and the one it began
  // with.
  Limiter limiter("token_bucket(3/s, burst=1, max_wait=1d)");
  sim::Duration last{};
  for (int i = 0; i < 3001; ++i) last = limiter.ask();
  EXPECT_EQ(last, 1000s);
}

}  // namespace
}  // namespace faultline::models::limiting_test
