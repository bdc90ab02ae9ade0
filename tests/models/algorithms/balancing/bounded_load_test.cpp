#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(BoundedLoadPolicy, FollowsThePlacement) {
  expect_policy_follows("bounded_load", "bounded_load");
}

/// One hot key, nobody answers. With 20 requests outstanding no backend of four has more than
/// ceil(1.25 * 20 / 4) = 7 of them (6.25, and the last was let in at ceil(1.25 * 5) = 7), where the
/// plain ring gives one backend all 20.
TEST(BoundedLoadPolicy, AHotKeySpillsOver) {
  Balancer bounded("bounded_load", {1, 1, 1, 1});
  Balancer plain("ring_hash", {1, 1, 1, 1});
  for (int request = 0; request < 20; ++request) {
    bounded.send(7);
    plain.send(7);
  }
  std::size_t most = 0;
  std::size_t most_plain = 0;
  for (std::size_t index = 0; index < 4; ++index) {
    most = std::max(most, bounded->outstanding(index));
    most_plain = std::max(most_plain, plain->outstanding(index));
  }
  EXPECT_LE(most, 7u);
  EXPECT_EQ(most_plain, 20u);
}

/// When its requests have ended, the key is at home again.
TEST(BoundedLoadPolicy, ComesHomeWhenTheLoadIsGone) {
  Balancer balancer("bounded_load", {1, 1, 1, 1});
  const std::size_t home = balancer.send(7);
  const std::size_t second = balancer.send(7);
  EXPECT_NE(second, home);
  balancer.finish(home);
  EXPECT_EQ(balancer.pick(7), home);
}

}  // namespace
}  // namespace faultline::models::balancing_test
