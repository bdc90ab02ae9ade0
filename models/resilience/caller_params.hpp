/// What can be written about a caller: how long it waits and what it does against failures, each in
/// one parameter, so that one word compares two ways.
#pragma once

#include <optional>
#include <string>

#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"
#include "models/algorithms/resilience/budget/retry_budget.hpp"
#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "models/algorithms/resilience/hedging/hedge_policy.hpp"
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "models/connections/connection_params.hpp"
#include "models/naming/resolver.hpp"
#include "models/resilience/fallback/fallback.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

/// Parameters of a caller: `list.include(&CallParams::caller)`.
struct CallerParams {
  std::optional<sim::Duration> timeout;
  std::optional<sim::Duration> deadline;
  sim::Choice<RetryPolicy> retry;
  sim::Choice<RetryBudget> retry_budget;
  sim::Choice<CircuitBreaker> breaker;
  sim::Choice<BulkheadPolicy> bulkhead;
  sim::Choice<HedgePolicy> hedge;
  sim::Choice<Fallback> fallback;
  bool idempotent = false;
  std::optional<ConnectionParams> connections;
  std::optional<ResolverParams> resolver;

  static void describe(sim::ParamList<CallerParams>& list) { describe_as(list, ""); }
  /// Declares them with `prefix` before each name, for a struct derived from this one, where a
  /// component has two callers.
  template <class P>
  static void describe_as(sim::ParamList<P>& list, const std::string& prefix);
  static void check(const CallerParams& params, const sim::Path& path, sim::Problems& problems,
                    const std::string& prefix = {});
  /// Whether it does more than wait.
  bool more_than_wait() const {
    return deadline || retry || retry_budget || breaker || bulkhead || hedge || fallback;
  }
};

template <class P>
void CallerParams::describe_as(sim::ParamList<P>& list, const std::string& prefix) {
  list.add(prefix + "timeout", &CallerParams::timeout,
           "How long it waits for the answer to one try; without it, for ever. Nobody is told")
      .above(sim::Duration(0));
  list.add(prefix + "deadline", &CallerParams::deadline,
           "How long it waits in all, with all tries; whoever works on the call is told, stops "
           "waiting too, and may drop it (`drop_expired`)")
      .above(sim::Duration(0));
  list.add(prefix + "retry", &CallerParams::retry,
           "How it tries again after a failure; without it, never");
  list.add(prefix + "retry_budget", &CallerParams::retry_budget,
           "How many retries and hedges all its calls may make together; without it, any number");
  list.add(prefix + "breaker", &CallerParams::breaker, "When it stops calling; without it, never");
  list.add(prefix + "bulkhead", &CallerParams::bulkhead,
           "How many calls it has under way at once; without it, any number");
  list.add(prefix + "hedge", &CallerParams::hedge,
           "When it sends a call once more and takes the first answer; without it, never");
  list.add(prefix + "fallback", &CallerParams::fallback,
           "What it answers when all tries have failed; without it, the failure");
  list.add(prefix + "idempotent", &CallerParams::idempotent,
           "Its writes may be done twice: they are tried again even if they may have taken effect, "
           "and hedged");
  list.add(prefix + "connections", &CallerParams::connections,
           "What opening a connection costs, and how many there are; without it, one is always "
           "there");
  list.add(prefix + "resolver", &CallerParams::resolver,
           "How it looks up a target that is a name; without it, with the defaults");
}

}  // namespace faultline::models
