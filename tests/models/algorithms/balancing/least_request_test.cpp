#include <cmath>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

TEST(LeastRequest, EqualWeightsArePowerOfTwoChoices) {
  Balancer mine("least_request", {3, 3, 3, 3}, 5);
  Balancer other("power_of_choices", {1, 1, 1, 1}, 5);
  for (int request = 0; request < 200; ++request) EXPECT_EQ(mine.send(), other.send());
}

/// Nothing outstanding: deadlines 1/w apart, a .5 1 1.5 2, b 1 2. A tie goes to the deadline put in
/// first: at 1 that is b's (put in at the start), at 2 b's (put in when b was picked at 1, before
/// a's at 1.5).
TEST(LeastRequest, DifferentWeightsTakeTurns) {
  Balancer balancer("least_request", {2, 1});
  EXPECT_EQ(balancer.letters(6), "abaaba");
}

/// Validation of the rule weight / (active + 1)^bias: weights 2 and 1; with 3 outstanding at a and
/// none at b, bias 1 makes 2/4 and 1, so b has two thirds of the turns; bias 2 makes 2/16 and 1, so
/// b has 8 of 9; bias 0 a keeps two thirds.
TEST(LeastRequest, OutstandingRequestsLowerTheShareOfTurns) {
  for (const auto& [bias, share] :
       {std::pair{"1", 2.0 / 3}, {"2", 8.0 / 9}, {"0", 1.0 / 3}, {"0.5", 0.5}}) {
    Balancer balancer(std::string("least_request(bias=") + bias + ")", {2, 1});
    balancer.start(0, 3);
    int turns = 0;
    for (int pick = 0; pick < 9000; ++pick) turns += balancer.pick() == 1;
    EXPECT_NEAR(turns, 9000 * share, 2) << bias;
  }
}

TEST(LeastRequest, ReturnsToChoicesWhenTheOddWeightIsAway) {
  Balancer balancer("least_request", {1, 1, 9});
  balancer->set_available(2, false);
  balancer.start(0);
  EXPECT_EQ(balancer.letters(20),
            std::string(20, 'b'));  // Two choices of two: always the idle one.
}

class PlainLeastRequest : public ReferencePolicy {
 public:
  PlainLeastRequest(std::uint64_t seed, double bias) : ReferencePolicy(seed), bias_(bias) {}
  std::size_t pick(const BalancingRequest&) override {
    auto rest = eligible();
    const bool equal = std::all_of(rest.begin(), rest.end(), [&](std::size_t index) {
      return backends[index].weight == backends[rest[0]].weight;
    });
    std::size_t best = none;
    for (int draw = 0; equal && draw < 2 && !rest.empty(); ++draw) {
      const auto drawn = rest.begin() + static_cast<std::ptrdiff_t>(random.below(rest.size()));
      if (best == none || backends[*drawn].outstanding < backends[best].outstanding) best = *drawn;
      rest.erase(drawn);
    }
    if (equal) return best;
    best = rest[0];
    for (const std::size_t index : rest) {
      if (std::pair(due_[index], order_[index]) < std::pair(due_[best], order_[best])) best = index;
    }
    latest_ = due_[best];
    put_in(best);
    return best;
  }
  void changed(std::size_t index) override {
    due_.resize(backends.size());
    order_.resize(backends.size());
    if (backends[index].can_be_picked()) put_in(index);
  }

 private:
  void put_in(std::size_t index) {
    const auto requests = static_cast<double>(backends[index].outstanding + 1);
    due_[index] = latest_ + (bias_ == 1 ? requests : 1) / backends[index].weight;
    order_[index] = puts_++;
  }
  double bias_;
  std::vector<double> due_;
  std::vector<std::uint64_t> order_;
  double latest_ = 0;
  std::uint64_t puts_ = 0;
};

TEST(LeastRequest, EqualsThePlainAlgorithm) {
  expect_same_picks<PlainLeastRequest>("least_request", {}, 1.0);
  expect_same_picks<PlainLeastRequest>("least_request(bias=0)", {}, 0.0);
  expect_same_picks<PlainLeastRequest>("least_request", {.weights_known = {0, 1, 1, 1, 1}}, 1.0);
}

}  // namespace
}  // namespace faultline::models::balancing_test
