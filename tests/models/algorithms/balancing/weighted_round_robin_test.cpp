#include <cmath>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

/// The known sequence of nginx's commit message for weights 5, 1, 1.
TEST(WeightedRoundRobin, FiveOneOneIsSmooth) {
  Balancer balancer("weighted_round_robin", {5, 1, 1});
  EXPECT_EQ(balancer.letters(14), "aabacaaaabacaa");
}

/// Only the ratio of the weights counts, also when they are not whole numbers.
TEST(WeightedRoundRobin, FractionsDoAsWell) {
  Balancer balancer("weighted_round_robin", {0.5, 0.1, 0.1});
  EXPECT_EQ(balancer.letters(14), "aabacaaaabacaa");
}

/// Weights 1, 2, 3, by hand: 1 2 3 -> c, 1 2 -3; 2 4 0 -> b, 2 -2 0; 3 0 3 -> a, -3 0 3; -2 2 6 ->
/// c, -2 2 0; -1 4 3 -> b, -1 -2 3; 0 0 6 -> c, 0 0 0.
TEST(WeightedRoundRobin, OneTwoThree) {
  Balancer balancer("weighted_round_robin", {1, 2, 3});
  EXPECT_EQ(balancer.letters(12), "cbacbccbacbc");
}

TEST(WeightedRoundRobin, EqualWeightsAreRoundRobin) {
  Balancer balancer("weighted_round_robin", {7, 7, 7});
  EXPECT_EQ(balancer.letters(7), "abcabca");
}

/// In any window of a whole round every backend has exactly its weight in turns.
TEST(WeightedRoundRobin, ARoundGivesEachItsWeight) {
  std::vector<double> weights;
  int round = 0;
  for (int index = 0; index < 40; ++index) {
    weights.push_back(index % 13 + 1);
    round += index % 13 + 1;
  }
  Balancer balancer("weighted_round_robin", weights);
  for (int rounds = 0; rounds < 3; ++rounds) {
    std::vector<double> counts(weights.size());
    for (int pick = 0; pick < round; ++pick) ++counts[balancer.pick()];
    EXPECT_EQ(counts, weights);
  }
}

/// nginx's loop, in millionths.
class PlainSmooth : public ReferencePolicy {
 public:
  using ReferencePolicy::ReferencePolicy;
  std::size_t pick(const BalancingRequest&) override {
    std::int64_t total = 0;
    std::size_t best = none;
    for (const std::size_t index : eligible()) {
      const std::int64_t weight = std::llround(backends[index].weight * 1e6);
      balances_[index] += weight;
      total += weight;
      if (best == none || balances_[index] > balances_[best]) best = index;
    }
    if (best != none) balances_[best] -= total;
    return best;
  }
  void changed(std::size_t) override { balances_.resize(backends.size()); }

 private:
  std::vector<std::int64_t> balances_;
};

TEST(WeightedRoundRobin, EqualsThePlainAlgorithm) {
  expect_same_picks<PlainSmooth>("weighted_round_robin", {});
  expect_same_picks<PlainSmooth>(
      "weighted_round_robin", {.weights_known = {0, 0.1, 0.3, 1, 17, 123.456, 1e6}, .steps = 3000});
}

/// Long enough for the lines of the tournament to be started again, which happens every two million
/// picks.
TEST(SlowWeightedRoundRobin, StaysEqualOverMillionsOfPicks) {
  const std::vector<double> weights = {1e6, 3, 0.7, 999'999, 123'456.789, 1e-6};
  SplitMixSource random(1);
  const auto policy = make_policy("weighted_round_robin", weights, random);
  PlainSmooth reference(1);
  for (const double weight : weights) {
    reference.backends.push_back({.weight = weight});
    reference.changed(reference.backends.size() - 1);
  }
  for (int pick = 0; pick < 5'000'000; ++pick) {
    ASSERT_EQ(policy->pick({}), reference.pick({})) << pick;
  }
}

}  // namespace
}  // namespace faultline::models::balancing_test
