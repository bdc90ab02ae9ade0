/// What a chart draws, as plain values: lines and bars with their names, the bands behind them, and
/// what an axis counts. Made from snapshots and results by chart_data.hpp, drawn by ChartPanel.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::gui {

/// What an axis counts, which decides how its numbers are written.
enum class Quantity { time, seconds, ratio, rate, count, number };

/// The colour of a line, told by what it means where it means something.
struct Tone {
  enum class Kind { series, good, warning, bad, info, muted, accent };
  Kind kind = Kind::series;
  int index = 0;  ///< Of a series colour.
};

/// Values over equal or unequal stretches: y[i] holds from `from[i]` to `to[i]`. NaN is a gap.
struct ChartSeries {
  enum class Shape {
    line,   ///< Through the middles of the stretches.
    steps,  ///< A level over each stretch.
    bars    ///< Filled from the axis up to the value over each stretch.
  };
  QString id;    ///< Name of the column in CSV: "latency_p99_seconds".
  QString name;  ///< In the legend: "p99".
  Tone tone;
  Shape shape = Shape::line;
  bool dashed = false;  ///< Of a pinned run.
  bool dots = false;    ///< A dot at each value: what lies between was not measured.
  std::vector<double> from;
  std::vector<double> to;  ///< Empty: points at `from`.
  std::vector<double> y;

  double x(std::size_t index) const {
    return to.empty() ? from[index] : (from[index] + to[index]) / 2;
  }
  std::size_t size() const { return y.size(); }
  bool hasNumbers() const;
};

/// A line at one value of the horizontal axis, with its text: a percentile of a distribution.
struct ChartMark {
  double x = 0;
  QString text;
  Tone tone;
};

/// The index of the stretch that holds `x`, or of the point nearest to it; -1 if x lies outside of
/// all stretches.
int indexAt(const ChartSeries& series, double x);

/// The series as comma-separated values in the "C" notation, numbers that read back exactly, empty
/// fields where there is none. `xName` names the first column; series over stretches get two:
/// "from_<xName>" and "to_<xName>".
QByteArray toCsv(const std::vector<ChartSeries>& series, const QString& xName);

/// A table as comma-separated values: quoted where it has to be.
QByteArray toCsv(const std::vector<QStringList>& rows);

/// The shortest text that reads back to the same number; empty for NaN.
QString exactNumber(double value);

/// `value` as the axis or cursor writes it.
QString formatQuantity(Quantity quantity, double value);

}  // namespace faultline::gui
