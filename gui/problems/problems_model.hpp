/// The problems of a document as a table: what is wrong, where, in which line.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "gui/document/document.hpp"

namespace faultline::gui {

class ProblemsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { messageColumn, placeColumn, lineColumn, columns };
  enum Role { pathRole = Qt::UserRole, lineRole, nodeRole, textRole };

  explicit ProblemsModel(Document& document, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  const LocatedProblem& at(int row) const { return problems_[static_cast<std::size_t>(row)]; }

 private:
  void update();
  Document& document_;
  std::vector<LocatedProblem> problems_;
};

/// "nodes.cache.capcity: unknown key; did you mean ...", as the program writes it on a console.
QString problemLine(const LocatedProblem& problem);

}  // namespace faultline::gui
