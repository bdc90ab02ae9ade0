#include "models/balancing/l7_params.hpp"

#include <algorithm>

#include "sim/param/described.hpp"

namespace faultline::models {
namespace {

/// Chance for a policy that is only asked what it heeds.
class NoChance final : public RandomSource {
 public:
  std::uint64_t next() override { return 0; }
};

bool heeds_weights(const sim::Choice<BalancingPolicy>& policy) {
  NoChance none;
  return policy.make({.weights = {}, .random = none})->heeds_weights();
}

template <class T>
void check_names(const std::map<std::string, T>& values, const L7BalancerParams& params,
                 const sim::Path& path, sim::Problems& problems) {
  for (const auto& [name, value] : values) {
    const std::string group = name.substr(0, name.find('['));
    const auto among = [&, &name = name](const std::vector<sim::NodeRef>& backends) {
      return std::any_of(backends.begin(), backends.end(), [&](const sim::NodeRef& ref) {
        return ref.name == name || ref.name.substr(0, ref.name.find('[')) == group ||
               ref.name.starts_with(sim::zone_prefix) || ref.name.starts_with(sim::region_prefix);
      });
    };
    const bool known = among(params.backends) ||
                       std::any_of(params.routes.begin(), params.routes.end(),
                                   [&](const auto& route) { return among(route.backends); });
    if (!known) problems.add(path / name, "is not among the backends");
  }
}

}  // namespace

void L7RouteParams::describe(sim::ParamList<L7RouteParams>& list) {
  list.add("backends", &L7RouteParams::backends, "Nodes or groups that its requests go to")
      .required()
      .not_empty();
  list.add("endpoints", &L7RouteParams::endpoints,
           "Endpoints of its requests; without any, all endpoints");
  list.add("keys_from", &L7RouteParams::keys_from, "The first key of its requests").at_least(0);
  list.add("keys_below", &L7RouteParams::keys_below, "The key after the last of its requests")
      .at_least(1);
  list.add("share", &L7RouteParams::share,
           "The share of keys, chosen by a hash, whose requests it takes: a canary");
  list.add("policy", &L7RouteParams::policy,
           "How the backend is picked; without it, as for the balancer's own");
}

void L7RouteParams::check(const L7RouteParams& params, const sim::Path& path,
                          sim::Problems& problems) {
  if (params.keys_from && params.keys_below && *params.keys_from >= *params.keys_below) {
    problems.add(path / "keys_below", "expected more than keys_from: no key lies between them");
  }
}

void StickyParams::describe(sim::ParamList<StickyParams>& list) {
  list.add("ttl", &StickyParams::ttl, "How long a session lasts after its last request")
      .above(sim::Duration(0));
  list.add("by", &StickyParams::by,
           "Whose session it is: the caller's, by his address, or that of a key")
      .one_of({"source", "key"});
  list.add("entries", &StickyParams::entries,
           "Sessions remembered at most; above it the one not seen for the longest time is lost")
      .unit("sessions")
      .between(1, 100'000'000);
}

void HealthCheckParams::describe(sim::ParamList<HealthCheckParams>& list) {
  list.add("interval", &HealthCheckParams::interval, "Time from the end of a check to the next")
      .above(sim::Duration(0));
  list.add("timeout", &HealthCheckParams::timeout, "How long an answer is waited for")
      .above(sim::Duration(0));
  list.add("unhealthy", &HealthCheckParams::unhealthy,
           "Failed checks in a row after which a backend is left out")
      .unit("checks")
      .at_least(1);
  list.add("healthy", &HealthCheckParams::healthy,
           "Good checks in a row after which it is picked again")
      .unit("checks")
      .at_least(1);
  list.add("endpoint", &HealthCheckParams::endpoint,
           "What is asked for, a read of key 0; without it, only whether it takes connections");
}

void ZoneAwareParams::describe(sim::ParamList<ZoneAwareParams>& list) {
  list.add("callers", &ZoneAwareParams::callers,
           "The balancers that share the work; without it, the group of this one");
  list.add("min_backends", &ZoneAwareParams::min_backends,
           "With fewer healthy backends zones do not matter (Envoy: min_cluster_size)")
      .unit("backends")
      .at_least(1);
}

void BackendPoolParams::describe(sim::ParamList<BackendPoolParams>& list) {
  list.add(
      "weights", &BackendPoolParams::weights,
      "Weight of a backend, by the name of its node or group; 1 for those not named, 0 drains");
  list.add("priorities", &BackendPoolParams::priorities,
           "Level of a backend, by the name of its node or group; 0, the first, for those not "
           "named; the next level gets what the one before it is not healthy enough for")
      .between(0, 100);
  list.add("max_fails", &BackendPoolParams::max_fails,
           "Refused or reset requests after which a backend is left out; 0: never")
      .unit("failures")
      .at_least(0);
  list.add("fail_timeout", &BackendPoolParams::fail_timeout,
           "The time in which they are counted, and for which the backend is left out")
      .above(sim::Duration(0));
  list.add("subset", &BackendPoolParams::subset,
           "How many of the backends each replica of the balancer uses, its own few of them; "
           "without it, all")
      .unit("backends")
      .at_least(1);
  list.add("sticky", &BackendPoolParams::sticky,
           "Sessions stay with their backend as long as it can be picked; {} for all defaults");
  list.add("slow_start", &BackendPoolParams::slow_start,
           "A backend that comes back gets its weight little by little");
  list.add("health_check", &BackendPoolParams::health_check,
           "Asks each backend now and then how it is");
  list.add("outlier", &BackendPoolParams::outlier,
           "Ejects backends that answer with errors more than others");
  list.add("panic_threshold", &BackendPoolParams::panic_threshold,
           "Share of healthy backends of a level below which all of it are picked; without it, 50% "
           "if there are health checks or outlier ejection, else never");
  list.add("overprovisioning", &BackendPoolParams::overprovisioning,
           "How many times a level's healthy backends count for its health")
      .between(1, 100);
  list.add("zone_aware", &BackendPoolParams::zone_aware,
           "Keeps requests in the balancer's own zone as far as all backends stay evenly loaded");
}

void L7BalancerParams::describe(sim::ParamList<L7BalancerParams>& list) {
  list.add("backends", &L7BalancerParams::backends, "Nodes or groups that requests are sent on to")
      .required()
      .not_empty();
  list.add("policy", &L7BalancerParams::policy, "How the backend for a request is picked");
  list.add("routes", &L7BalancerParams::routes,
           "Requests that go to other backends; the first route that fits takes a request");
  list.include(&L7BalancerParams::pool);
  list.add("service_time", &L7BalancerParams::service_time,
           "Time the balancer itself works on a request");
  list.add("workers", &L7BalancerParams::workers,
           "Requests it works on at once; without it, any number")
      .unit("requests")
      .at_least(1);
  list.add("queue_limit", &L7BalancerParams::queue_limit,
           "Requests that may wait for a worker; more are rejected; without it, any number")
      .unit("requests")
      .at_least(0);
  list.add("tries", &L7BalancerParams::tries,
           "Backends a request is tried on while they refuse it; 0: each of them once, 1: no other")
      .unit("backends")
      .at_least(0);
  list.include(&L7BalancerParams::admission);
  list.include(&L7BalancerParams::caller);
}

void L7BalancerParams::check(const L7BalancerParams& params, const sim::Path& path,
                             sim::Problems& problems) {
  for (const auto& [name, weight] : params.pool.weights) {
    if (!(weight >= 0 && weight <= BalancingPolicy::weight_max)) {
      problems.add(path / "weights" / name, "expected 0 to 1e6");
    }
  }
  check_names(params.pool.weights, params, path / "weights", problems);
  check_names(params.pool.priorities, params, path / "priorities", problems);
  if (params.pool.slow_start) {
    const std::string hint =
        "use weighted_round_robin, weighted_least_connections, least_request or random";
    if (!heeds_weights(params.policy)) {
      problems.add(path / "slow_start", "policy \"" + params.policy.name() + "\" heeds no weights",
                   hint);
    }
  }
  CallerParams::check(params.caller, path, problems);
  if (params.admission.need_queue() && !params.workers) {
    problems.add(path / "shedding", "has no effect without `workers`: nobody waits");
  }
}

}  // namespace faultline::models
