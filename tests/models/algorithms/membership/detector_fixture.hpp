/// A failure detector from its text, for tests.
#pragma once

#include <memory>
#include <string>

#include "models/algorithms/membership/failure_detector.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::membership_test {

using namespace std::chrono_literals;

inline std::unique_ptr<FailureDetector> make(const std::string& text, sim::Duration now = 0s,
                                             sim::Duration interval = 1s) {
  return sim::Choice<FailureDetector>(text).make({.now = now, .interval = interval});
}

}  // namespace faultline::models::membership_test
