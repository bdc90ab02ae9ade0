/// When a fault of a scenario file begins and ends.
///
///   {"at": "20s", "for": "10s", "fault": "crash(app[0])"}                  once
///   {"at": "20s", "every": "60s", "for": "10s", "fault": "crash(app[0])"}  again and again
///   {"mtbf": "1h", "mttr": "5min", "fault": "crash(app)"}                  at random times
#pragma once

#include <cstdint>
#include <optional>

#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::sim {

struct FaultSpec {
  Choice<Fault> fault;
  std::optional<Duration> at;
  std::optional<Duration> length;               ///< "for"
  std::optional<Duration> every;                ///< From beginning to beginning.
  std::optional<Duration> mean_time_between;    ///< "mtbf": from the end of one to the beginning of
                                                ///< the next, exponential.
  std::optional<Duration> mean_time_to_repair;  ///< "mttr": exponential.
  std::optional<std::int64_t> count;            ///< Units struck at a time, drawn by lot.
  static void describe(ParamList<FaultSpec>& list);
  static void check(const FaultSpec& fault, const Path& path, Problems& problems);
};

}  // namespace faultline::sim
