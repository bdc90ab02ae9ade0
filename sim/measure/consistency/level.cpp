#include "sim/measure/consistency/level.hpp"

#include <algorithm>
#include <array>

namespace faultline::sim::consistency {

namespace {

constexpr std::array<std::string_view, 10> names{"linearizable",
                                                 "regular",
                                                 "sequential",
                                                 "causal",
                                                 "pram",
                                                 "read_your_writes",
                                                 "monotonic_reads",
                                                 "monotonic_writes",
                                                 "writes_follow_reads",
                                                 "causal_convergence"};

}  // namespace

std::string_view to_text(Level level) { return names[static_cast<std::size_t>(level)]; }

std::optional<Level> level_of(std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Level>(found - names.begin());
}

std::vector<std::string> level_names() { return {names.begin(), names.end()}; }

bool implies(Level a, Level b) {
  if (a == b) return true;
  switch (a) {
    case Level::linearizable:
      return true;
    case Level::sequential:
      return b != Level::linearizable && b != Level::regular;
    case Level::causal:
      return b > Level::causal && b != Level::causal_convergence;
    case Level::pram:
      return b > Level::pram && b < Level::writes_follow_reads;
    case Level::monotonic_writes:
      return b == Level::monotonic_reads;
    default:
      return false;
  }
}

}  // namespace faultline::sim::consistency
