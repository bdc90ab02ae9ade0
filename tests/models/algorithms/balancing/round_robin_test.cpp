#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(RoundRobin, TakesTurnsInTheOrderOfTheIndex) {
  Balancer balancer("round_robin", {1, 1, 1});
  EXPECT_EQ(balancer.letters(7), "abcabca");
}

TEST(RoundRobin, IgnoresWeightsButForZero) {
  Balancer balancer("round_robin", {5, 0, 1});
  EXPECT_EQ(balancer.letters(4), "acac");
}

TEST(RoundRobin, StepsOverTheUnavailableAndBack) {
  Balancer balancer("round_robin", {1, 1, 1});
  EXPECT_EQ(balancer.letters(1), "a");
  balancer->set_available(1, false);
  EXPECT_EQ(balancer.letters(3), "cac");
  balancer->set_available(1, true);
  EXPECT_EQ(balancer.letters(3), "abc");
}

TEST(RoundRobin, ANewBackendIsLastInTheRound) {
  Balancer balancer("round_robin", {1, 1});
  EXPECT_EQ(balancer.letters(2), "ab");
  EXPECT_EQ(balancer->add_backend(1), 2u);
  EXPECT_EQ(balancer.letters(4), "cabc");
}

class PlainRoundRobin : public ReferencePolicy {
 public:
  using ReferencePolicy::ReferencePolicy;
  std::size_t pick(const BalancingRequest&) override {
    const auto list = eligible();
    if (list.empty()) return none;
    const std::size_t index = next_cyclic(list, cursor_);
    cursor_ = index + 1;
    return index;
  }

 private:
  std::size_t cursor_ = 0;
};

TEST(RoundRobin, EqualsThePlainAlgorithm) { expect_same_picks<PlainRoundRobin>("round_robin", {}); }

}  // namespace
}  // namespace faultline::models::balancing_test
