#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(Gradient2, GrowsByAShareOfTheQueueWhileLatencyStays) {
  // Gradient 1: next = 20 + 4, of which a fifth counts: 20.8, 21.6, 22.4 ..
  Limit limit("gradient2");
  for (int i = 0; i < 5; ++i) limit.ended(10ms);
  EXPECT_EQ(limit(), 24);
}

TEST(Gradient2, GivesWayAsLatencyGrows) {
  // Average 10 ms over the first ten, which take the limit to 108. Then 40 ms: the average becomes
  // 10 + 30 * 2 / 601 = 10.1, the gradient is held at .5: .8 * 108 + .2 * (54 + 4) = 98.
  Limit limit("gradient2(initial=100)");
  for (int i = 0; i < 10; ++i) limit.ended(10ms);
  EXPECT_EQ(limit(), 108);
  limit.ended(40ms);
  EXPECT_EQ(limit(), 98);
}

TEST(Gradient2, KeepsItsBounds) {
  Limit limit("gradient2");
  for (int i = 0; i < 2000; ++i) limit.ended(10ms);
  EXPECT_EQ(limit(), 200);
  for (int i = 0; i < 30; ++i) limit.ended(i % 2 == 0 ? 200ms : 100ms);
  EXPECT_LT(limit(), 60);
  for (int i = 0; i < 30; ++i) limit.ended(i % 2 == 0 ? 2s : 1s);
  EXPECT_EQ(limit(), 20);
}

TEST(Gradient2, ALimitThatIsNotUsedStays) {
  Limit limit("gradient2");
  for (int i = 0; i < 50; ++i) limit.ended_with(10ms, 9);
  EXPECT_EQ(limit(), 20);
  limit.ended_with(10ms, 10);  // 20.8; ten are no longer half of it.
  limit.ended_with(10ms, 10);
  EXPECT_EQ(limit(), 20);
  limit.ended_with(10ms, 11);
  EXPECT_EQ(limit(), 21);
}

TEST(Gradient2, ALongOverloadIsForgottenATenthAtATime) {
  // The average has come to 100 ms; back at 10 ms, it falls by a tenth with each sample until it is
  // at most twice that, and the limit grows meanwhile.
  Limit limit("gradient2(long_window=10)");
  for (int i = 0; i < 200; ++i) limit.ended(100ms);
  const std::int64_t before = limit();
  for (int i = 0; i < 20; ++i) limit.ended(10ms);
  EXPECT_GE(limit(), before);
  // The average is now near 10 ms again: a latency of 40 ms counts as overload at once.
  limit.ended(40ms);
  EXPECT_LT(limit(), before);
}

}  // namespace
}  // namespace faultline::models::limiting_test
