/// 128-bit integers for sums that must be exact: a sum of nanoseconds, or of nanoseconds times a
/// queue length, outgrows 64 bits in a long run, and a floating-point sum depends on the order of
/// its terms.
#pragma once

#include <cstdint>

namespace faultline::sim {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

}  // namespace faultline::sim
