/// Follows requests: a list of those that were followed, and for one of them a bar for each hop
/// that tells how long it was under way, waited in the queue, and was worked on.
#pragma once

#include <array>
#include <QAbstractScrollArea>
#include <QAbstractTableModel>
#include <QWidget>
#include <vector>

#include "gui/charts/source_panel.hpp"

class QCheckBox;
class QLabel;
class QSpinBox;
class QStackedWidget;
class QTableView;

namespace faultline::gui {

/// Traces as rows, the newest first.
class TraceModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { born, endpoint, latency, outcome, hops, column_count };
  explicit TraceModel(QObject* parent = nullptr);
  void setTraces(const std::vector<sim::RequestTrace>& traces);
  /// Null if there is no such row.
  const sim::RequestTrace* traceAt(int row) const;
  int rowOf(std::uint64_t id) const;  ///< -1: not there.

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<sim::RequestTrace> traces_;
};

/// The parts of the time of one hop.
enum class HopPart { network, queue, work, others, back };
struct HopStretch {
  HopPart part = HopPart::network;
  double from = 0;  ///< Seconds of virtual time.
  double to = 0;
};
/// One line of the picture.
struct HopBar {
  QString name;  ///< "db: read"
  int depth = 0;
  QString outcome;
  std::vector<HopStretch> stretches;  ///< One after the other, without gaps; those of no length are
                                      ///< left out.
  double seconds(HopPart part) const;
};
/// A child stands below the hop that asked for it.
std::vector<HopBar> hopBarsOf(const sim::RequestTrace& trace);

/// The bars of one request over time.
class RequestBars : public QAbstractScrollArea {
  Q_OBJECT
 public:
  explicit RequestBars(QWidget* parent = nullptr);
  void setTrace(const sim::RequestTrace* trace);
  const std::vector<HopBar>& bars() const { return bars_; }
  static QString partName(HopPart part);
  static QColor partColor(HopPart part);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  int rowHeight() const;
  int nameWidth() const;
  void updateScroll();
  QString textOf(const HopBar& bar) const;

  std::vector<HopBar> bars_;
  double from_ = 0;
  double to_ = 1;
};

class RequestPanel : public SourcePanel {
  Q_OBJECT
 public:
  /// Without a controller nothing can be switched on here.
  RequestPanel(ChartSource& source, RunController* controller, QWidget* parent = nullptr);
  void refresh() override;
  TraceModel& model() { return *model_; }
  RequestBars& bars() { return *bars_; }
  void select(int row);

 private:
  void showTrace();
  void follow();

  RunController* controller_;
  TraceModel* model_;
  QTableView* view_;
  RequestBars* bars_;
  QCheckBox* follow_;
  QSpinBox* every_;
  QLabel* legend_;
  QLabel* covers_;
  QStackedWidget* stack_;
  std::uint64_t shown_ = 0;  ///< Id of the trace that is drawn.
  bool any_shown_ = false;
};

}  // namespace faultline::gui
