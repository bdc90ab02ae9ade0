#include <cmath>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

/// Weights 1, 0, 3, 4: shares 1/8, 0, 3/8, 1/2. The count of a share p in n draws has the standard
/// deviation sqrt(n p (1 - p)); five of them are passed once in two million.
TEST(Random, DrawsInProportionToTheWeights) {
  Balancer balancer("random", {1, 0, 3, 4});
  constexpr int draws = 200'000;
  std::vector<int> counts(4);
  for (int draw = 0; draw < draws; ++draw) ++counts[balancer.pick()];
  const std::vector<double> shares = {0.125, 0, 0.375, 0.5};
  for (std::size_t index = 0; index < shares.size(); ++index) {
    const double p = shares[index];
    EXPECT_NEAR(counts[index], draws * p, 5 * std::sqrt(draws * p * (1 - p))) << index;
  }
}

TEST(Random, AWeightFarBelowTheOthersIsStillDrawnAsRarely) {
  // 1 in 10^7: some 20 of 2 * 10^8 would be too slow to see, so weigh 10^-4 against 1: 10 expected
  // in 10^5.
  Balancer balancer("random", {1, 1e-4});
  int rare = 0;
  for (int draw = 0; draw < 100'000; ++draw) rare += balancer.pick() == 1;
  EXPECT_GE(rare, 1);
  EXPECT_LE(rare, 28);
}

/// With whole numbers as weights every sum is exact, so a walk along the weights must end at the
/// same backend.
class PlainRandom : public ReferencePolicy {
 public:
  using ReferencePolicy::ReferencePolicy;
  std::size_t pick(const BalancingRequest&) override {
    double total = 0;
    for (const std::size_t index : eligible()) total += backends[index].weight;
    if (total == 0) return none;
    double point = random.uniform() * total;
    for (const std::size_t index : eligible()) {
      if (point < backends[index].weight) return index;
      point -= backends[index].weight;
    }
    return eligible().back();
  }
};

TEST(Random, EqualsThePlainAlgorithm) { expect_same_picks<PlainRandom>("random", {}); }

}  // namespace
}  // namespace faultline::models::balancing_test
