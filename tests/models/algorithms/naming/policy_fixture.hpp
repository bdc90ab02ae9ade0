/// A name server's policy under test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/naming/dns_policy.hpp"
#include "models/random_adapter.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

class PolicyUnderTest {
 public:
  explicit PolicyUnderTest(const std::string& name)
      : random_(sim::Stream(1, 0, "dns", "policy")),
        policy_(sim::Choice<DnsPolicy>(name).make({random_})) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) {
    return policy_->pick(candidates);
  }

 private:
  StreamSource random_;
  std::unique_ptr<DnsPolicy> policy_;
};

}  // namespace faultline::models
