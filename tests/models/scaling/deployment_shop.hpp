/// A shop with a deployment, for the tests of deployments and rollouts.
#pragma once

#include <fmt/format.h>

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline::tests {

/// 100/s before a group of 10 of which 4 serve; a new version from 60 s on.
inline std::string shop(const std::string& deployment, const std::string& duration = "300s") {
  return fmt::format(
      R"json({{"faultline": 1, "nodes": {{
    "users": {{"type": "clients", "arrivals": "poisson(100/s)", "target": "balancer"}},
    "balancer": {{"type": "l7_balancer", "policy": "round_robin", "backends": ["app"]}},
    "app": {{"type": "app_server", "replicas": 10, "workers": 4, "endpoints": {{"default": ["cpu(10ms)"]}}}},
    "deploy": {{"type": "deployment", "group": "app", "replicas_desired": 4, "at": "60s", {0}}}}},
    "network": {{"default_latency": "0s"}}, "run": {{"duration": "{1}", "seed": 1}}}})json",
      deployment, duration);
}

inline const sim::NodeResult& deployment_of(const sim::Result& result) {
  return result.groups.at("deploy");
}

}  // namespace faultline::tests
