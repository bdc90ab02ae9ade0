#include "models/algorithms/scaling/rolling_update.hpp"

#include <algorithm>
#include <cmath>

#include "sim/param/assert.hpp"

namespace faultline::models {

RollingUpdate::RollingUpdate(Config config) : config_(config) {
  SIM_ASSERT(config.desired >= 1);
  SIM_ASSERT(config.surge >= 0);
  SIM_ASSERT(config.unavailable >= 0);
  if (config_.surge == 0 && config_.unavailable == 0) config_.unavailable = 1;
  config_.unavailable = std::min(config_.unavailable, config_.desired);
}

RollingUpdate::Step RollingUpdate::next(const Counts& counts) const {
  const std::int64_t fresh = counts.new_available + counts.new_unavailable;
  const std::int64_t old = counts.old_available + counts.old_unavailable;
  const std::int64_t total = fresh + old;
  Step step;
  const std::int64_t room = config_.desired + config_.surge - total;
  step.start_new =
      std::clamp(config_.desired - fresh, std::int64_t{0}, std::max<std::int64_t>(room, 0));
  if (step.start_new > 0) return step;  // One thing at a time, as Kubernetes reconciles.
  const std::int64_t least = config_.desired - config_.unavailable;
  const std::int64_t may_go = total - least - counts.new_unavailable;
  if (may_go <= 0 || old == 0) return step;
  step.stop_old_unavailable = std::min(may_go, counts.old_unavailable);
  const std::int64_t available = counts.old_available + counts.new_available;
  step.stop_old_available =
      std::clamp(std::min(available - least, may_go - step.stop_old_unavailable), std::int64_t{0},
                 counts.old_available);
  return step;
}

bool RollingUpdate::done(const Counts& counts) const {
  return counts.old_available + counts.old_unavailable == 0 && counts.new_unavailable == 0 &&
         counts.new_available == config_.desired;
}

namespace {

/// 0.25 * 4 is 1 however it is rounded.
constexpr double rounding = 1e-9;

}  // namespace

std::int64_t RollingUpdate::rounded_up(double share, std::int64_t desired) {
  return static_cast<std::int64_t>(std::ceil(share * static_cast<double>(desired) - rounding));
}

std::int64_t RollingUpdate::rounded_down(double share, std::int64_t desired) {
  return static_cast<std::int64_t>(std::floor(share * static_cast<double>(desired) + rounding));
}

}  // namespace faultline::models
