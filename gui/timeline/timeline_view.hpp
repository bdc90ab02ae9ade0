/// Bars of faults over virtual time, to be moved, stretched, renamed and removed, with the cursor
/// of time over them.
///
///   drag a bar        moves it; its ends stretch it      Alt      without snapping to round times
///   drag the handle   scrubs; click on the scale too     wheel    zooms, with Shift moves
///   double click      edits the text of a bar            Del, F2, Insert, arrows: by keyboard
#pragma once

#include <optional>
#include <QAbstractScrollArea>
#include <QMimeData>
#include <QPointer>
#include <vector>

#include "gui/charts/chart_source.hpp"
#include "gui/timeline/fault_bars.hpp"

class QLineEdit;
class QMenu;

namespace faultline::gui {

class Document;
class RunController;

class TimelineView : public QAbstractScrollArea {
  Q_OBJECT
 public:
  /// The clipboard's form of a fault that is dragged here: its text.
  static constexpr const char* fault_mime = "application/x-faultline-fault";

  TimelineView(Document& document, RunController& run, ChartSource& source,
               QWidget* parent = nullptr);
  ~TimelineView() override;

  const std::vector<FaultBar>& bars() const { return bars_; }
  int selected() const { return selected_; }  ///< Index of a bar; -1: none.
  void select(int index);
  /// The rectangle of a bar in the viewport, as it is drawn.
  QRectF rectOf(const FaultBar& bar) const;
  double timeAt(double x) const;
  double xOf(double seconds) const;
  /// Round times that are at least some pixels apart: what a drag snaps to.
  double snapStep() const;
  double end() const { return end_; }  ///< Of the axis while all is shown, seconds.

  void refresh();
  void editSelected();
  void removeSelected();
  void keepSelected();  ///< Writes a hand fault into the scenario.
  void addFault(const QString& fault, double at);

 Q_SIGNALS:
  /// The menu of faults that can be added at this time is asked for.
  void addRequested(double atSeconds, const QPoint& globalPosition);
  void selectionChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  static constexpr int scale_height = 20;
  static constexpr int strip_height = 7;  ///< Of breaches.
  static constexpr int margin = 12;

  enum class Grip { none, body, left, right, cursor };
  struct Hit {
    int bar = -1;
    Grip grip = Grip::none;
  };
  Hit hitAt(const QPointF& position) const;
  QRectF area() const;
  int laneHeight() const;
  double shownFrom() const;
  double shownTo() const;
  double cursorTime() const;
  double reached() const;
  void zoom(double factor, double center);
  void pan(double distance);
  void dragTo(const QPointF& position, bool free);
  void finishDrag();
  void cancelDrag();
  void updateScroll();
  void drawScale(QPainter& painter) const;
  void drawBreaches(QPainter& painter) const;
  void drawBar(QPainter& painter, const FaultBar& bar, bool selected) const;
  void drawCursor(QPainter& painter) const;
  QString cursorText() const;
  QRectF cursorLabel() const;  ///< Where that text stands; empty without a run.
  QString tipOf(const FaultBar& bar) const;
  void nudge(double steps, bool stretch);

  Document& document_;
  RunController& run_;
  ChartSource& source_;
  std::size_t happened_ = 0;  ///< Faults that the run has done so far.
  std::vector<FaultBar> bars_;
  double end_ = 60;
  int selected_ = -1;
  // A drag under way.
  Hit grabbed_;
  QPointF press_;
  bool moved_ = false;
  std::optional<FaultBar> preview_;  ///< The grabbed bar as it would be.
  std::optional<double> drop_at_;    ///< Where a dragged fault would begin.
  QPointer<QLineEdit> editor_;
};

}  // namespace faultline::gui
