#include "models/algorithms/hashing/jump.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

TEST(Jump, KnownAnswers) {
  EXPECT_EQ(jump_bucket(1, 1), 0u);
  EXPECT_EQ(jump_bucket(42, 57), 43u);
  EXPECT_EQ(jump_bucket(0xDEAD10CC, 1), 0u);
  EXPECT_EQ(jump_bucket(0xDEAD10CC, 666), 361u);
  EXPECT_EQ(jump_bucket(256, 1024), 520u);
}

/// From n to n + 1 buckets a key stays or goes to the new one, which gets 1/(n + 1).
TEST(Jump, ABucketMoreTakesItsShareAndMovesNothingElse) {
  constexpr std::size_t sample = 20'000;
  for (std::size_t buckets = 1; buckets < 40; ++buckets) {
    std::size_t moved = 0;
    for (std::uint64_t key = 0; key < sample; ++key) {
      const std::size_t before = jump_bucket(hash_of_word(key), buckets);
      const std::size_t after = jump_bucket(hash_of_word(key), buckets + 1);
      if (before == after) continue;
      ASSERT_EQ(after, buckets);
      ++moved;
    }
    const double p = 1.0 / static_cast<double>(buckets + 1);
    EXPECT_NEAR(static_cast<double>(moved), sample * p, five_sigma(sample, p)) << buckets;
  }
}

/// Ten nodes are numbered 0 .. 9. Without the first, each of the others has the number one lower:
/// of the keys that stay in their bucket, all change their node.
TEST(Jump, TheFirstNodeLeavesAndEverythingMoves) {
  const auto keys = keys_up_to(20'000);
  Jump jump({}, {equal_nodes(10)});
  EXPECT_EQ(movement_of_leaving(jump, 9, keys).needless, 0u);
  EXPECT_GT(movement_of_leaving(jump, 0, keys).share_moved(), 0.9);
  EXPECT_DEATH(jump_bucket(1, 0), "buckets > 0");
}

}  // namespace
}  // namespace faultline::models::hashing_test
