#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(PerClient, NobodyUsesUpWhatIsAnothers) {
  Limiter limiter("per_client(token_bucket(1/s, burst=2))");
  EXPECT_TRUE(limiter.admits(7));
  EXPECT_TRUE(limiter.admits(7));
  EXPECT_FALSE(limiter.admits(7));
  EXPECT_TRUE(limiter.admits(9));
  EXPECT_TRUE(limiter.admits(9));
  EXPECT_FALSE(limiter.admits(9));
  limiter.pass(1s);
  EXPECT_TRUE(limiter.admits(7));
  EXPECT_FALSE(limiter.admits(7));
}

TEST(PerClient, WhoHasNotAskedForLongestIsForgotten) {
  // Room for two. 1 and 2 have used their permit; 1 asks again, so 2 makes room for 3; when 2 comes
  // back it begins anew and takes 1's place.
  Limiter limiter("per_client(fixed_window(1, window=1h), clients_max=2)");
  EXPECT_TRUE(limiter.admits(1));
  EXPECT_TRUE(limiter.admits(2));
  EXPECT_FALSE(limiter.admits(1));
  EXPECT_TRUE(limiter.admits(3));
  EXPECT_TRUE(limiter.admits(2));
  EXPECT_FALSE(limiter.admits(3));
  EXPECT_TRUE(limiter.admits(1));
}

TEST(PerClient, AgainstOneLimiterForEachAndAPlainList) {
  // Many clients in random order, against a list that is too plain to be wrong.
  struct Known {
    std::uint64_t source;
    std::unique_ptr<RateLimiter> limiter;
  };
  const sim::Choice<RateLimiter> choice("token_bucket(100/s, burst=2)");
  constexpr std::size_t clients_max = 16;
  Limiter limiter("per_client(token_bucket(100/s, burst=2), clients_max=16)");
  std::vector<Known> known;  // The last to ask at the end.
  SplitMixSource chance(3);
  sim::Duration now{};
  for (int i = 0; i < 50'000; ++i) {
    now += sim::Duration(chance.below(2'000'000));
    const std::uint64_t source = chance.below(chance.below(2) == 0 ? 8 : 40) * 0x100000001;
    auto found = std::find_if(known.begin(), known.end(),
                              [source](const Known& each) { return each.source == source; });
    if (found == known.end()) {
      if (known.size() == clients_max) known.erase(known.begin());
      known.push_back({source, choice.make({})});
    } else {
      std::rotate(found, found + 1, known.end());
    }
    limiter.at(now);
    ASSERT_EQ(limiter.ask(source), known.back().limiter->ask(now, source, 1)) << i;
  }
}

}  // namespace
}  // namespace faultline::models::limiting_test
