#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(LeakyBucket, AsAMeterItLetsABurstPassAsFarAsItFits) {
  // Three fit; at 10/s one has leaked after 100 ms.
  Limiter limiter("leaky_bucket(10/s, capacity=3)");
  EXPECT_EQ(limiter.answers(5), "+++--");
  limiter.pass(100ms);
  EXPECT_EQ(limiter.answers(2), "+-");
}

TEST(LeakyBucket, AsAQueueItLetsOneGoEveryInterval) {
  // The first goes at once, two may wait, 100 ms apart.
  Limiter limiter("leaky_bucket(10/s, capacity=2, mode=queue)");
  EXPECT_EQ(limiter.ask(), 0ms);
  EXPECT_EQ(limiter.ask(), 100ms);
  EXPECT_EQ(limiter.ask(), 200ms);
  EXPECT_EQ(limiter.ask(), RateLimiter::refused);
  // 150 ms later the second has gone and the third waits 50 ms; a fourth goes at 300 ms.
  limiter.pass(150ms);
  EXPECT_EQ(limiter.ask(), 150ms);
  EXPECT_EQ(limiter.ask(), RateLimiter::refused);
}

TEST(LeakyBucket, AsAQueueItNeverBursts) {
  // After an hour of rest the second still waits for its turn.
  Limiter limiter("leaky_bucket(10/s, capacity=5, mode=queue)");
  limiter.pass(1h);
  EXPECT_EQ(limiter.ask(), 0ms);
  EXPECT_EQ(limiter.ask(), 100ms);
}

TEST(LeakyBucket, AsAMeterItIsATokenBucketUpsideDown) {
  SplitMixSource chance(7);
  Limiter leaky("leaky_bucket(1000/s, capacity=5)");
  Limiter token("token_bucket(1000/s, burst=5)");
  for (int i = 0; i < 20'000; ++i) {
    const sim::Duration gap(chance.below(2'000'000));
    leaky.pass(gap);
    token.pass(gap);
    ASSERT_EQ(leaky.ask(), token.ask()) << i;
  }
}

}  // namespace
}  // namespace faultline::models::limiting_test
