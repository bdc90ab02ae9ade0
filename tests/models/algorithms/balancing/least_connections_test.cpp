#include <limits>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(LeastConnections, PicksTheLeastLoaded) {
  Balancer balancer("least_connections", {1, 1, 1});
  balancer.start(0, 2);
  balancer.start(1, 1);
  balancer.start(2, 3);
  EXPECT_EQ(balancer.send(), 1u);  // 2 2 3
  balancer.finish(2);
  balancer.finish(2);              // 2 2 1
  EXPECT_EQ(balancer.send(), 2u);  // 2 2 2
}

TEST(LeastConnections, EqualsTakeTurnsByDefault) {
  Balancer balancer("least_connections", {1, 1, 1});
  EXPECT_EQ(balancer.letters(6), "abcabc");
}

TEST(LeastConnections, OrTheFirstOfThemIsTaken) {
  Balancer balancer("least_connections(ties=first)", {1, 1, 1});
  EXPECT_EQ(balancer.letters(3), "aaa");
  balancer.start(0);
  EXPECT_EQ(balancer.letters(3), "bbb");
}

TEST(LeastConnections, OrAnyOfThem) {
  Balancer balancer("least_connections(ties=random)", {1, 1, 1, 1});
  balancer.start(1);
  std::vector<int> counts(4);
  for (int pick = 0; pick < 30'000; ++pick) ++counts[balancer.pick()];
  EXPECT_EQ(counts[1], 0);
  // Standard deviation of a third of 30000: 81.6.
  for (const std::size_t index : {0u, 2u, 3u})
    EXPECT_NEAR(counts[index], 10'000, 5 * 81.6) << index;
}

TEST(LeastConnections, RequestsOfAnUnavailableBackendAreStillCounted) {
  Balancer balancer("least_connections(ties=first)", {1, 1});
  balancer.start(0, 3);
  balancer.start(1, 2);
  balancer->set_available(0, false);
  balancer.finish(0);
  balancer.finish(0);
  EXPECT_EQ(balancer.pick(), 1u);
  balancer->set_available(0, true);  // 1 against 2
  EXPECT_EQ(balancer.pick(), 0u);
}

class PlainLeastConnections : public ReferencePolicy {
 public:
  PlainLeastConnections(std::uint64_t seed, std::string ties)
      : ReferencePolicy(seed), ties_(std::move(ties)) {}
  std::size_t pick(const BalancingRequest&) override {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> tied;
    for (const std::size_t index : eligible()) {
      if (backends[index].outstanding < least) tied.clear();
      least = std::min(least, backends[index].outstanding);
      if (backends[index].outstanding == least) tied.push_back(index);
    }
    return tied.empty() ? none : ties_.choose(tied, random);
  }

  void started(std::size_t index) override { ties_.started(index, 1); }

 private:
  ReferenceTies ties_;
};

TEST(LeastConnections, EqualsThePlainAlgorithm) {
  for (const std::string ties : {"first", "round_robin", "random"}) {
    expect_same_picks<PlainLeastConnections>("least_connections(ties=" + ties + ")", {}, ties);
  }
}

}  // namespace
}  // namespace faultline::models::balancing_test
