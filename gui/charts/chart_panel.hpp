/// A chart with everything a person expects of one: title, what it covers, a legend of words and
/// colours that hides series, zoom and pan, the values under the mouse, the cursor of time, named
/// bands of faults and breaches, and export.
///
///   drag          zooms into the stretch           wheel        zooms time; with Ctrl the values
///   Shift+drag    moves, as the middle button does double click shows all
///   click         scrubs to that moment            Esc          back to the newest
///   arrows, + -, Home, menu key: the same by keyboard
///
/// QCustomPlot stays in chart_panel.cpp and chart_plot.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <QByteArray>
#include <QJsonObject>
#include <QPointer>
#include <QWidget>
#include <vector>

#include "gui/charts/chart_series.hpp"
#include "gui/timeline/time_cursor.hpp"

class QLabel;
class QPainter;
class QStackedWidget;

namespace faultline::gui {

class ChartPlot;
class ChartLegend;
class FlowLayout;

/// A device to paint charts on, as vectors where it knows them.
class ChartCanvas {
 public:
  explicit ChartCanvas(QPaintDevice* device);
  ~ChartCanvas();
  QPainter& painter();

 private:
  friend class ChartPanel;
  class Private;
  std::unique_ptr<Private> d_;
};

class ChartPanel : public QWidget {
  Q_OBJECT
 public:
  /// With a `cursor` the horizontal axis is virtual time, shared with all others of that cursor.
  explicit ChartPanel(TimeCursor* cursor, QWidget* parent = nullptr);
  ~ChartPanel() override;

  void setTitle(const QString& title);
  QString title() const { return title_; }
  /// Which time and which requests the figures are of; shown below the title.
  void setCovers(const QString& covers);
  QString covers() const { return covers_; }
  /// What stands in place of the chart while no series has a number: what to do about it.
  void setEmptyText(const QString& text);
  void setNote(const QString& note);  ///< A line below the chart; empty: none.
  bool isEmpty() const;

  void setQuantities(Quantity x, Quantity y);
  void setAxisNames(const QString& x, const QString& y);  ///< Empty: none.
  void setCsvName(const QString& xName) { csv_name_ = xName; }
  /// Replaces all series; hidden ones stay hidden by their id.
  void setSeries(std::vector<ChartSeries> series);
  const std::vector<ChartSeries>& series() const { return series_; }
  void setMarks(std::vector<ChartMark> marks);
  /// Of faults, phases and breaches; only with a cursor.
  void setBands(std::vector<sim::Band> bands);
  const std::vector<sim::Band>& bands() const { return bands_; }
  void setWarmup(double seconds);
  void setEnd(double seconds);  ///< The end of the time axis while all is shown.
  void setValueRange(double low,
                     double high);  ///< Fixed, such as 0 to 1; low == high: by the data.

  bool isSeriesHidden(const QString& id) const;
  void setSeriesHidden(const QString& id, bool hidden);
  bool isLogX() const { return log_x_; }
  bool isLogY() const { return log_y_; }
  void setLogX(bool on);
  void setLogY(bool on);
  void setLogChoices(bool x, bool y);  ///< Which axes the menu offers to change.

  /// What a person set up here: hidden series, logarithmic axes, zoom (but not of time, which all
  /// charts share). Empty: as at first.
  virtual QJsonObject view() const;
  virtual void setView(const QJsonObject& view);
  double valuesFrom() const;  ///< Of the vertical axis, as shown.
  double valuesTo() const;
  /// Shows these values only; low == high: by the data again.
  void zoomValues(double low, double high);

  /// The values of all visible series at `x`, as the box by the mouse shows them: "p99: 12 ms".
  QStringList valuesAt(double x) const;
  double visibleFrom() const;  ///< Of the horizontal axis.
  double visibleTo() const;
  /// The place of a value of the horizontal axis in pixels of plotWidget().
  double pixelOf(double x) const;
  QWidget* plotWidget() const;

  QByteArray csv() const;  ///< Of the visible series.
  /// Writes PNG, SVG, PDF or CSV by the name's suffix: to a temporary file that is renamed. False
  /// and a sentence in `error` if that cannot be done.
  bool exportTo(const QString& fileName, QString* error);
  /// Draws title, legend and chart into `rect`, in units of 1/96 inch.
  void paint(ChartCanvas& canvas, const QRectF& rect);
  /// After it was painted on paper (PaperColours): the colours of the screen again.
  void backToScreen();

 public Q_SLOTS:
  void showAll();

 Q_SIGNALS:
  void logChanged();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void changeEvent(QEvent* event) override;
  QSize sizeHint() const override { return {420, 260}; }
  QSize minimumSizeHint() const override { return {180, 140}; }
  /// For further widgets in the head, beside the title or below it where there is no room.
  FlowLayout* headLayout() const { return head_; }
  /// The series changed by setSeries are drawn anew.
  void redraw();

 private:
  friend class ChartPlot;
  void showMenu(const QPoint& globalPosition);
  void exportDialog();
  void copyPicture();
  void clicked(double x);
  void zoomTo(double from, double to);
  void applyTheme();
  void updateAccessibility();

  TimeCursor* cursor_;
  QString title_;
  QString covers_;
  QString csv_name_ = QStringLiteral("x");
  std::vector<ChartSeries> series_;
  std::vector<sim::Band> bands_;
  QStringList hidden_;
  std::optional<QStringList> usually_hidden_;  ///< Before a view was set.
  bool log_x_ = false;
  bool log_y_ = false;
  bool offer_log_x_ = false;
  bool offer_log_y_ = true;
  bool screen_stale_ = false;
  FlowLayout* head_ = nullptr;
  QLabel* title_label_ = nullptr;
  QLabel* covers_label_ = nullptr;
  QLabel* note_label_ = nullptr;
  QLabel* empty_label_ = nullptr;
  ChartLegend* legend_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  ChartPlot* plot_ = nullptr;
};

}  // namespace faultline::gui
