#include <set>

#include "models/algorithms/balancing/distinct_draws.hpp"
#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

/// The only loaded one of two different backends can never win: drawing one twice would show here.
TEST(PowerOfChoices, TheChoicesAreDifferent) {
  Balancer balancer("power_of_choices", {1, 1});
  balancer.start(1);
  EXPECT_EQ(balancer.letters(200), std::string(200, 'a'));
}

TEST(PowerOfChoices, OneChoiceIsRandom) {
  Balancer balancer("power_of_choices(1)", {1, 1});
  balancer.start(1, 100);
  int loaded = 0;
  for (int pick = 0; pick < 10'000; ++pick) loaded += balancer.pick() == 1;
  EXPECT_NEAR(loaded, 5000, 5 * 50);
}

/// Loads 0, 1, 2, 3, 4: of the 10 pairs backend i is the better one in 4 - i.
TEST(PowerOfChoices, ThePairsAreEquallyLikely) {
  Balancer balancer("power_of_choices", {1, 1, 1, 1, 1});
  for (std::size_t index = 0; index < 5; ++index) balancer.start(index, static_cast<int>(index));
  std::vector<int> counts(5);
  for (int pick = 0; pick < 100'000; ++pick) ++counts[balancer.pick()];
  for (std::size_t index = 0; index < 5; ++index) {
    EXPECT_NEAR(counts[index], 10'000 * (4.0 - static_cast<double>(index)), 5 * 155) << index;
  }
  EXPECT_EQ(counts[4], 0);
}

TEST(PowerOfChoices, MoreChoicesThanBackendsSeeThemAll) {
  Balancer balancer("power_of_choices(5)", {1, 1, 1});
  balancer.start(0);
  balancer.start(2);
  EXPECT_EQ(balancer.letters(50), std::string(50, 'b'));
}

TEST(DistinctDraws, EveryOrderedChoiceIsEquallyLikely) {
  SplitMixSource random(3);
  std::vector<int> counts(60);  // 5 * 4 * 3 ordered choices
  for (int draw = 0; draw < 60'000; ++draw) {
    std::vector<std::uint64_t> drawn;
    DistinctDraws::draw(3, 5, random, [&](std::uint64_t number) { drawn.push_back(number); });
    ASSERT_EQ(std::set<std::uint64_t>(drawn.begin(), drawn.end()).size(), 3u);
    const auto rank_among_rest = [&](std::size_t at) {
      std::uint64_t rank = drawn[at];
      for (std::size_t before = 0; before < at; ++before) rank -= drawn[before] < drawn[at];
      return rank;
    };
    ++counts[(rank_among_rest(0) * 4 + rank_among_rest(1)) * 3 + rank_among_rest(2)];
  }
  for (const int count : counts) EXPECT_NEAR(count, 1000, 5 * 31.4);
}

class PlainPowerOfChoices : public ReferencePolicy {
 public:
  PlainPowerOfChoices(std::uint64_t seed, std::size_t choices)
      : ReferencePolicy(seed), choices_(choices) {}
  std::size_t pick(const BalancingRequest&) override {
    auto rest = eligible();
    std::size_t best = none;
    for (std::size_t draw = 0; draw < choices_ && !rest.empty(); ++draw) {
      const auto drawn = rest.begin() + static_cast<std::ptrdiff_t>(random.below(rest.size()));
      if (best == none || backends[*drawn].outstanding < backends[best].outstanding) best = *drawn;
      rest.erase(drawn);
    }
    return best;
  }

 private:
  std::size_t choices_;
};

TEST(PowerOfChoices, EqualsThePlainAlgorithm) {
  for (const std::size_t choices : {1u, 2u, 3u, 7u, 64u}) {
    expect_same_picks<PlainPowerOfChoices>("power_of_choices(" + std::to_string(choices) + ")",
                                           {.steps = 2000}, choices);
  }
}

}  // namespace
}  // namespace faultline::models::balancing_test
