/// Causal memory, PRAM and the session guarantees of registers: levels at which every session may
/// have a view of its own.
///
/// A view of a session is an order of all writes and of this session's reads in which each read
/// finds the last write of its key before it. A level says which pairs a view may not turn round:
///
/// | level | writes of every session | this session's reads and writes | what was read before a
/// write |
/// |---|---|---|---|
/// | causal | in its order | in their order | comes before it, in every session |
/// | pram | in its order | in their order | comes before it, in this session |
/// | monotonic_writes | in its order | reads in their order | |
/// | monotonic_reads | in its order, for each key alone | reads in their order | |
/// | writes_follow_reads | | reads in their order | comes before it, in every session |
/// | read_your_writes | | its writes in order, and before its later reads | |
///
/// So linearizable implies sequential, that implies causal, that pram and writes_follow_reads, and
/// pram the other three. One client cannot see more of monotonic writes or of writes following
/// reads than two of its reads show, one after the other; therefore reads keep their order there.
/// At every level a read finds what was written, and not what its own session wrote only later.
///
/// Method: the writes that must stand before the i-th read of a session are its ancestors; of one
/// key they must all stand before the one that it found. That is followed until nothing more
/// follows; the view exists exactly if no write of the key stands before a read of the initial
/// value, and the order has no cycle. (For causal these are the bad patterns of the source.)
/// Sessions whose operations overlap have one view for each chain of reads that follow one another.
/// Source: Ahamad et al., "Causal Memory: Definitions, Implementation, and Programming", 1995;
/// Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency", POPL 2017 (causal
/// memory, CM); Lipton and Sandberg, "PRAM", 1988; Terry et al., "Session Guarantees for Weakly
/// Consistent Replicated Data", PDIS 1994; Brzezinski, Sobaniec and Wawrzyniak, "From Session
/// Causality to Causal Consistency", PDP 2004.
/// Does not model: causal convergence (CCv), which asks for one order of conflicting writes and
/// neither implies causal memory nor is implied by it: see transactions/single_operations.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/measure/consistency/budget.hpp"
#include "sim/measure/consistency/level.hpp"
#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

struct ViewResult {
  Verdict verdict = Verdict::holds;
  std::string pattern;                 ///< Of a violation: "ThinAirRead", "CyclicHB", ...
  std::vector<std::uint32_t> witness;  ///< Places in `operations` that take part in it.
  std::string reason;                  ///< Of unknown.
};

/// Requires: operations of a register or cas_register, by begin; `level` is one of the table's. If
/// a value was written more than once, every write that a read may have found is tried.
ViewResult check_views(Level level, const History& history,
                       std::span<const RankedOperation> operations, Budget& budget);

}  // namespace faultline::sim::consistency
