#include "models/scaling/rollout.hpp"

#include "sim/kernel/kernel.hpp"

namespace faultline::models {

using State = InstanceGroup::State;

sim::Time Deploying::now() const { return node.kernel().now(); }

std::int64_t Deploying::available(std::size_t version, sim::Duration least) const {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    count += instances.state(i) == State::ready && instances.version(i) == version &&
             now() - instances.since(i) >= least;
  }
  return count;
}

std::int64_t Deploying::present(std::size_t version) const {
  return static_cast<std::int64_t>(instances.count(State::ready, version) +
                                   instances.count(State::starting, version));
}

void Deploying::set_listed(std::size_t version, bool listed) const {
  for (std::size_t i = 0; i < instances.size(); ++i) {
    if (instances.state(i) == State::ready && instances.version(i) == version)
      instances.set_listed(i, listed);
  }
}

void Deploying::stop_all(std::size_t version) const {
  for (std::int64_t left = present(version); left > 0; --left) instances.stop_one(version);
}

void CanaryLimitsParams::describe(sim::ParamList<CanaryLimitsParams>& list) {
  list.add("requests_min", &CanaryLimitsParams::requests_min,
           "Requests of the new version before anything is said about it")
      .unit("requests")
      .at_least(1);
  list.add("good", &CanaryLimitsParams::good,
           "An objective that the new version must meet, as in `slos`: \"latency < 50ms\"; without "
           "it, only the other limits count");
  list.add("target", &CanaryLimitsParams::target,
           "Share of its requests that must be good by that objective")
      .above(sim::Probability{0})
      .below(sim::Probability{1});
  list.add("error_ratio_max", &CanaryLimitsParams::error_ratio_max,
           "Share of its requests that may fail; without it, only the comparison counts");
  list.add("error_excess", &CanaryLimitsParams::error_excess,
           "How much larger the share that fails may be than that of the old version");
  list.add("latency_factor", &CanaryLimitsParams::latency_factor,
           "How many times that of the old version its latency at the 99th percentile may be; 0: "
           "any")
      .at_least(0);
}

void CanaryLimitsParams::check(const CanaryLimitsParams& params, const sim::Path& path,
                               sim::Problems& problems) {
  if (!params.good.empty()) sim::parse_indicator(params.good, path / "good", problems);
}

sim::Indicator CanaryLimitsParams::objective() const {
  sim::Problems none;
  if (good.empty()) return {};
  return sim::parse_indicator(good, {}, none).value_or(sim::Indicator{});
}

CanaryLimits CanaryLimitsParams::limits() const {
  CanaryLimits limits;
  limits.requests_min = static_cast<std::uint64_t>(requests_min);
  if (!good.empty()) limits.good_ratio_min = target.value;
  if (error_ratio_max) limits.error_ratio_max = error_ratio_max->value;
  limits.error_excess = error_excess.value;
  limits.latency_factor.reset();
  if (latency_factor > 0) limits.latency_factor = latency_factor;
  return limits;
}

}  // namespace faultline::models
