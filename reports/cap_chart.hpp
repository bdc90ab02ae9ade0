/// The CAP chart as a page of its own: what each of several configurations gives, and for how much.
#pragma once

#include <string>
#include <vector>

#include "reports/consistency_charts.hpp"
#include "reports/html.hpp"

namespace faultline::reports {

/// A page with the chart and its numbers as a table.
std::string cap_chart_page(const std::vector<CapPoint>& points, const HtmlOptions& options = {});

/// The same numbers as a table of text.
std::string cap_chart_table(const std::vector<CapPoint>& points, std::size_t width, bool colour);

}  // namespace faultline::reports
