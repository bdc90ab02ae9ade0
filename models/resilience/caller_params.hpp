/// What can be written about a caller: how long it waits and what it does against failures, each in
/// one parameter, so that one word compares two ways.
#pragma once

#include <optional>

#include "models/algorithms/resilience/breaker/circuit_breaker.hpp"
#include "models/algorithms/resilience/budget/retry_budget.hpp"
#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "models/algorithms/resilience/hedging/hedge_policy.hpp"
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "models/connections/connection_params.hpp"
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

  static void describe(sim::ParamList<CallerParams>& list);
  static void check(const CallerParams& params, const sim::Path& path, sim::Problems& problems);
  /// Whether it does more than wait.
  bool more_than_wait() const {
    return deadline || retry || retry_budget || breaker || bulkhead || hedge || fallback;
  }
};

}  // namespace faultline::models
