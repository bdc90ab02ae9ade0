/// What can be counted of the watched operations without a search: how stale reads were, which
/// acknowledged writes were lost, and what each side of a partition got.
///
/// Rules, all of them on what the boundary saw, key by key:
/// - A value has taken effect for certain by the end of its write or of the first read that found
///   it, whichever is earlier (of a value that several tries wrote: by the end of the last try). A
///   write that began after that supersedes it. What ran at the same time supersedes nothing, so a
///   read is never called stale that may have been fresh.
/// - A read is stale if its value had been superseded by writes acknowledged before it began: k is
///   their number, t how long before that the first of them had been acknowledged.
/// - An acknowledged write is lost if the last read of its key, begun `lost_after` after the
///   acknowledgement or later, found a value that it supersedes. A write that was lost and then
///   written over is not counted, and a key that nobody reads any more is not judged.
/// - Convergence: from the end of a fault to the beginning of the last read that missed a write
///   acknowledged before that end.
/// - RPO: from the acknowledgement of the first lost write to that of the last one, or to the
///   beginning of the fault if that is later; 0 if none was lost. Of several faults a lost write
///   belongs to the first one that ended after its acknowledgement.
/// - RTO: the outage of the writes of all together (SideAvailability::Kind::outage_seconds).
/// Source: Golab, Li and Shah, "Analyzing Consistency Properties for Fun and Profit", PODC 2011
/// (staleness of a value by real time); Bailis et al., "Probabilistically Bounded Staleness", VLDB
/// 2012 (k and t).
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/consistency_recorder.hpp"
#include "sim/scenario/consistency_result.hpp"
#include "sim/scenario/fault_schedule.hpp"

namespace faultline::sim {

/// The circumstances of a history.
struct WatchedRun {
  Time statistics_start{};  ///< What began earlier is in no count.
  Time end{};
  Duration lost_after{};
  std::vector<FaultSchedule::Span> spans;  ///< By beginning, disjoint.
  /// Of the partition; a node may stand on none of its sides.
  std::vector<Fault::Side> sides;
};

/// Fills how many operations, keys and sessions there are.
void count_operations(const std::vector<RecordedOperation>& operations, ConsistencyResult& result);

/// Fills what is measured and not judged by models. Requires: `operations` by beginning.
void measure_operations(const std::vector<RecordedOperation>& operations, const WatchedRun& run,
                        ConsistencyResult& result);

}  // namespace faultline::sim
