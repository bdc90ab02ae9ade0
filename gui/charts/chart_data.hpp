/// From snapshots and results to series of charts. Nothing is measured here: series are read,
/// histograms are asked for their counts and quantiles.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gui/charts/chart_series.hpp"
#include "gui/charts/chart_source.hpp"

namespace faultline::gui {

/// The named series of a run with their steps.
struct RunSeries {
  const std::map<std::string, std::vector<double>>* values = nullptr;
  double start = 0;  ///< Seconds.
  double step = 1;   ///< Seconds.
  double end = 0;    ///< What was reached: the last step may be cut short by it.
};

/// Of the present run: of its result once there is one, else of the snapshot.
std::optional<RunSeries> presentSeries(const ChartSource& source);
std::optional<RunSeries> pinnedSeries(const ChartSource& source);

/// The values of `y` over equal steps.
ChartSeries steppedSeries(double start, double step, double end, const std::vector<double>& y);

/// What a line over time shows.
struct TimeLine {
  std::string key;  ///< In `values`.
  QString name;
  Tone tone;
};
/// Those of `lines` that there are, of the present run and dashed of the pinned one (their ids
/// begin with "pinned.").
std::vector<ChartSeries> timeSeries(const ChartSource& source, const std::vector<TimeLine>& lines);

/// A quantity of nodes over time, read from the frames of the run: one series for each node of
/// which a frame knows it.
std::vector<ChartSeries> frameSeries(const ChartSource& source, float sim::NodeSample::*quantity,
                                     const QString& id);

/// Faults, phases and breaches of the present run.
std::vector<sim::Band> bandsOf(const ChartSource& source);

/// "0 s to 34.8 s, one point each 200 ms", and what is pinned.
QString seriesCovers(const ChartSource& source);
/// The same of a pinned run only: "dashed: Three-tier shop, seed 1".
QString pinnedCovers(const ChartSource& source);
/// "5 s to 60 s, after a warm-up of 5 s".
QString statisticsCovers(const ChartSource& source);
QString statisticsCovers(const sim::Result& result);

/// How a distribution is drawn.
enum class DistributionForm {
  histogram,     ///< The share of samples in each bar.
  cumulative,    ///< The share of samples up to a value.
  complementary  ///< The share of samples above a value.
};
/// A histogram of nanoseconds as a series over seconds. Of a logarithmic axis the bars are equally
/// wide on it. Empty if the histogram is.
ChartSeries distributionSeries(const sim::Histogram& nanoseconds, DistributionForm form, bool logX);

}  // namespace faultline::gui
