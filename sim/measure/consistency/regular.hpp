/// Regularity of registers: each read by itself finds a write that began before the read ended and
/// after which no other write began and ended before the read began; or the initial value, if no
/// write ended before it began. Two reads need not agree on the order of writes.
/// Source: Lamport, "On Interprocess Communication", 1986; for several writers the weakest
/// definition of Shao, Welch, Pierce and Lee, "Multiwriter Consistency Conditions for Shared
/// Memory Registers", SIAM J. Computing 2011 (MWRegWeak).
#pragma once

#include <optional>
#include <vector>

#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

/// Places in `operations` (of one register, by begin) of a read that is not explained and of a
/// write that hides what it found (if there is one); nothing if all are.
std::optional<std::vector<std::size_t>> irregular_read(
    const History& history, const std::vector<RankedOperation>& operations);

}  // namespace faultline::sim::consistency
