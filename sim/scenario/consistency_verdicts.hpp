/// Which consistency models allow what was seen.
///
/// Rule: the models are asked from the strongest to the weakest. One that holds answers for all
/// that it implies, and one that is violated for all that imply it, so that a check that ran out of
/// its budget is decided by another one where that is possible.
#pragma once

#include <vector>

#include "sim/scenario/consistency_recorder.hpp"
#include "sim/scenario/consistency_result.hpp"
#include "sim/scenario/consistency_spec.hpp"

namespace faultline::sim {

/// The history as checkers want it, every key a register that holds 0 before the first write.
///
/// Values are numbered by their writes: 1 is what was written first. Rule: what certainly had no
/// effect is left out. Of one session only what came one after the other stands in an order: of
/// operations that overlap (an application that asks twice on behalf of one user) each goes into a
/// session of its own, and so does one of unknown outcome, which may take effect long after its
/// session went on. Both can only make the session seem to promise less.
consistency::History history_of(const std::vector<RecordedOperation>& operations,
                                std::vector<std::string> node_names);

/// The same key at two stores is two keys: where there are several stores, keys become numbers of
/// the names that are returned ("orders/17"). Of one store they stay as they are, and have none.
std::vector<std::string> tell_stores_apart(std::vector<RecordedOperation>& operations,
                                           const std::vector<std::string>& store_names);

/// Fills `result.models`. With `complete` false the history ends before the run: then nothing
/// holds, though it may be violated.
void judge(const consistency::History& history, const ConsistencySpec& spec, bool complete,
           ConsistencyResult& result);

}  // namespace faultline::sim
