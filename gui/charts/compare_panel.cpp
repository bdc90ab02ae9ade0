#include "gui/charts/compare_panel.hpp"

#include <cmath>
#include <QCheckBox>
#include <QFileDialog>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/chart_series.hpp"
#include "gui/charts/flow_layout.hpp"
#include "gui/charts/path_value.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

ComparisonModel::ComparisonModel(QObject* parent) : QAbstractTableModel(parent) {}

void ComparisonModel::setRows(std::vector<ComparisonRow> rows) {
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const ComparisonRow& row = rows_[static_cast<std::size_t>(index.row())];
  if (role == Qt::TextAlignmentRole && index.column() != path) {
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  }
  if (role == Qt::FontRole && (index.column() == difference || index.column() == relative) &&
      row.significant) {
    return Theme::instance().boldFont();
  }
  if (role == Qt::ForegroundRole && row.difference == 0) return Theme::instance().mutedText();
  if (role == sort_role) {
    switch (index.column()) {
      case path:
        return row.path;
      case pinned:
        return row.a;
      case present:
        return row.b;
      case difference:
        return std::abs(row.difference);
      case relative:
        return std::isnan(row.relative) ? -1.0 : std::abs(row.relative);
      case interval:
        return row.hasInterval() ? row.high - row.low : -1.0;
      case significant:
        return row.hasInterval() ? (row.significant ? 2 : 1) : 0;
      default:
        return {};
    }
  }
  if (role == Qt::ToolTipRole && index.column() == path) return row.path;
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case path:
      return row.path;
    case pinned:
      return formatPathValue(row.path, row.a);
    case present:
      return formatPathValue(row.path, row.b);
    case difference:
      return formatPathDifference(row.path, row.difference);
    case relative: {
      if (std::isnan(row.relative)) return formatPercent(row.relative);
      const QString size = formatPercent(std::abs(row.relative));
      return (row.relative > 0   ? "+"
              : row.relative < 0 ? QString(QChar(0x2212))
                                 : QString()) +
             size;
    }
    case interval:
      return row.hasInterval() ? tr("%1 to %2")
                                     .arg(formatPathDifference(row.path, row.low),
                                          formatPathDifference(row.path, row.high))
                               : QStringLiteral("–");
    case significant:
      return !row.hasInterval() ? QStringLiteral("–")
             : row.significant  ? tr("more than luck")
                                : tr("may be luck");
    default:
      return {};
  }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::ToolTipRole && section == interval) {
    return tr("Where the true difference lies with 95 % confidence; needs replications of both");
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case path:
      return tr("Value");
    case pinned:
      return tr("Pinned");
    case present:
      return tr("Present");
    case difference:
      return tr("Difference");
    case relative:
      return tr("Relative");
    case interval:
      return tr("95 % interval");
    case significant:
      return tr("Verdict");
    default:
      return {};
  }
}

QByteArray ComparisonModel::csv() const {
  std::vector<QStringList> table = {
      {"path", "pinned", "present", "difference", "relative", "low", "high", "significant"}};
  for (const ComparisonRow& row : rows_) {
    table.push_back({row.path, exactNumber(row.a), exactNumber(row.b), exactNumber(row.difference),
                     exactNumber(row.relative), exactNumber(row.low), exactNumber(row.high),
                     row.hasInterval() ? (row.significant ? "true" : "false") : QString()});
  }
  return toCsv(table);
}

ComparePanel::ComparePanel(ChartSource& source, QWidget* parent) : SourcePanel(source, parent) {
  setObjectName("ComparePanel");
  model_ = new ComparisonModel(this);
  filter_ = new QSortFilterProxyModel(this);
  filter_->setSourceModel(model_);
  filter_->setSortRole(ComparisonModel::sort_role);
  filter_->setFilterKeyColumn(ComparisonModel::path);
  filter_->setFilterCaseSensitivity(Qt::CaseInsensitive);
  view_ = new QTableView(this);
  view_->setModel(filter_);
  view_->setSortingEnabled(true);
  view_->horizontalHeader()->setSortIndicatorClearable(true);
  view_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setShowGrid(false);
  view_->setAlternatingRowColors(true);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 6);
  view_->horizontalHeader()->setStretchLastSection(true);
  view_->setTabKeyNavigation(false);
  view_->setTextElideMode(Qt::ElideMiddle);  // The end of a path tells most.
  const int widths[] = {270, 90, 90, 100, 80, 150, 110};
  for (int column = 0; column < ComparisonModel::column_count; ++column) {
    view_->setColumnWidth(column, widths[column]);
  }
  what_ = new QLabel(this);
  what_->setWordWrap(true);
  what_->setMinimumWidth(40);
  search_ = new QLineEdit(this);
  search_->setClearButtonEnabled(true);
  search_->setMinimumWidth(120);
  changed_ = new QCheckBox(this);
  changed_->setChecked(true);
  nodes_ = new QCheckBox(this);
  pin_ = new QPushButton(this);
  unpin_ = new QPushButton(this);
  export_ = new QPushButton(this);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(emptyLine());
  stack_->addWidget(view_);
  auto* bar = new QWidget(this);
  auto* flow = new FlowLayout(8);
  bar->setLayout(flow);
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  bar->setSizePolicy(policy);
  for (QWidget* each :
       std::initializer_list<QWidget*>{pin_, unpin_, export_, search_, changed_, nodes_}) {
    flow->addWidget(each);
  }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->setSpacing(4);
  layout->addWidget(bar);
  layout->addWidget(what_);
  layout->addWidget(stack_, 1);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    filter_->setFilterFixedString(text);
    showState();
  });
  connect(changed_, &QCheckBox::toggled, this, &ComparePanel::refresh);
  connect(nodes_, &QCheckBox::toggled, this, &ComparePanel::refresh);
  connect(pin_, &QPushButton::clicked, &source, &ChartSource::pin);
  connect(unpin_, &QPushButton::clicked, &source, &ChartSource::unpin);
  connect(export_, &QPushButton::clicked, this, &ComparePanel::exportDialog);
  connect(&source, &ChartSource::pinnedChanged, this, [this] { requestRefresh(); });
  open();
}

void ComparePanel::refresh() {
  pin_->setText(tr("Pin this result"));
  unpin_->setText(tr("Unpin"));
  export_->setText(tr("Export…"));
  search_->setPlaceholderText(tr("Search values"));
  search_->setAccessibleName(tr("Search values"));
  changed_->setText(tr("Only what differs"));
  nodes_->setText(tr("Each replica too"));
  setAccessibleName(tr("Comparison"));
  view_->setAccessibleName(tr("Comparison"));
  pin_->setEnabled(source().canPin());
  unpin_->setEnabled(source().hasPinned());
  const ResultPtr& present = source().result();
  const ResultPtr& pinned = source().pinned().result;
  std::vector<ComparisonRow> rows;
  if (present != nullptr && pinned != nullptr && present != pinned) {
    rows = compare(*pinned, *present,
                   {.nodes = nodes_->isChecked(), .unchanged = !changed_->isChecked()});
    const auto name = [](const sim::Result& result) {
      const QString title = QString::fromStdString(result.title);
      return result.replications > 1
                 ? tr("%1 (seed %2, %3 replications, %4)")
                       .arg(title)
                       .arg(result.seed)
                       .arg(result.replications)
                       .arg(statisticsCovers(result))
                 : tr("%1 (seed %2, %3)").arg(title).arg(result.seed).arg(statisticsCovers(result));
    };
    what_->setText(tr("Pinned: %1. Present: %2.").arg(name(*pinned), name(*present)));
  } else {
    what_->clear();
  }
  what_->setVisible(!what_->text().isEmpty());
  model_->setRows(std::move(rows));
  showState();
}

void ComparePanel::showState() {
  const ResultPtr& present = source().result();
  const ResultPtr& pinned = source().pinned().result;
  const bool compared = present != nullptr && pinned != nullptr && present != pinned;
  emptyLine()->setText(pinned == nullptr
                           ? tr("Run to the end and pin the result; change the design and "
                                "run again: here stands what became different.")
                       : !compared ? tr("A result is pinned. Run again to compare with it.")
                       : model_->rowCount() == 0 ? tr("Nothing differs: the results are the same.")
                                                 : tr("No value matches."));
  stack_->setCurrentIndex(filter_->rowCount() > 0 ? 1 : 0);
  export_->setEnabled(model_->rowCount() > 0);
}

bool ComparePanel::exportTo(const QString& fileName, QString* error) {
  QSaveFile file(fileName);
  if (file.open(QIODevice::WriteOnly) && file.write(model_->csv()) >= 0 && file.commit()) {
    return true;
  }
  if (error != nullptr) *error = tr("Cannot write %1: %2").arg(fileName, file.errorString());
  return false;
}

void ComparePanel::exportDialog() {
  const QString name = QFileDialog::getSaveFileName(this, tr("Export comparison"), "comparison.csv",
                                                    tr("Numbers (*.csv)"));
  QString error;
  if (!name.isEmpty() && !exportTo(name, &error)) {
    QMessageBox::warning(this, tr("Export comparison"), error);
  }
}

}  // namespace faultline::gui
