/// How far the replicas of a group are apart: of which keys they hold different states now, for how
/// long, and how long it takes until a key is the same everywhere again.
///
/// It sees all replicas at once, as nobody in the system can; it measures and takes no part. What a
/// replica holds of a key is given as a digest, equal for equal states. Only keys that differ are
/// kept, so its memory is that of the differences. What is stored on a replica that is down counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/node.hpp"

namespace faultline::models {

class Divergence {
 public:
  explicit Divergence(std::size_t members) : members_(members) {}

  /// What `member` holds of `key` is another state now.
  void changed(std::uint64_t key, std::size_t member, std::uint64_t before, std::uint64_t after,
               sim::Time now);
  std::size_t keys() const { return apart_.size(); }  ///< That differ now.
  /// How long the key has differed that has done so for longest; zero if none does.
  sim::Duration oldest(sim::Time now) const {
    return since_.empty() ? sim::Duration(0) : now - since_.begin()->first;
  }
  /// Of each time that a key differed: how long. Nanoseconds.
  const sim::Histogram& convergence() const { return convergence_; }
  void reset(sim::Time now) {
    gauge_.reset(now);
    convergence_ = {};
  }
  const sim::CountGauge& gauge() const { return gauge_; }

  /// Names what is measured here for one of the replicas, `first` of one of them.
  void describe_statistics(sim::NodeStatistics& statistics, bool first);

 private:
  struct Apart {
    std::vector<std::uint64_t> digests;  ///< By member.
    sim::Time since;
  };
  std::size_t members_;
  std::unordered_map<std::uint64_t, Apart> apart_;       ///< By key.
  std::set<std::pair<sim::Time, std::uint64_t>> since_;  ///< Keys that differ, oldest first.
  sim::CountGauge gauge_;                                ///< Keys that differ. Statistic.
  sim::Histogram convergence_;                           ///< Statistic.
};

}  // namespace faultline::models
