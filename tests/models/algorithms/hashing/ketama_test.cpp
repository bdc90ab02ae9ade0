#include "models/algorithms/hashing/ketama.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

/// libketama's own test: two servers of 600 and 400. 48 and 32 digests of four points are 320.
TEST(Ketama, KnownAnswers) {
  Ketama ketama({}, {{{"127.0.0.1:11211", 600}, {"127.0.0.1:11212", 400}}});
  EXPECT_EQ(Ketama::place_of("test"), 3446378249u);
  EXPECT_EQ(ketama.owner_of("test").point, 3454255383u);
  EXPECT_EQ(ketama.owner_of("test").node, 0u);
  EXPECT_EQ(ketama.points(), 320u);
}

TEST(Ketama, APointLiesOnAKeyOfTheSamePlace) {
  Ketama ketama({}, {equal_nodes(3)});
  EXPECT_EQ(ketama.points(), 480u);
  for (std::uint64_t key = 0; key < 200; ++key) {
    const Ketama::Owner owner = ketama.owner_of(std::to_string(key));
    EXPECT_EQ(ketama.place(key), owner.node);
    EXPECT_GE(owner.point, Ketama::place_of(std::to_string(key)) * std::uint32_t{owner.point != 0});
  }
}

TEST(Ketama, SharesFollowTheWeights) {
  // 0.6 with 192 of 320 points: sqrt(0.6 * 0.4 / 321) = 2.7 %; three of them.
  Ketama ketama({}, {{{"127.0.0.1:11211", 600}, {"127.0.0.1:11212", 400}}});
  EXPECT_NEAR(ring_shares(ketama.arcs(), 2)[0], 0.6, 0.082);
}

TEST(Ketama, AServerThatIsAwayHandsItsKeysOn) {
  Ketama ketama({}, {equal_nodes(4)});
  const auto keys = keys_up_to(20'000);
  const Movement moved = movement_of_leaving(ketama, 1, keys);
  EXPECT_EQ(moved.needless, 0u);
  EXPECT_NEAR(moved.share_moved(), ring_shares(ketama.arcs(), 4)[1], 0.015);
}

}  // namespace
}  // namespace faultline::models::hashing_test
