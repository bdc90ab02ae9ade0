/// Active health checks: the balancer asks each backend now and then, by real messages.
///
/// Rule: the first check of a backend begins at a random moment of the first interval, so that they
/// do not come all at once; the next `interval` after the end of the one before. A check fails when
/// the answer is not ok or does not come within `timeout`. After `unhealthy` failures in a row the
/// backend is left out, after `healthy` good ones it is back. Without an endpoint the check is a
/// connection: one message there and one back, and whether the node takes connections at all; a
/// process that stands still does, as its kernel answers for it.
/// Source: Envoy documentation, "Health checking"; HAProxy configuration manual, "check", inter,
/// fall and rise. Does not model: faster checks of those that just failed.
#pragma once

#include <optional>
#include <vector>

#include "models/balancing/backend_pool.hpp"
#include "models/random_adapter.hpp"
#include "sim/kernel/task.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class HealthChecker {
 public:
  /// Requires: `pool` outlives it. `purpose` names its random stream.
  HealthChecker(const HealthCheckParams& params, BackendPool& pool,
                const sim::BuildContext& context, std::string_view purpose);

  /// Starts the checks, all backends counting as healthy.
  void start();

  std::uint64_t failed_checks() const { return failed_checks_; }
  void reset_counts() { failed_checks_ = 0; }

 private:
  sim::Task<void> watch(std::size_t index, sim::Duration first);
  sim::Task<sim::Reply> ask(std::size_t index);
  sim::Task<bool> connect(std::size_t index);

  sim::Node& node_;
  BackendPool& pool_;
  HealthCheckParams params_;  ///< Parameters.
  sim::Patience patience_;
  sim::Request probe_;
  StreamSource random_;
  std::uint64_t failed_checks_ = 0;  ///< Statistic.
};

}  // namespace faultline::models
