#include <tuple>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

/// Weights 4 and 1, requests sent and never finished. By outstanding / weight: 0 and 0, tied, a;
/// 1/4 and 0, b; 1/4 and 1, a; 2/4, a; 3/4, a; 4/4 and 1, tied.
TEST(WeightedLeastConnections, TheRatioOfRequestsToWeightIsLeast) {
  Balancer balancer("weighted_least_connections(ties=first)", {4, 1});
  std::string picks;
  for (int request = 0; request < 6; ++request) picks += static_cast<char>('a' + balancer.send());
  EXPECT_EQ(picks, "abaaaa");
}

/// By (outstanding + 1) / weight: 1/4 and 1, a; 2/4, a; 3/4, a; 4/4 and 1, tied, a; 5/4 and 1, b;
/// 5/4 and 2, a.
TEST(WeightedLeastConnections, TheExpectedDelayFillsTheStrongFirst) {
  Balancer balancer("weighted_least_connections(rule=expected_delay, ties=first)", {4, 1});
  std::string picks;
  for (int request = 0; request < 6; ++request) picks += static_cast<char>('a' + balancer.send());
  EXPECT_EQ(picks, "aaaaba");
}

/// All idle at every pick, so all tied: the turns of weight w are due at 1/w, 2/w, ...: a at .25 .5
/// .75 1, b at .5 1, c at 1; equals by index.
TEST(WeightedLeastConnections, IdleBackendsTakeTurnsByWeight) {
  Balancer balancer("weighted_least_connections", {4, 2, 1});
  EXPECT_EQ(balancer.letters(7), "aabaabc");
}

TEST(WeightedLeastConnections, ABackendThatWasAwayDoesNotCatchUpOnTurns) {
  Balancer balancer("weighted_least_connections", {1, 1});
  balancer->set_available(1, false);
  EXPECT_EQ(balancer.letters(1000), std::string(1000, 'a'));
  balancer->set_available(1, true);
  EXPECT_EQ(balancer.letters(6), "ababab");
}

class PlainWeightedLeastConnections : public ReferencePolicy {
 public:
  PlainWeightedLeastConnections(std::uint64_t seed, double ahead, std::string ties)
      : ReferencePolicy(seed), ahead_(ahead), ties_(std::move(ties)) {}

  std::size_t pick(const BalancingRequest&) override {
    std::vector<std::size_t> tied;
    for (const std::size_t index : eligible()) {
      if (!tied.empty() && score(index) < score(tied[0])) tied.clear();
      if (tied.empty() || score(index) == score(tied[0])) tied.push_back(index);
    }
    return tied.empty() ? none : ties_.choose(tied, random);
  }
  void started(std::size_t index) override { ties_.started(index, backends[index].weight); }
  void changed(std::size_t index) override {
    if (backends[index].can_be_picked()) ties_.entered(index, backends[index].weight);
  }

 private:
  double score(std::size_t index) const {
    return (static_cast<double>(backends[index].outstanding) + ahead_) / backends[index].weight;
  }
  double ahead_;
  ReferenceTies ties_;
};

TEST(WeightedLeastConnections, EqualsThePlainAlgorithm) {
  const ComparisonOptions options{.weights_known = {0, 1, 1, 2, 3, 0.5, 2.5}, .steps = 3000};
  for (const auto& [rule, ahead] : {std::pair{"ratio", 0.0}, {"expected_delay", 1.0}}) {
    for (const std::string ties : {"weighted", "first", "round_robin", "random"}) {
      expect_same_picks<PlainWeightedLeastConnections>(
          std::string("weighted_least_connections(rule=") + rule + ", ties=" + ties + ")", options,
          ahead, ties);
    }
  }
}

}  // namespace
}  // namespace faultline::models::balancing_test
