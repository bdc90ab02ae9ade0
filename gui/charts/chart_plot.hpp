/// The drawing area of a ChartPanel: a QCustomPlot with our axes, bands, cursor and mouse. Included
/// by chart_panel.cpp and chart_plot.cpp only.
#pragma once

// Its header is written with Qt's keywords, which our targets switch off.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach

#include <optional>
#include <vector>

#include "gui/charts/chart_series.hpp"
#include "gui/timeline/time_cursor.hpp"

namespace faultline::gui {

class ChartPanel;

/// The colour of `tone` in the theme.
QColor colorOf(const Tone& tone);

class ChartPlot : public QCustomPlot {
  Q_OBJECT
 public:
  ChartPlot(ChartPanel& panel, TimeCursor* cursor);

  void setQuantities(Quantity x, Quantity y);
  void setAxisNames(const QString& x, const QString& y);
  void setLog(bool x, bool y);
  void setMarks(std::vector<ChartMark> marks);
  void setWarmup(double seconds) { warmup_ = seconds; }
  void setEnd(double seconds) { end_ = seconds; }
  void setValueRange(double low, double high);
  void applyTheme();
  /// Draws the series of the panel anew.
  void rebuild();
  void showAll();
  void applyRange();
  /// What a person zoomed to; nothing while an axis goes by the data. Of time it is the cursor's.
  std::optional<QCPRange> zoom(QCPAxis* axis) const;
  void setZoom(QCPAxis* axis, const std::optional<QCPRange>& range);
  /// Zooms the horizontal axis by `factor` around `center`.
  void zoomBy(double factor, double center);
  void zoomTo(double from, double to);
  void panBy(double distance);

  Quantity xQuantity() const { return x_quantity_; }
  Quantity yQuantity() const { return y_quantity_; }
  double hoverX() const { return hover_; }
  double bandFrom() const { return band_from_; }
  double bandTo() const { return band_to_; }
  const std::vector<ChartMark>& marks() const { return marks_; }
  ChartPanel& panel() { return panel_; }
  TimeCursor* cursor() const { return cursor_; }
  double warmup() const { return warmup_; }
  bool forExport = false;  ///< Without the box under the mouse.

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  enum class Drag { none, pressed, band, pan };
  void setHover(double x);
  void updateTickers();
  void fitValues();
  void fitX();
  QCPRange dataRangeX() const;
  void replotOverlay();

  ChartPanel& panel_;
  TimeCursor* cursor_;
  Quantity x_quantity_ = Quantity::number;
  Quantity y_quantity_ = Quantity::number;
  std::vector<ChartMark> marks_;
  double warmup_ = 0;
  double end_ = 0;
  double value_low_ = 0;
  double value_high_ = 0;
  bool log_x_ = false;
  bool log_y_ = false;
  bool values_zoomed_ = false;
  bool x_zoomed_ = false;
  double hover_;
  double band_from_ = 0;
  double band_to_ = 0;
  Drag drag_ = Drag::none;
  QPoint press_;
  QCPRange press_range_;
};

}  // namespace faultline::gui
