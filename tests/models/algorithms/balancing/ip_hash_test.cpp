#include <cmath>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(IpHash, ACallerKeepsItsBackend) {
  Balancer balancer("ip_hash", {1, 1, 1, 1, 1});
  for (std::uint64_t caller = 0; caller < 100; ++caller) {
    const std::size_t index = balancer.send(caller);
    balancer.send(caller + 1);
    EXPECT_EQ(balancer.pick(caller), index) << caller;
  }
}

TEST(IpHash, OnlyTheCallersOfABackendThatIsAwayMoveAndTheyComeBack) {
  Balancer balancer("ip_hash", {1, 2, 3, 4});
  std::vector<std::size_t> before;
  for (std::uint64_t caller = 0; caller < 1000; ++caller) before.push_back(balancer.pick(caller));
  balancer->set_available(2, false);
  std::vector<int> moved(4);
  for (std::uint64_t caller = 0; caller < 1000; ++caller) {
    const std::size_t index = balancer.pick(caller);
    if (before[caller] == 2) {
      ++moved[index];
    } else {
      EXPECT_EQ(index, before[caller]) << caller;
    }
  }
  EXPECT_EQ(moved[2], 0);
  for (const std::size_t index : {0u, 1u, 3u}) EXPECT_GT(moved[index], 10) << index;  // Spread out.
  balancer->set_available(2, true);
  for (std::uint64_t caller = 0; caller < 1000; ++caller) {
    EXPECT_EQ(balancer.pick(caller), before[caller]) << caller;
  }
}

TEST(IpHash, CallersAreSpreadByWeight) {
  Balancer balancer("ip_hash", {1, 2, 5});
  std::vector<int> counts(3);
  constexpr int callers = 80'000;
  for (std::uint64_t caller = 0; caller < callers; ++caller) ++counts[balancer.pick(caller)];
  for (const auto& [index, share] : {std::pair{0, 0.125}, {1, 0.25}, {2, 0.625}}) {
    EXPECT_NEAR(counts[static_cast<std::size_t>(index)], callers * share,
                5 * std::sqrt(callers * share * (1 - share)));
  }
}

TEST(IpHash, OneNetworkSharesABackendIfItsBitsAreIgnored) {
  Balancer balancer("ip_hash(ignored_bits=8)", std::vector<double>(50, 1));
  const std::uint64_t network = 0x0a010200;
  const std::size_t index = balancer.pick(network);
  for (std::uint64_t host = 0; host < 256; ++host) EXPECT_EQ(balancer.pick(network + host), index);
  std::size_t elsewhere = 0;
  for (std::uint64_t other = 1; other <= 20; ++other) {
    elsewhere += balancer.pick(network + other * 256) != index;
  }
  EXPECT_GE(elsewhere, 15u);
}

TEST(IpHash, FindsTheLastBackendLeftAmongThousands) {
  Balancer balancer("ip_hash", std::vector<double>(8000, 1));
  for (std::size_t index = 0; index < 8000; ++index) balancer->set_available(index, index == 4711);
  for (std::uint64_t caller = 0; caller < 100; ++caller) EXPECT_EQ(balancer.pick(caller), 4711u);
}

/// The finaliser of SplitMixSource on the state one step on is what SplitMixSource returns from a
/// given state.
class PlainIpHash : public ReferencePolicy {
 public:
  using ReferencePolicy::ReferencePolicy;
  std::size_t pick(const BalancingRequest& request) override {
    if (eligible().empty()) return none;
    double total = 0;
    for (const auto& backend : backends) total += backend.weight;
    std::uint64_t hash = request.source_address;
    std::size_t index = 0;
    for (int attempt = 0; attempt < 20; ++attempt) {
      hash = SplitMixSource(hash).next();
      double point = std::ldexp(static_cast<double>(hash >> 11), -53) * total;
      for (index = 0; point >= backends[index].weight; ++index) point -= backends[index].weight;
      if (backends[index].can_be_picked()) return index;
    }
    return next_cyclic(eligible(), index);
  }
};

TEST(IpHash, EqualsThePlainAlgorithm) { expect_same_picks<PlainIpHash>("ip_hash", {}); }

}  // namespace
}  // namespace faultline::models::balancing_test
