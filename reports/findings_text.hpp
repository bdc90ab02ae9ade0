/// What models found out about a run (sim/scenario/findings.hpp), in words of either language.
#pragma once

#include <string>

#include "reports/units_text.hpp"
#include "sim/scenario/findings.hpp"

namespace faultline::reports {

/// "Deadlock"; of a kind without words of its own, its name.
std::string finding_kind_text(const std::string& kind, Language language);
/// What part number `index` has to do with it: "a #1 holds x and waits for y since 1.2 s".
std::string finding_part_text(const sim::Finding& finding, std::size_t index, Language language);

}  // namespace faultline::reports
