/// How many replicas a group should have, as Kubernetes' horizontal pod autoscaler decides it.
///
///   samples of the replicas --> ratio to the target --> desired number
///       --> the window of stabilisation --> limits of the speed --> least and most
///
/// Rule: desired = ceil(replicas * value / target), unless value / target is within the tolerance
/// of
/// 1. Replicas that are not ready, or of which nothing is known, are counted in whatever way makes
/// the change smaller. Down it goes by the highest desired number of the window, up by the lowest.
/// Plain algorithm: time is handed in as nanoseconds, nothing waits.
///
/// Source: Kubernetes, "Horizontal Pod Autoscaling", Algorithm details and Configurable scaling
/// behavior; HorizontalPodAutoscalerBehavior of autoscaling/v2.
/// Does not model: several containers a pod; metrics that come from elsewhere, with their own
/// delay; tolerances of each direction.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace faultline::models {

class HorizontalScaler {
 public:
  /// At most so many replicas more, or fewer, within a period.
  struct SpeedLimit {
    std::int64_t replicas = 0;  ///< So many; 0: this says nothing.
    double share = 0;           ///< So many times those at the beginning of the period; 0: nothing.
    std::int64_t period = 15'000'000'000;  ///< Nanoseconds, above 0.
  };
  /// Of several limits the one that allows most counts.
  struct Direction {
    std::int64_t window = 0;  ///< Of stabilisation, in nanoseconds.
    std::vector<SpeedLimit> limits;
  };
  struct Config {
    double target = 0;              ///< Of the mean value over the replicas; above 0.
    double tolerance = 0.1;         ///< Of the ratio around 1.
    std::int64_t replicas_min = 1;  ///< From 0.
    std::int64_t replicas_max = 10;
    Direction up{0, {{4, 0, 15'000'000'000}, {0, 1.0, 15'000'000'000}}};
    Direction down{300'000'000'000, {{0, 1.0, 15'000'000'000}}};
  };

  /// What is known of one replica.
  struct Sample {
    enum class State : std::uint8_t {
      ready,      ///< Its value counts.
      not_ready,  ///< Starting: its value says nothing yet.
      missing,    ///< Nothing is known of it.
    };
    State state = State::ready;
    double value = 0;
  };

  explicit HorizontalScaler(Config config);

  /// What the samples alone ask for, before windows, limits and bounds. Requires: one sample a
  /// replica, at least one.
  std::int64_t desired(const std::vector<Sample>& samples) const;

  /// The number of replicas from `now` on, `replicas` being there now. It is taken as done.
  /// Requires: `now` not before that of the last call.
  std::int64_t decide(std::int64_t now, const std::vector<Sample>& samples);
  /// The same where something else has found what is desired: a schedule, a forecast, a value for
  /// the group as a whole.
  std::int64_t decide(std::int64_t now, std::int64_t replicas, std::int64_t wanted);

  const Config& config() const { return config_; }

 private:
  struct Recommendation {
    std::int64_t at;
    std::int64_t replicas;
  };
  /// Replicas added, or taken away, at a time.
  struct Change {
    std::int64_t at;
    std::int64_t count;
  };
  std::int64_t stabilised(std::int64_t now, std::int64_t replicas, std::int64_t wanted);
  std::int64_t most_allowed(std::int64_t now, std::int64_t replicas) const;
  std::int64_t least_allowed(std::int64_t now, std::int64_t replicas) const;

  bool begun_ = false;                          ///< State.
  Config config_;                               ///< Parameter.
  std::deque<Recommendation> recommendations_;  ///< Of the longer window. State.
  std::deque<Change> added_;                    ///< Of the longest period. State.
  std::deque<Change> removed_;                  ///< State.
};

}  // namespace faultline::models
