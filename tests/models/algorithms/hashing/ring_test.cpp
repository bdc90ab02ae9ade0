#include "models/algorithms/hashing/ring.hpp"

#include <algorithm>

#include "models/algorithms/hashing/md5.hpp"
#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

/// A lookup as its definition reads.
class PlainRing {
 public:
  PlainRing(const std::vector<PlacementNode>& nodes, std::uint64_t points) {
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      for (std::uint64_t number = 0; number < points; ++number) {
        points_.push_back({hash_of_pair(hash_of_text(nodes[node].name), number), node});
      }
    }
    std::sort(points_.begin(), points_.end());
  }
  std::size_t place(std::uint64_t key, const std::vector<bool>& present) const {
    const std::uint64_t at = hash_of_word(key);
    for (const auto& [place, node] : points_) {
      if (place >= at && present[node]) return node;
    }
    for (const auto& [place, node] : points_) {
      if (present[node]) return node;
    }
    return KeyPlacement::none;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::size_t>> points_;
};

TEST(Ring, FindsWhatAWalkRoundTheCircleFinds) {
  const auto nodes = equal_nodes(12);
  Ring ring({.points = 20}, {nodes});
  const PlainRing plain(nodes, 20);
  std::vector<bool> present(12, true);
  for (std::uint64_t key = 0; key < 5000; ++key) {
    const std::size_t some = hash_of_pair(1, key) % 12;
    present[some] = hash_of_pair(2, key) % 3 == 0;
    ring.set_present(some, present[some]);
    ASSERT_EQ(ring.place(key), plain.place(key, present)) << key;
  }
}

/// The shares of n nodes with v points each follow a Dirichlet distribution: coefficient of
/// variation sqrt((n - 1) / (n v + 1)). Squared deviations of n nodes over 400 rings; a mean of
/// 400 n of them is within 5 % of its expectation five times out of six and more; 10 % is far out.
TEST(Ring, SharesVaryAsTheNumberOfPointsTells) {
  for (const auto& [nodes, points] :
       std::vector<std::pair<std::size_t, std::int64_t>>{{10, 1}, {10, 20}, {10, 150}, {50, 40}}) {
    double squares = 0;
    constexpr int rings = 400;
    for (int number = 0; number < rings; ++number) {
      std::vector<PlacementNode> named;
      for (std::size_t node = 0; node < nodes; ++node) {
        named.push_back({std::to_string(number) + "/" + std::to_string(node), 1});
      }
      Ring ring({.points = points}, {named});
      for (const double share : ring_shares(ring.arcs(), nodes)) {
        const double deviation = share * static_cast<double>(nodes) - 1;
        squares += deviation * deviation;
      }
    }
    const auto n = static_cast<double>(nodes);
    const double found = std::sqrt(squares / (rings * n));
    const double expected = std::sqrt((n - 1) / (n * static_cast<double>(points) + 1));
    EXPECT_NEAR(found / expected, 1, 0.05) << nodes << " nodes, " << points << " points";
  }
}

TEST(Ring, SharesAddUpAndAreWhatKeysFind) {
  constexpr std::size_t sample = 100'000;
  Ring ring({.points = 30}, {nodes_of({1, 2, 3, 0})});
  const auto shares = ring_shares(ring.arcs(), 4);
  EXPECT_NEAR(shares[0] + shares[1] + shares[2], 1, 1e-12);
  EXPECT_EQ(shares[3], 0);
  const auto counts = counts_of(placements_of(ring, keys_up_to(sample)), 4);
  for (std::size_t node = 0; node < 4; ++node) {
    EXPECT_NEAR(counts[node], shares[node] * sample, five_sigma(sample, shares[node])) << node;
  }
}

/// Exactly: what moves when a node leaves is its share, and when it joins again the same.
TEST(Ring, MovesExactlyTheShareOfTheNodeThatLeaves) {
  Ring ring({}, {equal_nodes(10)});
  for (std::size_t node = 0; node < 10; ++node) {
    const auto before = ring.arcs();
    ring.set_present(node, false);
    const auto after = ring.arcs();
    ring.set_present(node, true);
    EXPECT_NEAR(ring_share_moved(before, after), ring_shares(before, 10)[node], 1e-12);
    EXPECT_DOUBLE_EQ(ring_share_moved(before, after), ring_share_moved(after, before));
    EXPECT_EQ(ring_share_moved(before, before), 0);
  }
}

/// The keys of a node that leaves go to all others: with 150 points to none of nine more than twice
/// its ninth (an arc more or less each, 150 arcs in all).
TEST(Ring, WhatLeavesIsSpreadOverAllOthers) {
  Ring ring({}, {equal_nodes(10)});
  const auto before = ring_shares(ring.arcs(), 10);
  ring.set_present(3, false);
  const auto after = ring_shares(ring.arcs(), 10);
  for (std::size_t node = 0; node < 10; ++node) {
    if (node == 3) continue;
    EXPECT_GT(after[node] - before[node], 0) << node;
    EXPECT_LT(after[node] - before[node], 2 * before[3] / 9) << node;
  }
}

/// A change of a weight moves keys from or to that node only.
TEST(Ring, AWeightMovesOnlyItsNodesKeys) {
  const auto keys = keys_up_to(20'000);
  Ring ring({}, {equal_nodes(5)});
  const auto before = placements_of(ring, keys);
  ring.set_weight(2, 1.5);
  const auto more = placements_of(ring, keys);
  EXPECT_EQ(movement(before, more, 2).needless, 0u);
  EXPECT_GT(movement(before, more, 2).moved, 0u);
}

TEST(Ring, TheOrderOfTheNodesDoesNotMatter) {
  Ring one({}, {{{"a"}, {"b"}, {"c"}}});
  Ring other({}, {{{"c"}, {"a"}, {"b"}}});
  for (std::uint64_t key = 0; key < 1000; ++key) {
    ASSERT_EQ(one.name(one.place(key)), other.name(other.place(key)));
  }
}

/// Point I of a node is the MD5 of "NAME:I", a key that of its digits; here by hand for two nodes
/// with one point each.
TEST(Ring, TheMd5RingOfLectures) {
  Ring ring({.points = 1, .hash = "md5"}, {{{"a"}, {"b"}}});
  const std::uint64_t a = leading_word(md5("a:0"));
  const std::uint64_t b = leading_word(md5("b:0"));
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const std::uint64_t at = leading_word(md5(std::to_string(key)));
    const bool between = std::min(a, b) < at && at <= std::max(a, b);
    const std::size_t lower = a < b ? 0 : 1;
    ASSERT_EQ(ring.place(key), between ? 1 - lower : lower) << key;
  }
  Ring lectures({.points = 150, .hash = "md5"}, {equal_nodes(3)});
  EXPECT_EQ(lectures.points().size(), 450u);
  // Its shares vary like any other's: sqrt(2 / 451) = 6.7 % of a third, and three times that.
  for (const double share : ring_shares(lectures.arcs(), 3)) EXPECT_NEAR(share, 1.0 / 3, 0.067);
}

TEST(Ring, AHugeWeightDoesNotFillTheMemory) {
  Ring ring({}, {nodes_of({1e6, 1})});
  EXPECT_EQ(ring.points().size(), 100'150u);
}

TEST(RingPoints, OneNodeHasTheWholeCircle) {
  RingPoints points;
  points.build({{5, 0}}, 1);
  EXPECT_EQ(points.first_from(5), 0u);
  EXPECT_EQ(points.first_from(6), 0u);
  EXPECT_EQ(points.next(0), 0u);
  EXPECT_EQ(ring_shares(points.arcs(), 1), std::vector<double>{1});
  points.set_present(0, false);
  EXPECT_EQ(points.first_from(5), RingPoints::none);
  EXPECT_TRUE(points.arcs().empty());
}

/// Quarters of the circle to 0, 1, 0, 1 against halves to 0 and 1: half of it moves.
TEST(RingPoints, TheShareMovedIsThatOfThePiecesThatDiffer) {
  constexpr std::uint64_t quarter = std::uint64_t{1} << 62;
  const std::vector<RingArc> quarters = {
      {quarter - 1, 0}, {2 * quarter - 1, 1}, {3 * quarter - 1, 0}, {~std::uint64_t{0}, 1}};
  const std::vector<RingArc> halves = {{2 * quarter - 1, 0}, {~std::uint64_t{0}, 1}};
  EXPECT_DOUBLE_EQ(ring_share_moved(quarters, halves), 0.5);
  EXPECT_DOUBLE_EQ(ring_share_moved(halves, {{7, 0}}), 0.5);
}

}  // namespace
}  // namespace faultline::models::hashing_test
