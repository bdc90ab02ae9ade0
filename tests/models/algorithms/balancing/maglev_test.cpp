#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(MaglevPolicy, FollowsThePlacement) { expect_policy_follows("maglev", "maglev"); }

}  // namespace
}  // namespace faultline::models::balancing_test
