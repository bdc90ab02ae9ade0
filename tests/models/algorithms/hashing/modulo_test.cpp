#include "models/algorithms/hashing/modulo.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

TEST(Modulo, IsTheRestOfTheHash) {
  Modulo modulo({}, {equal_nodes(7)});
  for (std::uint64_t key = 0; key < 1000; ++key) {
    ASSERT_EQ(modulo.place(key), hash_of_word(key) % 7);
  }
}

/// n nodes become n - 1: a key stays if its hash has the same rest by both. For n = 4 that are 3 of
/// the 12 pairs of rests, so 3/4 move: (n - 1)/n. The rests run over the nodes that are left.
TEST(Modulo, MovesAllButOneInN) {
  const auto keys = keys_up_to(200'000);
  for (const std::size_t nodes : {2u, 4u, 10u, 50u}) {
    Modulo modulo({}, {equal_nodes(nodes)});
    const double expected = static_cast<double>(nodes - 1) / static_cast<double>(nodes);
    const Movement last = movement_of_leaving(modulo, nodes - 1, keys);
    // With two nodes half of the keys must go, and nothing else can move.
    const double moved = nodes == 2 ? 0.5 : expected;
    EXPECT_NEAR(last.share_moved(), moved, five_sigma(keys.size(), moved) / 200'000.0) << nodes;
  }
}

/// Weights 1, 2 and 5 are 1, 2 and 5 slots of 8; 2.4 counts as 2.
TEST(Modulo, WeightsAreSlots) {
  Modulo modulo({}, {nodes_of({1, 2.4, 5})});
  constexpr std::size_t sample = 80'000;
  const auto counts = counts_of(placements_of(modulo, keys_up_to(sample)), 3);
  EXPECT_NEAR(counts[0], 10'000, five_sigma(sample, 1.0 / 8));
  EXPECT_NEAR(counts[1], 20'000, five_sigma(sample, 2.0 / 8));
  EXPECT_NEAR(counts[2], 50'000, five_sigma(sample, 5.0 / 8));
}

}  // namespace
}  // namespace faultline::models::hashing_test
