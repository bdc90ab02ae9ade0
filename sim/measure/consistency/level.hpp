/// The consistency levels of single objects by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::sim::consistency {

enum class Level : std::uint8_t {
  linearizable,  ///< One order that keeps to time.
  regular,       ///< Each read finds the last write before it, or one that overlaps it.
  sequential,    ///< One order that keeps to each session's own.
  causal,        ///< Causal memory.
  pram,          ///< Each session's writes are seen in its order.
  read_your_writes,
  monotonic_reads,
  monotonic_writes,
  writes_follow_reads,
  causal_convergence,  ///< Causal, and one order of the writes of each key (causal+).
};

std::string_view to_text(Level level);
std::optional<Level> level_of(std::string_view text);
/// All levels by name, the strongest first.
std::vector<std::string> level_names();
/// Whether a history that holds at `a` holds at `b`, whatever it is.
bool implies(Level a, Level b);

}  // namespace faultline::sim::consistency
