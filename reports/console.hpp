/// A result as a page of text for a terminal.
#pragma once

#include <string>

#include "sim/scenario/result.hpp"

namespace faultline::reports {

struct ConsoleOptions {
  bool colour = false;  ///< ANSI colours. Whatever they mark, a word says too.
  int width = 80;       ///< Columns; no line is longer. At least 60, below which it counts as 60.
};

/// What the run was, requests, latency percentiles, nodes (large groups in one row), SLOs, faults,
/// expectations and, with replications, confidence intervals; each block only if there is something
/// in it. Ends with a line feed. Names from the scenario are shown with control characters escaped.
std::string console_report(const sim::Result& result, const ConsoleOptions& options = {});

}  // namespace faultline::reports
