#include "gui/problems/problems_model.hpp"

#include <QLocale>

#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

QString problemLine(const LocatedProblem& problem) {
  QString text = shownSentence(problem.message);
  if (!problem.path.isEmpty()) text.prepend(problem.path + ": ");
  if (!problem.hint.isEmpty()) text += "; " + shownSentence(problem.hint);
  return text;
}

ProblemsModel::ProblemsModel(Document& document, QObject* parent)
    : QAbstractTableModel(parent), document_(document), problems_(document.problems()) {
  connect(&document_, &Document::problemsChanged, this, &ProblemsModel::update);
  const auto showAnew = [this] {
    if (!problems_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
  };
  connect(&Theme::instance(), &Theme::changed, this, showAnew);
  connect(&LanguageChoice::instance(), &LanguageChoice::changed, this, showAnew);
}

void ProblemsModel::update() {
  const std::vector<LocatedProblem>& now = document_.problems();
  if (now == problems_) return;
  // The same number of problems is most often the same ones, moved by a line.
  if (now.size() == problems_.size()) {
    problems_ = now;
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
    return;
  }
  beginResetModel();
  problems_ = now;
  endResetModel();
}

int ProblemsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(problems_.size());
}

int ProblemsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : columns;
}

QVariant ProblemsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const LocatedProblem& problem = at(index.row());
  switch (role) {
    case Qt::DisplayRole:
      switch (index.column()) {
        case messageColumn:
          return problem.hint.isEmpty() ? shownSentence(problem.message)
                                        : shownSentence(problem.message) + QStringLiteral(" — ") +
                                              shownSentence(problem.hint);
        case placeColumn:
          return problem.path.isEmpty() ? tr("the file") : problem.path;
        case lineColumn:
          return problem.line > 0 ? QLocale().toString(problem.line) : QString();
      }
      return {};
    case Qt::DecorationRole:
      if (index.column() == messageColumn) {
        return themedIcon(QStringLiteral("problem"), Theme::instance().bad());
      }
      return {};
    case Qt::ToolTipRole:
    case textRole:
      return problemLine(problem);
    case Qt::TextAlignmentRole:
      if (index.column() == lineColumn) return int(Qt::AlignRight | Qt::AlignVCenter);
      return {};
    case Qt::AccessibleTextRole:
      return index.column() == lineColumn ? tr("line %1").arg(problem.line)
                                          : data(index, Qt::DisplayRole);
    case pathRole:
      return problem.path;
    case lineRole:
      return problem.line;
    case nodeRole:
      return problem.node;
  }
  return {};
}

QVariant ProblemsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
  switch (section) {
    case messageColumn:
      return tr("Problem");
    case placeColumn:
      return tr("Place");
    case lineColumn:
      return tr("Line");
  }
  return {};
}

}  // namespace faultline::gui
