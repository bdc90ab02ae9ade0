/// A result as one HTML page that needs nothing from outside: no network, no script, no font.
#pragma once

#include <string>

#include "sim/scenario/result.hpp"

namespace faultline::reports {

struct HtmlOptions {
  std::string language =
      "en";  ///< Of the fixed texts and the decimal sign: "en" or "ru"; any other is English.
  std::string theme =
      "auto";  ///< "light", "dark", or "auto": as the reader's system says. Paper is always light.
};

/// The page: key numbers, picture of the system, charts over time and of latency, SLOs, nodes,
/// expectations, intervals, and what it takes to repeat the run. Every figure states its window.
/// The page is well-formed XML too; text from the scenario is escaped. Its size is bounded whatever
/// the number of nodes: large groups are one row, tables and charts keep the rows of highest
/// utilisation and say so.
std::string html_report(const sim::Result& result, const HtmlOptions& options = {});

}  // namespace faultline::reports
