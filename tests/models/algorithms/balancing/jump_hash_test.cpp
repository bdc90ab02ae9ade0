#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(JumpHash, FollowsThePlacement) { expect_policy_follows("jump_hash", "jump"); }

}  // namespace
}  // namespace faultline::models::balancing_test
