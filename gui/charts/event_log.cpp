#include "gui/charts/event_log.hpp"

#include <algorithm>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <set>

#include "gui/charts/chart_data.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

bool same(const sim::LogLine& a, const sim::LogLine& b) {
  return a.at_seconds == b.at_seconds && a.kind == b.kind && a.component == b.component &&
         a.text == b.text && a.end == b.end;
}

/// What the engine says of an event, in the language of the window. Names and faults stay as they
/// are.
QString wordsOf(const std::string& text) {
  static const char* const known[] = {
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "down"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "paused"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "leader"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "breach"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "statistics begin"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "goes on"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "gets a server"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "ends a service"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "gets a request"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "gets a reply"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "gives up waiting"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "fault"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "ends a step of the series"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "message passes a link"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "gets a message"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "event"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "begins"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "ends"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "statistics"),
      QT_TRANSLATE_NOOP("faultline::gui::LogModel", "faults")};
  for (const char* each : known) {
    if (text == each) return QCoreApplication::translate("faultline::gui::LogModel", each);
  }
  return shownSentence(text);
}

QTableView* tableOf(QWidget* parent, QAbstractItemModel* model) {
  auto* view = new QTableView(parent);
  view->setModel(model);
  view->setSelectionBehavior(QAbstractItemView::SelectRows);
  view->setShowGrid(false);
  view->setWordWrap(false);
  view->setAlternatingRowColors(true);
  view->verticalHeader()->hide();
  view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 6);
  view->horizontalHeader()->setStretchLastSection(true);
  view->horizontalHeader()->setHighlightSections(false);
  view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  view->setTabKeyNavigation(false);
  return view;
}

}  // namespace

LogModel::LogModel(QObject* parent) : QAbstractTableModel(parent) {}

void LogModel::setLog(const std::vector<sim::LogLine>& log) {
  if (log.empty() || log_.empty()) {
    if (log.empty() && log_.empty()) return;
    beginResetModel();
    log_ = log;
    endResetModel();
    return;
  }
  // Where the new log begins inside the old one: lines may have gone from the front.
  std::size_t gone = 0;
  while (gone < log_.size() && !same(log_[gone], log.front())) ++gone;
  const std::size_t kept = log_.size() - gone;
  bool continues = kept > 0 && kept <= log.size();
  for (std::size_t i = 0; continues && i < kept; ++i) continues = same(log_[gone + i], log[i]);
  if (!continues) {
    beginResetModel();
    log_ = log;
    endResetModel();
    return;
  }
  if (gone > 0) {
    beginRemoveRows({}, 0, static_cast<int>(gone) - 1);
    log_.erase(log_.begin(), log_.begin() + static_cast<std::ptrdiff_t>(gone));
    endRemoveRows();
  }
  if (log.size() > kept) {
    beginInsertRows({}, static_cast<int>(kept), static_cast<int>(log.size()) - 1);
    log_.insert(log_.end(), log.begin() + static_cast<std::ptrdiff_t>(kept), log.end());
    endInsertRows();
  }
}

QString LogModel::kindText(const std::string& kind) {
  if (kind == "fault") return tr("fault");
  if (kind == "phase") return tr("phase");
  if (kind == "slo") return tr("SLO");
  if (kind == "leader") return tr("leader");
  if (kind == "node") return tr("node");
  if (kind == "scale") return tr("scaling");
  if (kind == "run") return tr("run");
  if (kind == "deadlock") return tr("deadlock");
  if (kind == "lost_update") return tr("lost update");
  return QString::fromStdString(kind);
}

void LogModel::retranslate() {
  if (!log_.empty()) {
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
  }
  Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

int LogModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(log_.size());
}

int LogModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const sim::LogLine& line = log_[static_cast<std::size_t>(index.row())];
  if (role == seconds_role) return line.at_seconds;
  if (role == kind_role) return QString::fromStdString(line.kind);
  if (role == Qt::ForegroundRole && index.column() == kind) {
    const Theme& theme = Theme::instance();
    if (line.kind == "slo") return line.end ? theme.good() : theme.bad();
    if (line.kind == "deadlock" || line.kind == "lost_update") return theme.bad();
    if (line.kind == "fault" || line.kind == "phase") {
      return line.end ? theme.mutedText() : theme.warning();
    }
    return theme.mutedText();
  }
  if (role == Qt::ToolTipRole && index.column() == what) return QString::fromStdString(line.text);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case time:
      return formatClock(line.at_seconds);
    case kind:
      return line.end ? tr("%1 ends").arg(kindText(line.kind)) : kindText(line.kind);
    case place:
      return QString::fromStdString(line.component);
    case what:
      return wordsOf(line.text);
    default:
      return {};
  }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case time:
      return tr("Time");
    case kind:
      return tr("Kind");
    case place:
      return tr("Where");
    case what:
      return tr("What");
    default:
      return {};
  }
}

LogFilter::LogFilter(QObject* parent) : QSortFilterProxyModel(parent) {}

void LogFilter::setKind(const QString& kind) {
  kind_ = kind;
  invalidateFilter();
}

void LogFilter::setText(const QString& text) {
  text_ = text;
  invalidateFilter();
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QAbstractItemModel* model = sourceModel();
  if (!kind_.isEmpty() &&
      model->index(row, 0, parent).data(LogModel::kind_role).toString() != kind_) {
    return false;
  }
  if (text_.isEmpty()) return true;
  for (int column = 0; column < model->columnCount(parent); ++column) {
    const QString cell = model->index(row, column, parent).data().toString();
    if (cell.contains(text_, Qt::CaseInsensitive)) return true;
  }
  return false;
}

EventLogPanel::EventLogPanel(ChartSource& source, QWidget* parent) : SourcePanel(source, parent) {
  setObjectName("EventLogPanel");
  model_ = new LogModel(this);
  filter_ = new LogFilter(this);
  filter_->setSourceModel(model_);
  kinds_ = new QComboBox(this);
  text_ = new QLineEdit(this);
  text_->setClearButtonEnabled(true);
  count_ = new QLabel(this);
  view_ = tableOf(this, filter_);
  view_->setColumnWidth(LogModel::time, 90);
  view_->setColumnWidth(LogModel::kind, 90);
  view_->setColumnWidth(LogModel::place, 110);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(emptyLine());
  stack_->addWidget(view_);
  auto* head = new QHBoxLayout;
  head->addWidget(kinds_);
  head->addWidget(text_, 1);
  head->addWidget(count_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->setSpacing(4);
  layout->addLayout(head);
  layout->addWidget(stack_, 1);

  auto* copy = new QAction(view_);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, &EventLogPanel::copySelected);
  view_->addAction(copy);
  connect(kinds_, &QComboBox::activated, this, [this](int index) {
    filter_->setKind(kinds_->itemData(index).toString());
    showState();
  });
  connect(text_, &QLineEdit::textChanged, this, [this](const QString& text) {
    filter_->setText(text);
    showState();
  });
  const auto go = [this](const QModelIndex& index) {
    if (index.isValid()) {
      this->source().cursor().setPosition(index.data(LogModel::seconds_role).toDouble());
    }
  };
  connect(view_, &QTableView::clicked, this, go);
  connect(view_, &QTableView::activated, this, go);
  open();
}

void EventLogPanel::refresh() {
  const QScrollBar* bar = view_->verticalScrollBar();
  const bool at_end = bar->value() == bar->maximum();
  const SnapshotPtr& snapshot = source().snapshot();
  model_->setLog(snapshot != nullptr ? snapshot->log : std::vector<sim::LogLine>());
  model_->retranslate();
  if (at_end && !view_->selectionModel()->hasSelection()) view_->scrollToBottom();
  text_->setPlaceholderText(tr("Search the log"));
  text_->setAccessibleName(tr("Search the log"));
  setAccessibleName(tr("Event log"));
  view_->setAccessibleName(tr("Event log"));
  fillKinds();
  showState();
}

void EventLogPanel::fillKinds() {
  const QSignalBlocker quiet(kinds_);
  std::set<std::string> present;
  for (const sim::LogLine& line : model_->log()) present.insert(line.kind);
  if (!filter_->kind().isEmpty()) present.insert(filter_->kind().toStdString());
  kinds_->clear();
  kinds_->addItem(tr("All kinds"), QString());
  for (const std::string& kind : present) {
    kinds_->addItem(LogModel::kindText(kind), QString::fromStdString(kind));
  }
  kinds_->setCurrentIndex(std::max(0, kinds_->findData(filter_->kind())));
  kinds_->setAccessibleName(tr("Kind of event"));
}

void EventLogPanel::showState() {
  const int shown = filter_->rowCount();
  const int all = model_->rowCount();
  count_->setText(shown == all ? formatCount(all)
                               : tr("%1 of %2").arg(formatCount(shown), formatCount(all)));
  count_->setVisible(all > 0);
  emptyLine()->setText(
      source().snapshot() == nullptr
          ? tr("Run the scenario to see faults, breaches and leaders as they come.")
      : all == 0 ? tr("Nothing out of the ordinary has happened in this run.")
                 : tr("No line of the log matches."));
  stack_->setCurrentWidget(shown == 0 ? static_cast<QWidget*>(emptyLine()) : view_);
}

void EventLogPanel::copySelected() {
  QStringList lines;
  for (const QModelIndex& row : view_->selectionModel()->selectedRows()) {
    QStringList cells;
    for (int column = 0; column < filter_->columnCount(); ++column) {
      cells << row.siblingAtColumn(column).data().toString();
    }
    lines << cells.join('\t');
  }
  QApplication::clipboard()->setText(lines.join('\n'));
}

NextEventsModel::NextEventsModel(QObject* parent) : QAbstractTableModel(parent) {}

void NextEventsModel::setEvents(std::vector<sim::NextEvent> events, double now) {
  beginResetModel();
  events_ = std::move(events);
  now_ = now;
  endResetModel();
}

int NextEventsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(events_.size());
}

int NextEventsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant NextEventsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const sim::NextEvent& event = events_[static_cast<std::size_t>(index.row())];
  if (role == Qt::ToolTipRole && index.column() == time) return formatClock(event.at_seconds);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case time:
      // What counts is how soon it comes; the moment itself stands in the tooltip.
      return tr("in %1").arg(formatSeconds(std::max(0.0, event.at_seconds - now_)));
    case place:
      return wordsOf(event.component);
    case what:
      return wordsOf(event.what);
    default:
      return {};
  }
}

QVariant NextEventsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case time:
      return tr("When");
    case place:
      return tr("Where");
    case what:
      return tr("What");
    default:
      return {};
  }
}

NextEventsPanel::NextEventsPanel(ChartSource& source, QWidget* parent)
    : SourcePanel(source, parent) {
  setObjectName("NextEventsPanel");
  model_ = new NextEventsModel(this);
  view_ = tableOf(this, model_);
  view_->setColumnWidth(NextEventsModel::time, 100);
  view_->setColumnWidth(NextEventsModel::place, 120);
  covers_ = new QLabel(this);
  covers_->setWordWrap(true);
  covers_->setMinimumWidth(40);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(emptyLine());
  stack_->addWidget(view_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->setSpacing(4);
  layout->addWidget(covers_);
  layout->addWidget(stack_, 1);
  open();
}

void NextEventsPanel::refresh() {
  const SnapshotPtr& snapshot = source().snapshot();
  const bool any = snapshot != nullptr && !snapshot->next.empty();
  model_->setEvents(any ? snapshot->next : std::vector<sim::NextEvent>(),
                    any ? snapshot->now_seconds : 0);
  covers_->setText(any ? tr("After %1, the soonest %2")
                             .arg(formatClock(snapshot->now_seconds))
                             .arg(snapshot->next.size())
                       : QString());
  covers_->setVisible(any);
  emptyLine()->setText(source().result() != nullptr
                           ? tr("The run is over: no event is to come.")
                           : tr("Pause the run to see which events come next."));
  stack_->setCurrentWidget(any ? static_cast<QWidget*>(view_) : emptyLine());
  setAccessibleName(tr("Next events"));
  view_->setAccessibleName(tr("Next events"));
}

}  // namespace faultline::gui
