/// What can be written about an L7 balancer: where requests go, how a backend is picked, and how it
/// is found out which of them are well. What is not written is not done.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/outlier_detector.hpp"
#include "models/algorithms/balancing/slow_start.hpp"
#include "models/resilience/caller_params.hpp"
#include "models/serving/admission.hpp"
#include "sim/network/node.hpp"
#include "sim/param/param.hpp"
#include "sim/random/distribution.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

/// Requests that go elsewhere than to the balancer's own backends.
struct L7RouteParams {
  std::vector<std::string> endpoints;
  std::optional<std::int64_t> keys_from;
  std::optional<std::int64_t> keys_below;
  std::optional<sim::Probability> share;
  std::vector<sim::NodeRef> backends;
  sim::Choice<BalancingPolicy> policy;

  static void describe(sim::ParamList<L7RouteParams>& list);
  static void check(const L7RouteParams& params, const sim::Path& path, sim::Problems& problems);
};

struct StickyParams {
  sim::Duration ttl = std::chrono::minutes(30);
  std::string by = "source";
  std::int64_t entries = 1'000'000;

  static void describe(sim::ParamList<StickyParams>& list);
};

struct HealthCheckParams {
  sim::Duration interval = std::chrono::seconds(5);
  sim::Duration timeout = std::chrono::seconds(1);
  std::int64_t unhealthy = 3;
  std::int64_t healthy = 2;
  std::optional<std::string> endpoint;

  static void describe(sim::ParamList<HealthCheckParams>& list);
};

struct ZoneAwareParams {
  sim::NodeRef callers;
  std::int64_t min_backends = 6;

  static void describe(sim::ParamList<ZoneAwareParams>& list);
};

/// How a pool of backends is used; the same for the balancer's own and those of its routes.
struct BackendPoolParams {
  std::map<std::string, double> weights;
  std::map<std::string, std::int64_t> priorities;
  std::int64_t max_fails = 1;
  sim::Duration fail_timeout = std::chrono::seconds(10);
  std::optional<std::int64_t> subset;
  std::optional<StickyParams> sticky;
  std::optional<SlowStartParams> slow_start;
  std::optional<HealthCheckParams> health_check;
  std::optional<OutlierParams> outlier;
  std::optional<sim::Probability> panic_threshold;
  double overprovisioning = 1.4;
  std::optional<ZoneAwareParams> zone_aware;

  static void describe(sim::ParamList<BackendPoolParams>& list);

  /// As Envoy has it where health is known better than by refusals; nginx has none.
  double panic() const {
    if (panic_threshold) return panic_threshold->value;
    return health_check || outlier ? 0.5 : 0;
  }
};

struct L7BalancerParams {
  std::vector<sim::NodeRef> backends;
  sim::Choice<BalancingPolicy> policy{"round_robin"};
  std::vector<L7RouteParams> routes;
  BackendPoolParams pool;
  sim::RandomDuration service_time{sim::Duration(0)};
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> queue_limit;
  std::int64_t tries = 0;
  AdmissionParams admission;
  CallerParams caller;

  static void describe(sim::ParamList<L7BalancerParams>& list);
  static void check(const L7BalancerParams& params, const sim::Path& path, sim::Problems& problems);
};

/// What `values` says of `node`, by its name or else by its group's, or `otherwise`.
template <class T>
T value_of(const std::map<std::string, T>& values, const sim::Node& node, T otherwise) {
  if (const auto own = values.find(node.name()); own != values.end()) return own->second;
  if (const auto group = values.find(node.group()); group != values.end()) return group->second;
  return otherwise;
}

}  // namespace faultline::models
