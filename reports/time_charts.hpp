/// Charts over virtual time: rates and latencies as lines, faults and breaches as a list of bars,
/// nodes as rows.
#pragma once

#include <string>
#include <vector>

#include "reports/figure.hpp"
#include "reports/node_rows.hpp"

namespace faultline::reports {

/// Values at equal steps of virtual time; NaN where a step has no sample, which leaves a gap.
struct TimeLine {
  std::string label;
  std::string css_class;  ///< "line ok", "line l1" ...
  const std::vector<double>* values = nullptr;
};

/// The steps that the lines of a result share.
struct TimeSteps {
  double start = 0;  ///< Seconds.
  double step = 1;   ///< Seconds, above 0.
  double end = 1;    ///< Of the axis; above `start`.
};

struct TimeChart {
  std::string title;
  std::string window;
  Quantity quantity = Quantity::count;
  std::vector<TimeLine> lines;
  bool may_be_logarithmic = false;  ///< If the values span more than a factor of 30.
  bool wide = false;
};

/// Whether any of `values` is a number.
bool has_numbers(const std::vector<double>& values);

/// Lines over time with the bands behind them.
void draw_time_chart(PageWriter& page, const TimeChart& chart, const TimeSteps& steps,
                     const Bands& bands);

/// One bar for each fault and breach, a row for each name; at most 16 rows.
void draw_events(PageWriter& page, const std::string& window, const TimeSteps& steps,
                 const Bands& bands, bool wide);

/// A series that nodes have.
struct NodeSeries {
  std::string key;     ///< In NodeResult::series.
  std::string scalar;  ///< The scalar to choose the highest rows by.
  std::string title;
  std::string window;
  bool ratio = false;  ///< Shown from 0 to 100 %; else each row on its own scale.
};

/// One row for each node or folded group that has the series: an area chart for a dozen rows, a map
/// of shades beyond that. Draws nothing if no row has it.
void draw_node_series(PageWriter& page, const NodeSeries& series, const std::vector<NodeRow>& rows,
                      const TimeSteps& steps, const Bands& bands);

}  // namespace faultline::reports
