/// The panel under the canvas: the timeline of faults with its buttons and the list of faults to
/// drag from.
#pragma once

#include <QWidget>

#include "gui/charts/chart_source.hpp"

class QLabel;
class QMenu;
class QToolButton;

namespace faultline::gui {

class Document;
class FaultList;
class RunController;
class TimelineView;

class FaultTimeline : public QWidget {
  Q_OBJECT
 public:
  FaultTimeline(Document& document, RunController& run, ChartSource& source,
                QWidget* parent = nullptr);
  TimelineView& view() { return *view_; }
  /// What is selected on the canvas: the list of faults is of it.
  void setTarget(const QString& node);
  QSize sizeHint() const override { return {600, 130}; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retranslate();
  void refreshButtons();
  void showAddMenu(double at, const QPoint& globalPosition);
  void applyTheme();

  Document& document_;
  RunController& run_;
  ChartSource& source_;
  TimelineView* view_;
  FaultList* list_;
  QLabel* title_;
  QToolButton* add_;
  QToolButton* list_button_;
  QToolButton* live_;
  QToolButton* again_;
  QString target_;
};

}  // namespace faultline::gui
