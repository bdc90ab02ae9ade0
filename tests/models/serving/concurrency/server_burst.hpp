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

/// A machine with these members.
inline std::string machine(const std::string& members) {
  return R"("machine": {)" + members + "}, ";
}

/// A machine with a heap of these members.
inline std::string heap(const std::string& members, const std::string& machine = "\"cores\": 1") {
  return R"("machine": {)" + machine + R"(, "context_switch": "0s", "heap": {)" + members + "}}, ";
}

/// A quantile of the collector's pauses, in milliseconds.
inline double pause_of(const sim::Result& result, double quantile) {
  return static_cast<double>(
             node_of(result, "app").histograms.at("collector_pause_seconds").quantile(quantile)) /
         1e6;
}

}  // namespace faultline::tests
