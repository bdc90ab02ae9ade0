/// The faults of a scenario in their time: each entry of `faults` is a process of its own that
/// begins its fault, waits and ends it, and remembers when.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/kernel/task.hpp"
#include "sim/scenario/fault_spec.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

class System;

class FaultSchedule {
 public:
  /// Makes the faults of `specs` and prepares each. Requires: all components are there; the specs
  /// outlive the schedule.
  FaultSchedule(System& system, const std::vector<FaultSpec>& specs, Problems& problems);
  ~FaultSchedule();

  /// Once.
  void start();
  /// Ends what is scheduled: no fault begins or ends any more.
  void stop();
  /// What began so far, by beginning; one that lasts ends now.
  std::vector<Band> bands() const;

 private:
  struct Entry;
  Task<void> run(Entry& entry);
  void begin(Entry& entry);
  void end(Entry& entry);

  System& system_;
  std::vector<std::unique_ptr<Entry>> entries_;
  ProcessOwner processes_;
};

}  // namespace faultline::sim
