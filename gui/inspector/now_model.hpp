/// What a node does at the moment: every figure of its samples with the window it covers.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/run/run_controller.hpp"

namespace faultline::gui {

/// A column for each replica of the group, a row for each figure that any of them has.
class NowModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  void show(const QString& group, const SnapshotPtr& snapshot);
  /// "12 s to 13 s"; empty without samples.
  QString windowText() const;
  bool isEmpty() const { return columns_.empty(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Figure {
    QString name;
    QStringList values;
    bool operator==(const Figure&) const = default;
  };
  QStringList columns_;
  std::vector<Figure> figures_;
  QString window_;
};

}  // namespace faultline::gui
