#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(ModuloHash, FollowsThePlacement) { expect_policy_follows("modulo_hash", "modulo"); }

}  // namespace
}  // namespace faultline::models::balancing_test
