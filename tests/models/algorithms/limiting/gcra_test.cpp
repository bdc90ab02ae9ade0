#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(Gcra, ACellMayComeEarlyByItsTolerance) {
  // 10/s, burst 3: a tolerance of 200 ms. Three at once, then one for each 100 ms.
  Limiter limiter("gcra(10/s, burst=3)");
  EXPECT_EQ(limiter.answers(4), "+++-");
  limiter.pass(99ms);
  EXPECT_EQ(limiter.answers(1), "-");
  limiter.pass(1ms);
  EXPECT_EQ(limiter.answers(2), "+-");
}

TEST(Gcra, WithoutABurstEachWaitsForItsTime) {
  Limiter limiter("gcra(4/s, max_wait=500ms)");
  EXPECT_EQ(limiter.ask(), 0ms);
  EXPECT_EQ(limiter.ask(), 250ms);
  EXPECT_EQ(limiter.ask(), 500ms);
  EXPECT_EQ(limiter.ask(), RateLimiter::refused);
}

TEST(Gcra, DecidesAsAFullTokenBucketDoes) {
  // The same answers to any questions, to the nanosecond: one keeps what is there, the other when
  // the next is due. Rates with whole intervals, so that nothing is rounded.
  struct Case {
    const char* parameters;
    std::int64_t gap_max;  ///< Nanoseconds between questions.
    std::int64_t permits_max;
  };
  for (const Case& one : {Case{"1000/s, burst=1", 2'000'000, 1},
                          {"1000/s, burst=7", 1'500'000, 1},
                          {"8/s, burst=20, max_wait=300ms", 200'000'000, 3},
                          {"250000/s, burst=3, max_wait=1ms", 6'000, 2}}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      SplitMixSource chance(seed);
      Limiter gcra(std::string("gcra(") + one.parameters + ")");
      Limiter bucket(std::string("token_bucket(") + one.parameters + ")");
      for (int i = 0; i < 5'000; ++i) {
        // Long rests now and then, and questions at the same time.
        const std::uint64_t die = chance.below(100);
        const sim::Duration gap(die == 0   ? 10'000'000'000
                                : die < 20 ? 0
                                           : static_cast<std::int64_t>(chance.below(
                                                 static_cast<std::uint64_t>(one.gap_max))));
        const auto permits = static_cast<std::int64_t>(
            1 + chance.below(static_cast<std::uint64_t>(one.permits_max)));
        gcra.pass(gap);
        bucket.pass(gap);
        ASSERT_EQ(gcra.ask(0, permits), bucket.ask(0, permits))
            << one.parameters << ", seed " << seed << ", question " << i;
      }
    }
  }
}

}  // namespace
}  // namespace faultline::models::limiting_test
