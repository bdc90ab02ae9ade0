/// Deterministic subsetting: each of many balancers talks to a few of many backends, and all
/// backends get equally many balancers.
///
/// Rule: balancers are taken in rounds of as many as there are whole subsets. In a round the
/// backends are shuffled, by the number of the round as seed, and cut into subsets; the balancer's
/// place in the round tells which is its own. Backends that fill no whole subset are left out in
/// that round. Source: Beyer et al., "Site Reliability Engineering", O'Reilly 2016, chapter 20,
/// with a shuffle of our own. Does not model: keeping subsets when the number of backends changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultline::models {

/// The backends of balancer `balancer`, by index, in order: `size` of `backends`, or all if they
/// are no more. Requires: size > 0.
std::vector<std::size_t> deterministic_subset(std::size_t backends, std::uint64_t balancer,
                                              std::size_t size);

}  // namespace faultline::models
