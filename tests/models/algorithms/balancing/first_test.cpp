#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(First, TheOthersStandBy) {
  Balancer balancer("first", {1, 1, 1});
  EXPECT_EQ(balancer.letters(3), "aaa");
  balancer->set_available(0, false);
  EXPECT_EQ(balancer.letters(2), "bb");
  balancer->set_weight(1, 0);
  EXPECT_EQ(balancer.letters(2), "cc");
  balancer->set_available(0, true);
  EXPECT_EQ(balancer.letters(2), "aa");
}

class PlainFirst : public ReferencePolicy {
 public:
  using ReferencePolicy::ReferencePolicy;
  std::size_t pick(const BalancingRequest&) override {
    const auto list = eligible();
    return list.empty() ? none : list.front();
  }
};

TEST(First, EqualsThePlainAlgorithm) { expect_same_picks<PlainFirst>("first", {}); }

}  // namespace
}  // namespace faultline::models::balancing_test
