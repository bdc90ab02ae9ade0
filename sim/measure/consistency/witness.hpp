/// From a history that violates a level to a few operations that do so by themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/measure/consistency/object.hpp"
#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

/// Whether these operations, by begin, violate the level by themselves. It may say no where it
/// could not find out.
using Violates = std::function<bool(std::span<const RankedOperation>)>;

/// Removes operations as long as the rest still violates, large pieces first. With an operation go
/// all that may have seen its effect, so that no answer of the rest loses its explanation: every
/// history that the level allows stays allowed, and so a violation of the rest is one of the whole.
/// At most about `work_max` operations are looked at. `keeps_time`: the level is one at which
/// operations take effect within their times, so that nobody sees what was overwritten before.
/// Requires: `operations` violate.
std::vector<RankedOperation> shrunk(Model model, const History& history,
                                    std::vector<RankedOperation> operations, bool keeps_time,
                                    const Violates& violates, std::uint64_t work_max);

/// The operations for printing, at most 40 of them.
Witness make_witness(const History& history, std::span<const RankedOperation> operations,
                     std::string why);

}  // namespace faultline::sim::consistency
