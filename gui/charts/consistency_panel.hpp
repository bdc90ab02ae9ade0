/// What the watched operations say about the data tier: which models of consistency held and why
/// others did not, how stale reads were, and what each side of a partition could still do before,
/// during and after it. All of it is read from the result.
#pragma once

#include <memory>
#include <QAbstractItemModel>
#include <QAbstractTableModel>
#include <QWidget>
#include <vector>

#include "gui/charts/source_panel.hpp"

class QLabel;
class QStackedWidget;
class QTableView;
class QTreeView;

namespace faultline::gui {

/// Models of consistency as rows, and after them, for each store, the levels of isolation of its
/// transactions; below a violated one its witness, below an undecided one why.
class VerdictModel : public QAbstractItemModel {
  Q_OBJECT
 public:
  enum Column { name, verdict, histories, column_count };
  explicit VerdictModel(QObject* parent = nullptr);
  void setResult(ResultPtr result);
  static QString modelText(const std::string& name);

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& index) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Row {
    QString title;
    const sim::ModelVerdicts* verdicts;
    QStringList details;
  };
  static QStringList detailsOf(const sim::ModelVerdicts& verdicts);

  ResultPtr result_;
  std::vector<Row> rows_;
};

/// Sides of the partition by reads and writes; before, during and after the fault.
class AvailabilityModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { side, operations, before, during, after, outage, column_count };
  explicit AvailabilityModel(QObject* parent = nullptr);
  void setResult(ResultPtr result);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Row {
    const sim::SideAvailability* side;
    const sim::SideAvailability::Kind* kind;
    bool writes;
  };
  ResultPtr result_;
  std::vector<Row> rows_;
};

/// The share of fresh reads by the time since the last acknowledged write of their key.
class FreshnessChart : public SourceChart {
  Q_OBJECT
 public:
  explicit FreshnessChart(ChartSource& source, QWidget* parent = nullptr);

 protected:
  void fill() override;
};

class ConsistencyPanel : public SourcePanel {
  Q_OBJECT
 public:
  explicit ConsistencyPanel(ChartSource& source, QWidget* parent = nullptr);
  void refresh() override;
  VerdictModel& verdicts() { return *verdicts_; }
  AvailabilityModel& availability() { return *availability_; }
  QString summary() const;

 private:
  void applyTheme() override;
  QString summaryOf(const sim::Result& result) const;

  ResultPtr shown_;
  QLabel* summary_;
  QLabel* verdict_title_;
  QLabel* availability_title_;
  QStackedWidget* stack_;
  VerdictModel* verdicts_;
  AvailabilityModel* availability_;
  QTreeView* verdict_view_;
  QTableView* availability_view_;
  FreshnessChart* freshness_;
};

}  // namespace faultline::gui
