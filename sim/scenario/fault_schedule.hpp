/// The faults of a scenario in their time: each entry of `faults`, and each fault of a phase of an
/// incident, is a process of its own that begins it, waits and ends it, and remembers when.
///
/// Faults may also be done by hand while the run goes on. They stand behind those of the file, and
/// the run is then, event by event, that of the file with these entries added to its `faults`: see
/// inject().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/task.hpp"
#include "sim/scenario/fault_spec.hpp"
#include "sim/scenario/incident_spec.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

class System;

class FaultSchedule {
 public:
  /// Makes and prepares every fault. Requires: all components are there.
  FaultSchedule(System& system, const std::vector<FaultSpec>& faults,
                const std::vector<IncidentSpec>& incidents, Problems& problems);
  ~FaultSchedule();

  /// Once.
  void start();
  /// Ends what is scheduled: no fault begins or ends any more.
  void stop();
  /// A fault that is done by hand: as if the file had it as a further entry of `faults`, with `at`
  /// the time that is returned. That is the first after now for which no event is scheduled yet: an
  /// entry of the file would strike before everything else at its time, and so does this one.
  /// Requires: started; `fault` is checked and has neither `at`, `every`, `mtbf` nor `count`.
  Time inject(const Choice<Fault>& fault, std::optional<Duration> length, Problems& problems);
  /// The fault at this place of `faults`, those done by hand behind those of the file, ends at the
  /// time that is returned: chosen as above. Then it is that of the file with a `for` up to that
  /// time. Nothing if it is not on, or ends sooner anyhow. Requires: it is to strike once.
  std::optional<Time> heal(std::size_t fault);
  /// Says what is wrong with a fault that is to strike this system.
  void check(const Choice<Fault>& fault, Problems& problems) const;
  /// The first time after now for which no event is scheduled.
  Time free_time() const;
  /// How many faults there are, those done by hand included; without those of incidents.
  std::size_t fault_count() const { return fault_count_; }
  /// Whether the fault at this place of `faults` is on.
  bool is_on(std::size_t fault) const;
  /// What a fault did, or does.
  struct Episode {
    std::string name;  ///< "crash(app[0])"
    Time from;
    Time to;  ///< time_max: it is on.
  };
  /// All so far, by entry and then by beginning.
  std::vector<Episode> episodes() const;
  /// Phases of incidents that began so far; `to` may be still to come.
  std::vector<Episode> phases() const;
  /// The next that each entry will do, as far as it is known, soonest first.
  struct Change {
    Time at;
    bool begins;
    std::string name;
  };
  std::vector<Change> upcoming() const;

  /// What began so far, by beginning, phases of incidents among it; what lasts ends now.
  std::vector<Band> bands() const;
  /// The sides of the first fault that cuts nodes from each other; empty if there is none.
  std::vector<Fault::Side> sides() const;
  /// When things were wrong so far: while nodes were cut from each other or, if no fault does that,
  /// while any fault was on. By beginning; overlapping ones are one.
  struct Span {
    Time from;
    Time to;  ///< time_max: not over yet.
  };
  std::vector<Span> spans() const;

 private:
  struct Entry;
  /// A phase of an incident, as it is shown.
  struct Phase {
    std::string name;
    Time from;
    Time to;
  };
  std::unique_ptr<Entry> make(const FaultSpec& spec, const std::string& owner, const Path& path,
                              const Path& fault_path, Problems& problems);
  Task<void> run(Entry& entry);
  Task<void> run_end(Entry& entry, Duration wait);
  void begin(Entry& entry);
  void end(Entry& entry);

  System& system_;
  /// First those of `faults`, then those of incidents.
  std::vector<std::unique_ptr<Entry>> entries_;
  std::size_t fault_count_ = 0;
  std::vector<Phase> phases_;
};

}  // namespace faultline::sim
