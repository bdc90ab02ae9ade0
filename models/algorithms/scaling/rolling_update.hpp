/// What a rolling update does next: how many instances of the new version to start, how many of the
/// old one to stop, so that neither too many nor too few are there.
///
/// Rule: there are at most desired + surge instances, those that are on their way out not counted,
/// and at least desired - unavailable that are available. Old ones that are not ready go first,
/// because nobody misses them. A share of surge is rounded up, one of unavailable down; if both are
/// 0 then one may be unavailable.
/// Plain algorithm without time.
/// Source: Kubernetes, "Deployments" (Max Surge, Max Unavailable) and pkg/controller/deployment
/// (rolling.go: reconcileNewReplicaSet, reconcileOldReplicaSets).
/// Does not model: proportional scaling when the number desired changes under way.
#pragma once

#include <cstdint>

namespace faultline::models {

class RollingUpdate {
 public:
  struct Config {
    std::int64_t desired = 1;      ///< At least 1.
    std::int64_t surge = 1;        ///< At least 0.
    std::int64_t unavailable = 0;  ///< At least 0.
  };
  /// Instances that are not on their way out.
  struct Counts {
    std::int64_t old_available = 0;
    std::int64_t old_unavailable = 0;  ///< Starting, or not ready for long enough.
    std::int64_t new_available = 0;
    std::int64_t new_unavailable = 0;
  };
  struct Step {
    std::int64_t start_new = 0;
    std::int64_t stop_old_unavailable = 0;
    std::int64_t stop_old_available = 0;
    bool nothing() const {
      return start_new == 0 && stop_old_unavailable == 0 && stop_old_available == 0;
    }
  };

  explicit RollingUpdate(Config config);
  Step next(const Counts& counts) const;
  bool done(const Counts& counts) const;
  const Config& config() const { return config_; }

  /// A share of `desired`, from 0 to 1, as a number of instances.
  static std::int64_t rounded_up(double share, std::int64_t desired);
  static std::int64_t rounded_down(double share, std::int64_t desired);

 private:
  Config config_;  ///< Parameter.
};

}  // namespace faultline::models
