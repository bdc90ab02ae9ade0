#include "tests/models/algorithms/balancing/hash_policy_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(RendezvousPolicy, FollowsThePlacement) { expect_policy_follows("rendezvous", "rendezvous"); }

}  // namespace
}  // namespace faultline::models::balancing_test
