/// The pinned result and the present one number by number: by how much they differ, and whether
/// that is more than luck where there are replications.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QWidget>
#include <vector>

#include "gui/charts/source_panel.hpp"
#include "gui/run/comparison.hpp"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace faultline::gui {

class ComparisonModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { path, pinned, present, difference, relative, interval, significant, column_count };
  static constexpr int sort_role = Qt::UserRole;
  explicit ComparisonModel(QObject* parent = nullptr);
  void setRows(std::vector<ComparisonRow> rows);
  const std::vector<ComparisonRow>& rows() const { return rows_; }
  /// With exact numbers, for other programs.
  QByteArray csv() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<ComparisonRow> rows_;
};

class ComparePanel : public SourcePanel {
  Q_OBJECT
 public:
  explicit ComparePanel(ChartSource& source, QWidget* parent = nullptr);
  void refresh() override;
  ComparisonModel& model() { return *model_; }
  QSortFilterProxyModel& filter() { return *filter_; }
  bool exportTo(const QString& fileName, QString* error);

 private:
  void exportDialog();
  void showState();

  ComparisonModel* model_;
  QSortFilterProxyModel* filter_;
  QTableView* view_;
  QLabel* what_;
  QLineEdit* search_;
  QCheckBox* changed_;
  QCheckBox* nodes_;
  QPushButton* pin_;
  QPushButton* unpin_;
  QPushButton* export_;
  QStackedWidget* stack_;
};

}  // namespace faultline::gui
