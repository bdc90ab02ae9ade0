#include <algorithm>

#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(SlidingWindowLog, ForgetsARequestExactlyOneWindowLater) {
  Limiter limiter("sliding_window_log(2, window=1s)");
  limiter.at(100ms);
  EXPECT_EQ(limiter.answers(1), "+");
  limiter.at(600ms);
  EXPECT_EQ(limiter.answers(2), "+-");
  limiter.at(1100ms - 1ns);
  EXPECT_EQ(limiter.answers(1), "-");
  limiter.at(1100ms);  // The one of 100 ms is over, that of 600 ms is not.
  EXPECT_EQ(limiter.answers(2), "+-");
}

TEST(SlidingWindowLog, IsExact) {
  // Against a plain list of all that went on: one goes on if and only if it leaves at most `limit`
  // in the window that ends with it.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SplitMixSource chance(seed);
    const std::size_t limit = 1 + chance.below(8);
    Limiter limiter("sliding_window_log(" + std::to_string(limit) + ", window=1ms)");
    std::vector<sim::Duration> all;
    sim::Duration now{};
    for (int i = 0; i < 3000; ++i) {
      now += sim::Duration(chance.below(4) == 0 ? 0 : chance.below(400'000));
      limiter.at(now);
      const std::size_t permits = 1 + chance.below(chance.below(5) == 0 ? limit : 1);
      const auto in_window = static_cast<std::size_t>(std::count_if(
          all.begin(), all.end(), [now](sim::Duration time) { return time > now - 1ms; }));
      const bool fits = in_window + permits <= limit;
      ASSERT_EQ(limiter.ask(0, static_cast<std::int64_t>(permits)) == 0ns, fits)
          << "seed " << seed << ", question " << i;
      if (fits) all.insert(all.end(), permits, now);
    }
  }
}

TEST(SlidingWindowLog, MoreThanTheLimitIsNeverLetThrough) {
  Limiter limiter("sliding_window_log(2)");
  EXPECT_EQ(limiter.ask(0, 3), RateLimiter::refused);
}

}  // namespace
}  // namespace faultline::models::limiting_test
