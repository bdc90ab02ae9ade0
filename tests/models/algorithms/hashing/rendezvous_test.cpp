#include "models/algorithms/hashing/rendezvous.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

TEST(Rendezvous, SharesAreExactlyTheWeights) {
  constexpr std::size_t sample = 100'000;
  Rendezvous rendezvous({}, {nodes_of({1, 2, 5, 0.5})});
  const auto counts = counts_of(placements_of(rendezvous, keys_up_to(sample)), 4);
  const std::vector<double> weights = {1, 2, 5, 0.5};
  for (std::size_t node = 0; node < 4; ++node) {
    const double share = weights[node] / 8.5;
    EXPECT_NEAR(counts[node], sample * share, five_sigma(sample, share)) << node;
  }
}

/// Equal weights need no logarithms; weights of 2 each mean the same, and one that differs by
/// nothing worth speaking of takes the other way to the same nodes.
TEST(Rendezvous, TheShortWayAndTheLongWayAgree) {
  Rendezvous equal({}, {equal_nodes(6)});
  Rendezvous twos({}, {nodes_of({2, 2, 2, 2, 2, 2})});
  Rendezvous nearly({}, {nodes_of({1, 1, 1, 1, 1, 1 + 1e-13})});
  for (std::uint64_t key = 0; key < 20'000; ++key) {
    ASSERT_EQ(equal.place(key), twos.place(key));
    ASSERT_EQ(equal.place(key), nearly.place(key));
  }
}

/// A heavier node takes keys from all others, in proportion, and moves none between them.
TEST(Rendezvous, AWeightMovesOnlyItsNodesKeys) {
  constexpr std::size_t sample = 100'000;
  const auto keys = keys_up_to(sample);
  Rendezvous rendezvous({}, {equal_nodes(4)});
  const auto before = placements_of(rendezvous, keys);
  rendezvous.set_weight(0, 2);  // From 1/4 to 2/5.
  const Movement moved = movement(before, placements_of(rendezvous, keys), 0);
  EXPECT_EQ(moved.needless, 0u);
  EXPECT_NEAR(moved.share_moved(), 0.15, five_sigma(sample, 0.15) / sample);
}

}  // namespace
}  // namespace faultline::models::hashing_test
