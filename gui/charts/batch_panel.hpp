/// Replications and simple sweeps, started from the window: which parameter over which values, how
/// often each, how far it has come, and what came out, as a table and a chart.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <QAbstractTableModel>
#include <QWidget>
#include <vector>

#include "gui/charts/chart_panel.hpp"
#include "gui/run/batch_controller.hpp"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;

namespace faultline::gui {

class ChartSource;
class Document;

/// The paths of the single values of a scenario that can be varied: "nodes.app.replicas".
QStringList sweepPathsOf(const nlohmann::json& scenario);

/// What one point gave, by path of the result.
struct BatchValues {
  std::map<std::string, double> scalars;
  std::map<std::string, sim::Interval> intervals;
};

/// A row for each value of the sweep.
class BatchModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  explicit BatchModel(QObject* parent = nullptr);
  void setPoints(const QString& parameter, const std::vector<BatchPoint>& points);
  void setPoint(int index, const BatchPoint& point);
  const std::vector<BatchPoint>& points() const { return points_; }
  const BatchValues* values(int row) const;  ///< Null: not yet there.
  /// The numbers that stand in the columns after the first.
  const QStringList& metrics() const { return metrics_; }
  QStringList allMetrics() const;  ///< All numbers that any point has.
  QByteArray csv() const;          ///< Exact numbers, with the half widths of intervals.

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  void chooseMetrics();

  QString parameter_;
  std::vector<BatchPoint> points_;
  std::vector<BatchValues> values_;
  QStringList metrics_;
};

class BatchPanel : public QWidget {
  Q_OBJECT
 public:
  BatchPanel(Document& document, ChartSource& source, QWidget* parent = nullptr);

  BatchController& controller() { return *controller_; }
  BatchModel& model() { return *model_; }
  ChartPanel& chart() { return *chart_; }
  void setSweep(const QString& path, const QString& values, int replications);
  void start();
  bool exportTo(const QString& fileName, QString* error);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retranslate();
  void refreshPaths();
  void refreshForm();
  void refreshChart();
  void refreshMetrics();
  void showProgress(const BatchProgress& progress);
  void exportDialog();
  QString currentValue(const QString& path) const;

  Document& document_;
  ChartSource& source_;
  BatchController* controller_;
  BatchModel* model_;
  QLabel* path_label_;
  QLabel* values_label_;
  QLabel* replications_label_;
  QComboBox* path_;
  QLineEdit* values_;
  QSpinBox* replications_;
  QLabel* plan_;
  QPushButton* start_;
  QPushButton* cancel_;
  QPushButton* export_;
  QPushButton* show_;
  QPushButton* pin_;
  QProgressBar* progress_;
  QLabel* state_;
  QTableView* view_;
  QComboBox* metric_;
  ChartPanel* chart_;
  QWidget* results_;  ///< The table and its buttons; nothing to see before the first start.
  bool failed_ = false;
};

}  // namespace faultline::gui
