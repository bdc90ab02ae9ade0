/// Linearizability of a whole history: each key by itself, because a history is linearizable
/// exactly if that of every object is. Source: Herlihy and Wing 1990, theorem 1; for the split,
/// Horn and Kroening, "Faster Linearizability Checking via P-Compositionality", FORTE 2015.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/measure/consistency/budget.hpp"
#include "sim/measure/consistency/object.hpp"
#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

struct LinearizableResult {
  Verdict verdict = Verdict::holds;
  std::vector<RankedOperation> witness;  ///< Of a violation: operations of one key, by begin.
  std::string why;
  std::string reason;  ///< Of unknown.
};

/// `operations` by begin. The keys are looked at in order of their first operation; of several that
/// violate, the first is reported. `deadline` apart, the result does not depend on the threads.
LinearizableResult check_linearizable(Model model, const History& history,
                                      const std::vector<RankedOperation>& operations,
                                      const CheckOptions& options,
                                      std::optional<Budget::Clock::time_point> deadline);

/// Lists of `operations`, one for each object that `model` makes of them.
std::vector<std::vector<RankedOperation>> by_object(Model model, const History& history,
                                                    const std::vector<RankedOperation>& operations);

}  // namespace faultline::sim::consistency
