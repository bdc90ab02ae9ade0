/// Checks of our own program, on in release builds too.
#pragma once

namespace faultline::sim {

/// Prints the broken condition and where it stands, then aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace faultline::sim

/// The program is wrong if `condition` is false. Split `a && b` into two.
#define SIM_ASSERT(condition)                        \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::faultline::sim::assertion_failed(#condition, __FILE__, __LINE__))
