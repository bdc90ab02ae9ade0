#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(KetamaPolicy, FollowsThePlacement) { expect_policy_follows("ketama", "ketama"); }

}  // namespace
}  // namespace faultline::models::balancing_test
