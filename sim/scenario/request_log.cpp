#include "sim/scenario/request_log.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/param/assert.hpp"

namespace faultline::sim {

NameId Names::id_of(const std::string& name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<NameId>(found - names_.begin());
  SIM_ASSERT(names_.size() < std::numeric_limits<NameId>::max());
  names_.push_back(name);
  return static_cast<NameId>(names_.size() - 1);
}

std::optional<NameId> Names::find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<NameId>(found - names_.begin());
}

void RequestLog::reset_statistics(Time now) {
  statistics_start_ = now;
  for (ClassLog& log : classes_) {
    log.tally = {};
    log.latency.reset();
  }
  // The step of the series goes on.
  late_latency_.merge(step_latency_);
  step_latency_.reset();
  latency_.reset();
}

void RequestLog::close_step() {
  RequestStep step;
  step.ok = step_.ended[0];
  step.fail = step_.ended[1];
  step.unknown = step_.ended[2];
  if (!late_latency_.empty()) late_latency_.merge(step_latency_);
  const Histogram& all = late_latency_.empty() ? step_latency_ : late_latency_;
  if (all.empty()) {
    step.p50 = step.p90 = step.p99 = step.mean = step.max =
        std::numeric_limits<double>::quiet_NaN();
  } else {
    const auto seconds = [&all](double q) { return static_cast<double>(all.quantile(q)) * 1e-9; };
    step.p50 = seconds(0.5);
    step.p90 = seconds(0.9);
    step.p99 = seconds(0.99);
    step.mean = all.mean() * 1e-9;
    step.max = static_cast<double>(all.max()) * 1e-9;
  }
  steps_.push_back(step);
  step_ = {};
  latency_.merge(step_latency_);
  step_latency_.reset();
  late_latency_.reset();
}

}  // namespace faultline::sim
