#include "sim/scenario/incident_spec.hpp"

#include "sim/kernel/time.hpp"
#include "sim/param/described.hpp"

namespace faultline::sim {

void PhaseSpec::describe(ParamList<PhaseSpec>& list) {
  list.add("name", &PhaseSpec::name, "What happens, in a few words: the charts show it").required();
  list.add("at", &PhaseSpec::at, "When it begins, from the beginning of the incident")
      .at_least(Duration(0));
  list.add("after", &PhaseSpec::after,
           "Instead of `at`: how long after the end of the phase before; without both, at once")
      .at_least(Duration(0));
  list.add("for", &PhaseSpec::length, "How long it lasts; without it, to the end of the run")
      .above(Duration(0));
  list.add("faults", &PhaseSpec::faults, "What goes wrong meanwhile; none for a phase of calm");
}

void PhaseSpec::check(const PhaseSpec& phase, const Path& path, Problems& problems) {
  if (phase.at && phase.after) {
    problems.add(path, "both `at` and `after` are given",
                 "give `at` to count from the beginning of the incident, `after` to count from the "
                 "end of the phase before");
  }
  if (phase.name.empty()) problems.add(path / "name", "a name may not be empty");
}

void IncidentSpec::describe(ParamList<IncidentSpec>& list) {
  list.add("name", &IncidentSpec::name, "What it is called").required();
  list.add("at", &IncidentSpec::at, "When it begins").required().at_least(Duration(0));
  list.add("phases", &IncidentSpec::phases, "What happens, one after the other")
      .required()
      .not_empty();
}

void IncidentSpec::check(const IncidentSpec& incident, const Path& path, Problems& problems) {
  if (incident.name.empty()) problems.add(path / "name", "a name may not be empty");
  for (std::size_t i = 1; i < incident.phases.size(); ++i) {
    if (incident.phases[i].at || incident.phases[i - 1].length) continue;
    problems.add((path / "phases")[i], "the phase before it never ends",
                 "give that one a `for`, or this one an `at`");
  }
}

std::vector<Duration> IncidentSpec::beginnings() const {
  std::vector<Duration> out;
  Duration before_ended = at;
  for (const PhaseSpec& phase : phases) {
    out.push_back(saturating_sum(phase.at ? at : before_ended,
                                 phase.at.value_or(phase.after.value_or(Duration(0)))));
    before_ended = saturating_sum(out.back(), phase.length.value_or(Duration(0)));
  }
  return out;
}

}  // namespace faultline::sim
