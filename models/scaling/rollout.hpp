/// How a new version takes the place of the old one in a group: a choice of `deployment`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/algorithms/scaling/canary.hpp"
#include "models/scaling/instance_group.hpp"
#include "models/scaling/version_meter.hpp"
#include "sim/kernel/task.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

inline constexpr std::size_t old_version = 0;
inline constexpr std::size_t new_version = 1;

/// What a rollout works on.
struct Deploying {
  sim::Node& node;  ///< Of who deploys.
  InstanceGroup& instances;
  VersionMeter& meter;
  std::int64_t desired;                   ///< At least 1.
  std::optional<sim::Time> roll_back_at;  ///< Somebody rolls it back then.

  sim::Time now() const;
  bool to_be_rolled_back() const { return roll_back_at && now() >= *roll_back_at; }
  /// Those of `version` that have been ready for at least `least`.
  std::int64_t available(std::size_t version, sim::Duration least) const;
  /// Those that are starting or ready.
  std::int64_t present(std::size_t version) const;
  /// Lists all of `version` that are ready, or none.
  void set_listed(std::size_t version, bool listed) const;
  /// Stops all of `version` that are starting or ready.
  void stop_all(std::size_t version) const;
};

/// How often a rollout looks what has become of what it did.
inline constexpr sim::Duration rollout_look = std::chrono::seconds(1);

class Rollout {
 public:
  static constexpr std::string_view kind = "rollout";
  struct MakeArgs {};

  virtual ~Rollout() = default;
  /// Nodes that it needs for `desired` ones.
  virtual std::int64_t nodes_needed(std::int64_t desired) const = 0;
  /// Puts the new version in place of the old one; false: the old one is there again.
  virtual sim::Task<bool> run(Deploying deploying) = 0;
};

/// By what a new version is found to be bad, as a file says it.
struct CanaryLimitsParams {
  std::int64_t requests_min = 100;
  std::string good;
  sim::Probability target{0.99};
  std::optional<sim::Probability> error_ratio_max;
  sim::Probability error_excess{0.01};
  double latency_factor = 1.5;

  static void describe(sim::ParamList<CanaryLimitsParams>& list);
  static void check(const CanaryLimitsParams& params, const sim::Path& path,
                    sim::Problems& problems);
  CanaryLimits limits() const;
  /// Requires: checked.
  sim::Indicator objective() const;
};

}  // namespace faultline::models
