/// What the fuzzer and the replay of its corpus do with a piece of text: read it as a scenario,
/// build the system, run it for a moment, and write every report. Anything may be wrong with the
/// text; nothing may be wrong with the program.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "reports/console.hpp"
#include "reports/html.hpp"
#include "sim/kernel/run_error.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::tests {

/// How far an input got.
enum class InputFate : std::uint8_t {
  refused,    ///< It has problems, and each says something.
  too_large,  ///< Right, but larger than is worth running here.
  stopped,    ///< The run could not go on and said so.
  ran,
};

/// Requires: there is no folder `no-such-folder` where the program runs. Throws, or ends the
/// program, where it finds a fault.
inline InputFate run_scenario_text(std::string_view text) {
  constexpr std::int64_t nodes_run = 200;
  constexpr int events_run = 2000;
  sim::Problems problems;
  const std::optional<sim::Spec> spec = sim::read_spec(text, "no-such-folder", {}, problems);
  SIM_ASSERT(spec.has_value() == problems.empty());
  if (!spec) {
    for (const sim::Problem& problem : problems.sorted()) SIM_ASSERT(!problem.to_text().empty());
    return InputFate::refused;
  }
  std::int64_t nodes = 0;
  for (const sim::NodeSpec& node : spec->nodes) nodes += node.replicas;
  if (nodes > nodes_run) return InputFate::too_large;
  sim::Run run(*spec, static_cast<std::uint64_t>(spec->run.seed), 0, problems);
  if (!problems.empty()) return InputFate::refused;
  InputFate fate = InputFate::ran;
  try {
    for (int event = 0; event < events_run && run.step(); ++event) {
    }
  } catch (const sim::RunError& error) {
    SIM_ASSERT(!std::string_view(error.what()).empty());
    fate = InputFate::stopped;
  }
  const sim::Result result = run.result();
  SIM_ASSERT(!sim::to_json(result).dump().empty());
  SIM_ASSERT(!reports::console_report(result).empty());
  SIM_ASSERT(!reports::html_report(result).empty());
  return fate;
}

}  // namespace faultline::tests
