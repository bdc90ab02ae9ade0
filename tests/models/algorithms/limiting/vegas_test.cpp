#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

// With a limit of 20 the step is log10(20), cut to 1: grows by 6 up to one queued, by 1 below
// three, shrinks by 1 above six. `probe` is large, so that no sample is taken for a new base.

TEST(Vegas, GrowsQuicklyWhileNobodyQueues) {
  Limit limit("vegas(probe=1000000)");
  limit.ended(10ms);  // The base.
  EXPECT_EQ(limit(), 20);
  limit.ended(10ms);  // None queued.
  EXPECT_EQ(limit(), 26);
}

TEST(Vegas, GrowsSlowlyStaysOrShrinksByTheQueue) {
  const auto after = [](sim::Duration latency) {
    Limit limit("vegas(probe=1000000)");
    limit.ended(10ms);
    limit.ended(latency);
    return limit();
  };
  // queue = 20 (1 - 10 / latency), up to the next whole number.
  EXPECT_EQ(after(10'500us), 26);  // .95 -> 1
  EXPECT_EQ(after(11ms), 21);      // 1.8 -> 2
  EXPECT_EQ(after(11'500us), 20);  // 2.6 -> 3: neither below 3 nor above 6
  EXPECT_EQ(after(14ms), 20);      // 5.7 -> 6
  EXPECT_EQ(after(15ms), 19);      // 6.7 -> 7
}

TEST(Vegas, ADropShrinksItWhateverTheLatency) {
  Limit limit("vegas(probe=1000000)");
  limit.ended(10ms);
  limit.ended(10ms, true);
  EXPECT_EQ(limit(), 19);
}

TEST(Vegas, StepsAreLogarithmsOfTheLimit) {
  // 100: two; 999: still two.
  Limit hundred("vegas(initial=100, probe=1000000)");
  hundred.ended(10ms);
  hundred.ended(10ms);
  EXPECT_EQ(hundred(), 112);
  Limit more("vegas(initial=999, limit_max=5000, probe=1000000)");
  more.ended(10ms);
  more.ended(10ms);
  EXPECT_EQ(more(), 1011);
  more.ended(10ms);  // 1011: three.
  EXPECT_EQ(more(), 1029);
}

TEST(Vegas, ALimitThatIsNotUsedStays) {
  Limit limit("vegas(probe=1000000)");
  limit.ended(10ms);
  limit.ended_with(10ms, 9);
  EXPECT_EQ(limit(), 20);
}

TEST(Vegas, ForgetsItsBaseAfterAWhile) {
  // A server that became twice as slow looks as if half of the limit were queueing. With probe = 1
  // the base is taken anew after at most as many samples as the limit: then the limit grows again.
  Limit limit("vegas(probe=1, limit_max=100)");
  limit.ended(10ms);
  std::int64_t least = limit();
  std::int64_t most = 0;
  for (int i = 0; i < 200; ++i) {
    limit.ended(20ms);
    least = std::min(least, limit());
    if (i > 100) most = std::max(most, limit());
  }
  EXPECT_LT(least, 20);
  EXPECT_EQ(most, 100);
}

TEST(Vegas, AverageOfAWindowIsASample) {
  // Ten samples of 10 ms and 30 ms in a window: 20 ms; the first sample after it ends it.
  Limit limit("vegas(window=100ms, probe=1000000)");
  for (int i = 0; i < 12; ++i) limit.ended_at(i * 10ms + 1ms, 10ms, 20);  // Base 10 ms.
  EXPECT_EQ(limit(), 20);
  for (int i = 0; i < 12; ++i) limit.ended_at(120ms + i * 10ms, i % 2 == 0 ? 10ms : 30ms, 20);
  EXPECT_EQ(limit(), 19);  // Ten of twenty queue.
}

}  // namespace
}  // namespace faultline::models::limiting_test
