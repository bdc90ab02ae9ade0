/// What the tests of the policies over key placements share.
#pragma once

#include "models/algorithms/hashing/key_placement.hpp"
#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {

inline const std::vector<std::string> ten_names = {"a", "b", "c", "d", "e",
                                                   "f", "g", "h", "i", "j"};

/// `policy` sends each request where `placement` says its key lives, or its caller with by=source;
/// while a backend is away, where it lives without it.
inline void expect_policy_follows(const std::string& policy, const std::string& placement) {
  for (const bool by_source : {false, true}) {
    SplitMixSource random(1);
    const std::string text = by_source ? policy + "(by=source)" : policy;
    const auto balancer = sim::Choice<BalancingPolicy>(text).make(
        {.weights = std::vector<double>(10, 1), .random = random, .names = ten_names});
    std::vector<PlacementNode> nodes;
    for (const std::string& name : ten_names) nodes.push_back({name, 1});
    const auto places = sim::Choice<KeyPlacement>(placement).make({nodes});
    for (std::uint64_t request = 0; request < 2000; ++request) {
      if (request % 100 == 0) {
        const std::size_t some = request / 100 % 10;
        balancer->set_available(some, request >= 1000);
        places->set_present(some, request >= 1000);
      }
      const std::uint64_t other = request * 7919;
      const std::uint64_t decides = by_source ? other : request;
      ASSERT_EQ(balancer->pick({.key = request, .source_address = other}), places->place(decides))
          << text << ", request " << request;
    }
  }
}

}  // namespace faultline::models::balancing_test
