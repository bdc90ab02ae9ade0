/// How many replicas there are to be at least, by the time of day: what cron lines of a scaling
/// schedule say.
///
/// Rule: an entry holds from its time on, once or again after every `every`, until another one
/// begins; of two that begin at one time the later in the list. Before the first there is no bound.
/// Plain algorithm: time is handed in.
/// Source: KEDA, "Cron" scaler; AWS, "Scheduled scaling for Amazon EC2 Auto Scaling".
/// Does not model: days of the week other than as `every` of seven days, time zones.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/param/units.hpp"

namespace faultline::models {

class ScaleSchedule {
 public:
  struct Entry {
    sim::Duration at{};
    std::optional<sim::Duration> every;  ///< Above 0.
    std::int64_t replicas = 0;
  };
  explicit ScaleSchedule(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  /// The bound at `now`, or nothing.
  std::optional<std::int64_t> least(sim::Duration now) const {
    std::optional<std::int64_t> least;
    sim::Duration latest{};
    for (const Entry& entry : entries_) {
      if (entry.at > now) continue;
      sim::Duration begun = entry.at;
      if (entry.every) begun += (now - entry.at) / *entry.every * *entry.every;
      if (least && begun < latest) continue;
      latest = begun;
      least = entry.replicas;
    }
    return least;
  }

 private:
  std::vector<Entry> entries_;  ///< Parameter.
};

}  // namespace faultline::models
