/// Requests that all come at once to one server of a kind.
#pragma once

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline::tests {

/// `count` requests of classes c0, c1, .. at 1 s for an app server with these members.
inline sim::Result serve_burst(int count, const std::string& members,
                               const std::string& others = "") {
  return run_checked(
      scenario(burst(count, "app") +
                   fmt::format(R"("app": {{"type": "app_server", {}}}{})", members, others),
               "1990ms"));
}

/// The latency of request `i` in milliseconds.
inline double milliseconds_of(const sim::Result& result, int i) {
  return static_cast<double>(latency_of(result, fmt::format("c{}", i))) / 1e6;
}

inline std::string default_steps(const std::string& steps) {
  return R"("endpoints": {"default": [)" + steps + "]}";
}

}  // namespace faultline::tests
