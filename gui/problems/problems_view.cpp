#include "gui/problems/problems_view.hpp"

#include <algorithm>
#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QStackedLayout>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QTreeView>

#include "gui/problems/problems_model.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

/// Rows as high as their text over several lines; a tree asks for one line only.
class WrappedText final : public QStyledItemDelegate {
 public:
  explicit WrappedText(QTreeView* list) : QStyledItemDelegate(list), list_(list) {}

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QSize line = QStyledItemDelegate::sizeHint(option, index);
    QStyleOptionViewItem filled(option);
    initStyleOption(&filled, index);
    const int icon = filled.decorationSize.width() + 10;
    const int room = std::max(60, list_->columnWidth(index.column()) - icon);
    const QRect box =
        filled.fontMetrics.boundingRect(0, 0, room, 10'000, Qt::TextWordWrap, filled.text);
    return {line.width(), std::max(line.height(), box.height() + 6)};
  }

 private:
  const QTreeView* list_;
};

}  // namespace

ProblemsView::ProblemsView(Document& document, QWidget* parent)
    : QWidget(parent),
      document_(document),
      model_(new ProblemsModel(document, this)),
      pages_(new QStackedLayout(this)),
      list_(new QTreeView(this)),
      none_(new QLabel(this)),
      copyAction_(new QAction(this)),
      copyAllAction_(new QAction(this)) {
  list_->setModel(model_);
  list_->setRootIsDecorated(false);
  list_->setAllColumnsShowFocus(true);
  list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  list_->setContextMenuPolicy(Qt::ActionsContextMenu);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setTextElideMode(Qt::ElideRight);
  list_->header()->setStretchLastSection(false);
  list_->header()->setSectionResizeMode(ProblemsModel::messageColumn, QHeaderView::Stretch);
  list_->header()->setSectionResizeMode(ProblemsModel::placeColumn, QHeaderView::Interactive);
  list_->header()->setSectionResizeMode(ProblemsModel::lineColumn, QHeaderView::ResizeToContents);
  list_->header()->resizeSection(ProblemsModel::placeColumn, 120);
  // What is wrong is read whole, over several lines where the panel is narrow.
  list_->setWordWrap(true);
  list_->setItemDelegateForColumn(ProblemsModel::messageColumn, new WrappedText(list_));
  connect(list_->header(), &QHeaderView::sectionResized, this, [this](int section) {
    if (section == ProblemsModel::messageColumn) {
      QTimer::singleShot(0, list_, [this] { list_->doItemsLayout(); });
    }
  });
  none_->setAlignment(Qt::AlignCenter);
  none_->setWordWrap(true);
  pages_->addWidget(list_);
  pages_->addWidget(none_);

  copyAction_->setShortcut(QKeySequence::Copy);
  copyAction_->setShortcutContext(Qt::WidgetShortcut);
  list_->addAction(copyAction_);
  list_->addAction(copyAllAction_);
  connect(copyAction_, &QAction::triggered, this, &ProblemsView::copy);
  connect(copyAllAction_, &QAction::triggered, this, [this] {
    QStringList lines;
    for (int row = 0; row < model_->rowCount(); ++row) lines << problemLine(model_->at(row));
    QGuiApplication::clipboard()->setText(lines.join('\n'));
  });
  connect(list_, &QTreeView::clicked, this, [this](const QModelIndex& index) { go(index.row()); });
  connect(list_, &QTreeView::activated, this,
          [this](const QModelIndex& index) { go(index.row()); });
  connect(&document_, &Document::problemsChanged, this, &ProblemsView::update);
  connect(&document_, &Document::textChanged, this, &ProblemsView::update);
  retranslate();
}

int ProblemsView::count() const { return model_->rowCount(); }

void ProblemsView::update() {
  none_->setText(document_.problemsPending() ? tr("Checking …")
                                             : tr("No problems. The scenario can be run."));
  // Thousands of rows are as high as one another, so that nobody waits for their heights.
  list_->setUniformRowHeights(model_->rowCount() > 500);
  pages_->setCurrentWidget(model_->rowCount() > 0 ? static_cast<QWidget*>(list_) : none_);
  Q_EMIT countChanged(model_->rowCount());
}

void ProblemsView::go(int row) {
  if (row < 0 || row >= model_->rowCount()) return;
  const LocatedProblem problem = model_->at(row);
  Q_EMIT navigate(problem.path, problem.node, problem.line);
}

void ProblemsView::copy() {
  QStringList lines;
  QModelIndexList rows = list_->selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end());
  for (const QModelIndex& index : rows) lines << problemLine(model_->at(index.row()));
  if (!lines.isEmpty()) QGuiApplication::clipboard()->setText(lines.join('\n'));
}

void ProblemsView::retranslate() {
  list_->setAccessibleName(tr("Problems"));
  copyAction_->setText(tr("Copy"));
  copyAllAction_->setText(tr("Copy all"));
  update();
}

void ProblemsView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) {
    retranslate();
    Q_EMIT model_->headerDataChanged(Qt::Horizontal, 0, ProblemsModel::columns - 1);
  }
  QWidget::changeEvent(event);
}

}  // namespace faultline::gui
