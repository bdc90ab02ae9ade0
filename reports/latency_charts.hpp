/// Charts of a latency histogram: how often each latency came up, and which latency each share of
/// requests stayed under.
#pragma once

#include <string>
#include <vector>

#include "reports/figure.hpp"
#include "sim/measure/histogram.hpp"

namespace faultline::reports {

/// Bars of equal width on a logarithmic axis of latency, with p50, p90 and p99 marked.
/// `nanoseconds` may be empty.
void draw_distribution(PageWriter& page, const sim::Histogram& nanoseconds,
                       const std::string& window);

/// A named histogram, drawn as one line.
struct PercentileLine {
  std::string label;
  std::string css_class;
  const sim::Histogram* nanoseconds = nullptr;
};

/// Latency (logarithmic) over quantile (by its distance from 100 %, logarithmic too), as far as the
/// number of samples can tell. The first line's main percentiles are written beside it. Lines
/// without samples are left out.
void draw_percentile_curve(PageWriter& page, const std::vector<PercentileLine>& lines,
                           const std::string& window);

}  // namespace faultline::reports
