/// A storyline: something that goes wrong in named phases.
///
///   "incidents": [{"name": "black friday", "at": "60s", "phases": [
///     {"name": "cache node dies", "for": "30s", "faults": ["crash(cache[0])"]},
///     {"name": "store overloaded", "for": "60s", "faults": ["slow(db, factor=2)"]},
///     {"name": "cold caches", "after": "5s", "for": "30s", "faults": ["cold_start(app)"]}]}]
///
/// A phase begins when the one before it has ended, or so long `after` that, or `at` a time counted
/// from the beginning of the incident: then phases may overlap. All faults of a phase last as long
/// as it does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/fault_spec.hpp"

namespace faultline::sim {

struct PhaseSpec {
  std::string name;
  std::optional<Duration> at;
  std::optional<Duration> after;
  std::optional<Duration> length;  ///< "for"
  std::vector<Choice<Fault>> faults;
  static void describe(ParamList<PhaseSpec>& list);
  static void check(const PhaseSpec& phase, const Path& path, Problems& problems);
};

struct IncidentSpec {
  std::string name;
  Duration at{};
  std::vector<PhaseSpec> phases;
  static void describe(ParamList<IncidentSpec>& list);
  static void check(const IncidentSpec& incident, const Path& path, Problems& problems);
  /// When each phase begins, from the beginning of the run. Requires: checked.
  std::vector<Duration> beginnings() const;
};

}  // namespace faultline::sim
