#include "models/algorithms/sharding/imbalance.hpp"

#include <gtest/gtest.h>

#include "models/algorithms/hashing/ring.hpp"

namespace faultline::models {
namespace {

TEST(Imbalance, OfSmallNumbersByHand) {
  // Mean 2, highest 4, variance (1 + 1 + 0 + 4 .. ) of 1, 1, 2, 4: (1 + 1 + 0 + 4) / 4 = 1.5.
  const Imbalance found = imbalance_of({1, 1, 2, 4});
  EXPECT_DOUBLE_EQ(found.max_over_mean, 2);
  EXPECT_DOUBLE_EQ(found.coefficient_of_variation, std::sqrt(1.5) / 2);
  EXPECT_EQ(imbalance_of({}).max_over_mean, 1);
  EXPECT_EQ(imbalance_of({0, 0}).coefficient_of_variation, 0);
  EXPECT_EQ(imbalance_of({5, 5}).max_over_mean, 1);
}

/// The course's ring, MD5 and 150 points: the coefficient of variation of a node's share of the
/// keys is sqrt((n - 1) / (n v + 1)), and of k keys counted the sampling adds (n - 1) / k to its
/// square. Over 40 rings of 8 shards its square is within 15 % of that (320 shares: 8 % is one
/// deviation).
TEST(Imbalance, OfTheCoursesRingIsWhatTheFormulaSays) {
  constexpr std::size_t shards = 8;
  constexpr std::size_t keys = 4000;
  double squares = 0;
  constexpr int rings = 40;
  for (int number = 0; number < rings; ++number) {
    std::vector<PlacementNode> nodes;
    for (std::size_t shard = 0; shard < shards; ++shard) {
      nodes.push_back({"db" + std::to_string(number) + "[" + std::to_string(shard) + "]"});
    }
    Ring ring({.points = 150, .hash = "md5"}, {nodes});
    std::vector<std::uint64_t> loads(shards);
    for (std::uint64_t key = 0; key < keys; ++key) ++loads[ring.place(key)];
    const double cv = imbalance_of(loads).coefficient_of_variation;
    squares += cv * cv;
  }
  constexpr double n = shards;
  const double expected = (n - 1) / (n * 150 + 1) + (n - 1) / keys;
  EXPECT_NEAR(squares / rings / expected, 1, 0.3);
}

}  // namespace
}  // namespace faultline::models
