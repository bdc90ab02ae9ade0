/// What every rate limiter promises: no stretch of time holds more turns than its own bound.
#include <algorithm>

#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

const std::vector<std::string>& limiters() {
  static const std::vector<std::string> all = {
      "token_bucket(100/s)",
      "token_bucket(100/s, burst=1)",
      "token_bucket(37/s, burst=5, max_wait=80ms)",
      "token_bucket(100/s, burst=10, max_wait=1h, pay=after, start=empty)",
      "leaky_bucket(100/s)",
      "leaky_bucket(37/s, capacity=12)",
      "leaky_bucket(37/s, capacity=12, mode=queue)",
      "gcra(100/s)",
      "gcra(37/s, burst=9, max_wait=100ms)",
      "fixed_window(10, window=100ms)",
      "sliding_window_log(10, window=100ms)",
      "sliding_window_counter(10, window=100ms)",
      "per_client(gcra(100/s, burst=3))",
  };
  return all;
}

TEST(RateLimiters, AreAllHere) {
  for (const std::string& name : sim::TypeCatalogue::instance().names(RateLimiter::kind)) {
    EXPECT_TRUE(std::any_of(limiters().begin(), limiters().end(), [&](const std::string& text) {
      return text.starts_with(name + "(");
    })) << name;
  }
}

/// The times at which a random sequence of questions is let through, in order.
std::vector<sim::Duration> turns_of(const std::string& text, std::uint64_t seed) {
  SplitMixSource chance(seed);
  Limiter limiter(text);
  std::vector<sim::Duration> turns;
  sim::Duration now{};
  std::uint64_t gap_max = 1;
  for (int i = 0; i < 1500; ++i) {
    // Storms of questions at the same time, steady streams, rests, and the edges of windows.
    if (chance.below(50) == 0) gap_max = std::uint64_t{1} << chance.below(28);
    now += sim::Duration(chance.below(gap_max));
    if (chance.below(30) == 0) now += 100ms - now % 100ms - sim::Duration(chance.below(2));
    limiter.at(now);
    const sim::Duration wait = limiter.ask(5);
    if (wait >= 0ns) turns.push_back(now + wait);
  }
  std::sort(turns.begin(), turns.end());
  return turns;
}

TEST(RateLimiters, NeverExceedTheirOwnBoundOverAnyStretchOfTime) {
  for (const std::string& text : limiters()) {
    Limiter bound(text);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const std::vector<sim::Duration> turns = turns_of(text, seed);
      ASSERT_GT(turns.size(), 20u) << text;
      for (std::size_t first = 0; first < turns.size(); ++first) {
        for (std::size_t last = first; last < turns.size(); ++last) {
          const auto count = static_cast<double>(last - first + 1);
          ASSERT_LE(count, bound->permits_max(turns[last] - turns[first]) + 1e-6)
              << text << ", seed " << seed << ", from " << turns[first].count() << " to "
              << turns[last].count();
        }
      }
    }
  }
}

TEST(RateLimiters, TheirBoundIsReached) {
  // A bound that nothing comes near would be an empty promise: under a flood each lets through, in
  // the long run, what it says, and in a moment its burst.
  for (const std::string& text : limiters()) {
    Limiter limiter(text);
    double passed = 0;
    for (sim::Duration now{}; now <= 10s; now += 1ms) {
      limiter.at(now);
      for (int i = 0; i < 20; ++i) passed += limiter.ask() >= 0ns && now + 0ns <= 10s;
      if (passed > 20'000) break;
    }
    EXPECT_GE(passed, 0.95 * 37 * 10) << text;
  }
}

TEST(RateLimiters, TheSameQuestionsGetTheSameAnswers) {
  for (const std::string& text : limiters()) EXPECT_EQ(turns_of(text, 3), turns_of(text, 3));
}

}  // namespace
}  // namespace faultline::models::limiting_test
