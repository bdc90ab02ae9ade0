/// The faults of a scenario in their time: each entry of `faults`, and each fault of a phase of an
/// incident, is a process of its own that begins it, waits and ends it, and remembers when.
#pragma once

#include <memory>
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
  void add(const FaultSpec& spec, const std::string& owner, const Path& path,
           const Path& fault_path, Problems& problems);
  Task<void> run(Entry& entry);
  void begin(Entry& entry);
  void end(Entry& entry);

  System& system_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<Phase> phases_;
  ProcessOwner processes_;
};

}  // namespace faultline::sim
