#include "models/algorithms/hashing/bounded_load.hpp"

#include <algorithm>

#include "models/algorithms/random_source.hpp"
#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

/// Factor 1.25, four nodes: with m held the bound is ceil(1.25 (m + 1) / 4) = 1, 1, 1, 2, 2. So the
/// same key goes to three different nodes, and the fourth time home again.
TEST(BoundedLoad, TheSameKeyGoesOnWhenItsNodeIsFull) {
  BoundedLoad bounded({}, {equal_nodes(4)});
  std::vector<std::size_t> places;
  for (int copy = 0; copy < 4; ++copy) {
    places.push_back(bounded.place(7));
    bounded.took(places.back());
  }
  EXPECT_EQ(places[3], places[0]);
  EXPECT_NE(places[1], places[0]);
  EXPECT_NE(places[2], places[0]);
  EXPECT_NE(places[2], places[1]);
  EXPECT_EQ(bounded.bound(0), 2u);  // ceil(1.25 * 5 / 4)
}

TEST(BoundedLoad, IsThePlainRingWhileNothingIsHeld) {
  BoundedLoad bounded({}, {equal_nodes(9)});
  Ring ring({}, {equal_nodes(9)});
  for (std::uint64_t key = 0; key < 1000; ++key) ASSERT_EQ(bounded.place(key), ring.place(key));
}

/// No node ever takes a key above its bound, whatever comes and goes and whoever is away.
TEST(BoundedLoad, TheBoundHoldsThroughAnySequence) {
  for (const double factor : {1.0, 1.1, 1.25, 2.0}) {
    SplitMixSource chance(static_cast<std::uint64_t>(factor * 100));
    BoundedLoad bounded({.factor = factor, .ring = {.points = 40}}, {nodes_of({1, 1, 1, 2, 3, 5})});
    std::vector<std::size_t> held;
    for (int step = 0; step < 20'000; ++step) {
      const std::uint64_t die = chance.below(100);
      if (die == 0) {
        bounded.set_present(1 + chance.below(5), chance.below(2) == 0);
      } else if (die < 40 && !held.empty()) {
        std::swap(held[chance.below(held.size())], held.back());
        bounded.gave(held.back());
        held.pop_back();
      } else {
        const std::size_t node = bounded.place(chance.below(50));
        ASSERT_TRUE(bounded.takes_keys(node));
        ASSERT_LT(bounded.load(node), bounded.bound(node)) << "factor " << factor;
        bounded.took(node);
        held.push_back(node);
      }
    }
  }
}

/// 10 nodes and 10,000 keys held: no more than 1250 on any, where the plain ring gives some node
/// 10 % to 20 % above its thousand; a factor of 10 is the plain ring.
TEST(BoundedLoad, TheFullestNodeHoldsFactorTimesItsShare) {
  const auto keys = keys_up_to(10'000);
  const auto fullest = [&](double factor) {
    BoundedLoad bounded({.factor = factor, .ring = {.points = 10}}, {equal_nodes(10)});
    const auto counts = counts_of(placements_of(bounded, keys), 10);
    return *std::max_element(counts.begin(), counts.end());
  };
  EXPECT_LE(fullest(1.0), 1000);
  EXPECT_LE(fullest(1.25), 1250);
  Ring ring({.points = 10}, {equal_nodes(10)});
  const auto plain = counts_of(placements_of(ring, keys), 10);
  EXPECT_EQ(fullest(10), *std::max_element(plain.begin(), plain.end()));
  EXPECT_GT(fullest(10), 1250);
}

/// The paper: a node that joins or leaves moves O(1 / (factor - 1)^2) keys for each of its own. Ten
/// nodes: a tenth must go, with factor 2 little more does, with 1.1 some more.
TEST(BoundedLoad, ATighterBoundMovesMore) {
  const auto keys = keys_up_to(20'000);
  const auto moved = [&](double factor) {
    BoundedLoad bounded({.factor = factor}, {equal_nodes(10)});
    return movement_of_leaving(bounded, 4, keys).share_moved();
  };
  Ring ring({}, {equal_nodes(10)});
  const double plain = movement_of_leaving(ring, 4, keys).share_moved();
  EXPECT_DOUBLE_EQ(moved(10), plain);
  EXPECT_GT(moved(1.1), plain);
  EXPECT_LT(moved(1.1), 5 * plain);
}

}  // namespace
}  // namespace faultline::models::hashing_test
