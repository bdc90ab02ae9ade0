#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(RingHash, FollowsThePlacement) { expect_policy_follows("ring_hash", "ring"); }

TEST(RingHash, TakesThePlacementsParameters) {
  SplitMixSource random(1);
  const auto policy = sim::Choice<BalancingPolicy>("ring_hash(points=150, hash=md5)")
                          .make({.weights = {1, 1, 1}, .random = random, .names = {"a", "b", "c"}});
  const auto ring = sim::Choice<KeyPlacement>("ring(150, md5)").make({{{"a"}, {"b"}, {"c"}}});
  for (std::uint64_t key = 0; key < 100; ++key) {
    EXPECT_EQ(policy->pick({.key = key}), ring->place(key));
  }
}

/// Two balancers that know the same backends in another order send a key to the same one.
TEST(RingHash, BalancersAgreeByTheNamesOfTheBackends) {
  SplitMixSource random(1);
  const std::vector<std::string> one_names = {"a", "b", "c"};
  const std::vector<std::string> other_names = {"c", "b", "a"};
  const auto make = [&](const std::vector<std::string>& names) {
    return sim::Choice<BalancingPolicy>("ring_hash")
        .make({.weights = {1, 1, 1}, .random = random, .names = names});
  };
  const auto one = make(one_names);
  const auto other = make(other_names);
  for (std::uint64_t key = 0; key < 200; ++key) {
    EXPECT_EQ(one_names[one->pick({.key = key})], other_names[other->pick({.key = key})]);
  }
}

}  // namespace
}  // namespace faultline::models::balancing_test
