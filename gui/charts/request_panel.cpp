#include "gui/charts/request_panel.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QHelpEvent>
#include <QLabel>
#include <QPainter>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolTip>
#include <QVBoxLayout>

#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int axis_height = 20;
constexpr HopPart all_parts[] = {HopPart::network, HopPart::queue, HopPart::work, HopPart::others,
                                 HopPart::back};

}  // namespace

TraceModel::TraceModel(QObject* parent) : QAbstractTableModel(parent) {}

void TraceModel::setTraces(const std::vector<sim::RequestTrace>& traces) {
  if (traces.empty() && traces_.empty()) return;
  const bool same = traces.size() == traces_.size() && !traces.empty() &&
                    traces.back().id == traces_.back().id &&
                    traces.front().id == traces_.front().id;
  if (same) {
    // Rows stay as they are, while what a hop did may become known later.
    traces_ = traces;
    return;
  }
  beginResetModel();
  traces_ = traces;
  endResetModel();
}

const sim::RequestTrace* TraceModel::traceAt(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  return &traces_[traces_.size() - 1 - static_cast<std::size_t>(row)];
}

int TraceModel::rowOf(std::uint64_t id) const {
  for (int row = 0; row < rowCount(); ++row) {
    if (traceAt(row)->id == id) return row;
  }
  return -1;
}

int TraceModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(traces_.size());
}

int TraceModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant TraceModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const sim::RequestTrace& trace = *traceAt(index.row());
  if (role == Qt::ForegroundRole && index.column() == outcome && trace.outcome != "ok") {
    return Theme::instance().bad();
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case born:
      return formatClock(trace.born_seconds);
    case endpoint:
      return QString::fromStdString(trace.endpoint);
    case latency:
      return formatSeconds(trace.latency_seconds);
    case outcome:
      return trace.outcome == "ok" ? tr("ok") : QString::fromStdString(trace.outcome);
    case hops:
      return formatCount(static_cast<double>(trace.hops.size()));
    default:
      return {};
  }
}

QVariant TraceModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case born:
      return tr("Sent");
    case endpoint:
      return tr("Endpoint");
    case latency:
      return tr("Latency");
    case outcome:
      return tr("Outcome");
    case hops:
      return tr("Hops");
    default:
      return {};
  }
}

double HopBar::seconds(HopPart part) const {
  double sum = 0;
  for (const HopStretch& stretch : stretches) {
    if (stretch.part == part) sum += stretch.to - stretch.from;
  }
  return sum;
}

std::vector<HopBar> hopBarsOf(const sim::RequestTrace& trace) {
  std::vector<std::vector<std::size_t>> children(trace.hops.size());
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < trace.hops.size(); ++i) {
    const auto parent = trace.hops[i].parent;
    // A parent stands before its children; anything else would be no tree.
    if (parent >= 0 && static_cast<std::size_t>(parent) < i) {
      children[static_cast<std::size_t>(parent)].push_back(i);
    } else {
      roots.push_back(i);
    }
  }
  std::vector<HopBar> bars;
  const std::function<void(std::size_t, int)> add = [&](std::size_t index, int depth) {
    const sim::HopSpan& hop = trace.hops[index];
    HopBar bar;
    bar.depth = depth;
    bar.name = QString::fromStdString(hop.node);
    if (!hop.what.empty()) bar.name += ": " + QString::fromStdString(hop.what);
    bar.outcome = QString::fromStdString(hop.outcome);
    // Nobody saw it sent that was passed on by somebody in the middle.
    double at = std::isnan(hop.sent_seconds) ? hop.arrived_seconds : hop.sent_seconds;
    const auto stretch = [&](HopPart part, double to) {
      if (!(to > at)) return;
      bar.stretches.push_back({part, at, to});
      at = to;
    };
    stretch(HopPart::network, hop.arrived_seconds);
    for (const sim::HopStretch& each : hop.stretches) {
      stretch(each.doing == sim::HopStretch::Doing::queueing  ? HopPart::queue
              : each.doing == sim::HopStretch::Doing::working ? HopPart::work
                                                              : HopPart::others,
              each.to_seconds);
    }
    stretch(HopPart::back, hop.ended_seconds);
    bars.push_back(std::move(bar));
    for (const std::size_t child : children[index]) add(child, depth + 1);
  };
  for (const std::size_t root : roots) add(root, 0);
  return bars;
}

RequestBars::RequestBars(QWidget* parent) : QAbstractScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  connect(&Theme::instance(), &Theme::changed, this, [this] { viewport()->update(); });
}

void RequestBars::setTrace(const sim::RequestTrace* trace) {
  bars_.clear();
  if (trace != nullptr) {
    bars_ = hopBarsOf(*trace);
    from_ = trace->born_seconds;
    to_ = trace->born_seconds + trace->latency_seconds;
    for (const HopBar& bar : bars_) {
      for (const HopStretch& stretch : bar.stretches) to_ = std::max(to_, stretch.to);
    }
    if (!(to_ > from_)) to_ = from_ + 1e-9;
  }
  updateScroll();
  viewport()->update();
  QStringList lines;
  for (const HopBar& bar : bars_) lines << textOf(bar);
  setAccessibleDescription(lines.join("; "));
}

QString RequestBars::partName(HopPart part) {
  switch (part) {
    case HopPart::network:
      return tr("network");
    case HopPart::queue:
      return tr("queue");
    case HopPart::work:
      return tr("working");
    case HopPart::others:
      return tr("waiting for others");
    case HopPart::back:
      return tr("answer under way");
  }
  return {};
}

QColor RequestBars::partColor(HopPart part) {
  const Theme& theme = Theme::instance();
  switch (part) {
    case HopPart::network:
      return theme.series(5);
    case HopPart::queue:
      return theme.warning();
    case HopPart::work:
      return theme.good();
    case HopPart::others:
      return theme.border();
    case HopPart::back:
      return theme.series(0);
  }
  return {};
}

int RequestBars::rowHeight() const { return fontMetrics().height() * 2 + 8; }

int RequestBars::nameWidth() const {
  int widest = 60;
  const QFontMetrics metrics(Theme::instance().font());
  for (const HopBar& bar : bars_) {
    widest = std::max(widest, metrics.horizontalAdvance(bar.name) + bar.depth * 12 + 14);
  }
  return std::min(widest, viewport()->width() * 2 / 5);
}

void RequestBars::updateScroll() {
  const int needed = static_cast<int>(bars_.size()) * rowHeight() + axis_height;
  verticalScrollBar()->setRange(0, std::max(0, needed - viewport()->height()));
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(rowHeight());
}

void RequestBars::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  updateScroll();
}

QString RequestBars::textOf(const HopBar& bar) const {
  QStringList parts;
  for (const HopPart part : all_parts) {
    const double seconds = bar.seconds(part);
    if (seconds > 0) parts << tr("%1 %2").arg(partName(part), formatSeconds(seconds));
  }
  if (!bar.outcome.isEmpty() && bar.outcome != "ok") parts << bar.outcome;
  return parts.join(", ");
}

void RequestBars::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& theme = Theme::instance();
  painter.fillRect(viewport()->rect(), theme.surface());
  if (bars_.empty()) return;
  const int names = nameWidth();
  const QRectF area(names, 0, viewport()->width() - names - 10, viewport()->height());
  const double scale = area.width() / (to_ - from_);
  const int offset = verticalScrollBar()->value();
  painter.setFont(theme.smallFont());
  const QFontMetrics small(theme.smallFont());
  // Time since the request was sent.
  const int marks = std::max(1, static_cast<int>(area.width() / 90));
  for (int i = 0; i <= marks; ++i) {
    const double x = area.left() + area.width() * i / marks;
    painter.setPen(QPen(theme.grid(), 1));
    painter.drawLine(QPointF(x, axis_height), QPointF(x, viewport()->height()));
    const QString text = formatSeconds((to_ - from_) * i / marks);
    const double width = small.horizontalAdvance(text);
    painter.setPen(theme.mutedText());
    painter.drawText(QRectF(std::clamp(x - width / 2, area.left(), area.right() - width), 0,
                            width + 2, axis_height),
                     Qt::AlignLeft | Qt::AlignVCenter, text);
  }
  painter.setClipRect(QRect(0, axis_height, viewport()->width(), viewport()->height()));
  const QFontMetrics metrics(theme.font());
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    const HopBar& bar = bars_[i];
    const double y = axis_height + static_cast<double>(i) * rowHeight() - offset;
    if (y + rowHeight() < 0 || y > viewport()->height()) continue;
    painter.setFont(theme.font());
    painter.setPen(bar.outcome.isEmpty() || bar.outcome == "ok" ? theme.text() : theme.bad());
    const int indent = 4 + bar.depth * 12;
    painter.drawText(QRectF(indent, y + 2, names - indent - 6, metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(bar.name, Qt::ElideRight, names - indent - 6));
    const double height = metrics.height() - 2;
    for (const HopStretch& stretch : bar.stretches) {
      const double left = area.left() + (stretch.from - from_) * scale;
      const double width = std::max((stretch.to - stretch.from) * scale, 1.0);
      const QRectF rect(left, y + 3, width, height);
      const QColor color = partColor(stretch.part);
      if (stretch.part == HopPart::others) {
        // A thin line: nothing is done here meanwhile.
        painter.setPen(QPen(theme.mutedText(), 1.4, Qt::DotLine));
        painter.drawLine(QPointF(left, rect.center().y()),
                         QPointF(left + width, rect.center().y()));
        continue;
      }
      painter.setPen(Qt::NoPen);
      painter.fillRect(rect, color);
      if (stretch.part == HopPart::queue) {
        painter.fillRect(rect, QBrush(theme.surface(), Qt::BDiagPattern));
      }
    }
    painter.setFont(theme.smallFont());
    painter.setPen(theme.mutedText());
    // The numbers stand below the bar, where there is room for them.
    const QString text = textOf(bar);
    double left = area.left();
    if (!bar.stretches.empty()) left += (bar.stretches.front().from - from_) * scale;
    const double width = small.horizontalAdvance(text);
    left = std::max(static_cast<double>(names), std::min(left, area.right() - width));
    painter.drawText(QRectF(left, y + metrics.height() + 2, area.right() - left, small.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     small.elidedText(text, Qt::ElideRight, static_cast<int>(area.right() - left)));
  }
}

bool RequestBars::viewportEvent(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const int row = (help->pos().y() - axis_height + verticalScrollBar()->value()) / rowHeight();
  if (help->pos().y() < axis_height || row < 0 || row >= static_cast<int>(bars_.size())) {
    QToolTip::hideText();
  } else {
    const HopBar& bar = bars_[static_cast<std::size_t>(row)];
    QToolTip::showText(help->globalPos(), bar.name + '\n' + textOf(bar).replace(", ", "\n"),
                       viewport());
  }
  return true;
}

RequestPanel::RequestPanel(ChartSource& source, RunController* controller, QWidget* parent)
    : SourcePanel(source, parent), controller_(controller) {
  setObjectName("RequestPanel");
  model_ = new TraceModel(this);
  view_ = new QTableView(this);
  view_->setModel(model_);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setShowGrid(false);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 6);
  view_->horizontalHeader()->setStretchLastSection(true);
  view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  view_->setTabKeyNavigation(false);
  view_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  bars_ = new RequestBars(this);
  follow_ = new QCheckBox(this);
  every_ = new QSpinBox(this);
  every_->setRange(1, 1'000'000);
  every_->setValue(100);
  legend_ = new QLabel(this);
  legend_->setWordWrap(true);
  legend_->setMinimumWidth(40);
  covers_ = new QLabel(this);
  covers_->setWordWrap(true);
  covers_->setMinimumWidth(40);
  auto* right = new QWidget(this);
  auto* right_layout = new QVBoxLayout(right);
  right_layout->setContentsMargins(4, 0, 0, 0);
  right_layout->setSpacing(3);
  right_layout->addWidget(covers_);
  right_layout->addWidget(bars_, 1);
  right_layout->addWidget(legend_);
  auto* splitter = new QSplitter(this);
  splitter->addWidget(view_);
  splitter->addWidget(right);
  splitter->setStretchFactor(0, 2);
  splitter->setStretchFactor(1, 3);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(emptyLine());
  stack_->addWidget(splitter);
  auto* head = new QHBoxLayout;
  head->addWidget(follow_);
  head->addWidget(every_);
  head->addStretch(1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->setSpacing(4);
  layout->addLayout(head);
  layout->addWidget(stack_, 1);
  connect(follow_, &QCheckBox::toggled, this, &RequestPanel::follow);
  connect(every_, &QSpinBox::valueChanged, this, &RequestPanel::follow);
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          &RequestPanel::showTrace);
  if (controller_ != nullptr) {
    connect(controller_, &RunController::stateChanged, this, [this](RunController::State state) {
      // A new run follows nobody until it is told to.
      if (state == RunController::State::running && follow_->isChecked()) follow();
    });
  }
  open();
}

void RequestPanel::follow() {
  every_->setEnabled(follow_->isChecked());
  if (controller_ != nullptr) {
    controller_->followRequests(follow_->isChecked() ? every_->value() : 0);
  }
  refresh();
}

void RequestPanel::select(int row) { view_->selectRow(row); }

void RequestPanel::refresh() {
  follow_->setText(tr("Follow one request in"));
  every_->setAccessibleName(tr("Follow one request in"));
  every_->setEnabled(follow_->isChecked());
  follow_->setEnabled(controller_ != nullptr);
  const SnapshotPtr& snapshot = source().snapshot();
  const bool any = snapshot != nullptr && !snapshot->traces.empty();
  {
    const QSignalBlocker quiet(view_->selectionModel());
    model_->setTraces(any ? snapshot->traces : std::vector<sim::RequestTrace>());
  }
  // The one that was looked at stays, as long as it is there.
  const int row = any_shown_ ? model_->rowOf(shown_) : -1;
  if (model_->rowCount() > 0) view_->selectRow(std::max(row, 0));
  emptyLine()->setText(follow_->isChecked()
                           ? tr("No request has been followed to its end yet.")
                           : tr("Switch on \"Follow one request in\" and run: each "
                                "request that is followed is listed with what it "
                                "waited for at every hop."));
  stack_->setCurrentIndex(any ? 1 : 0);
  QStringList legend;
  for (const HopPart part : all_parts) {
    legend << QStringLiteral("<span style=\"color:%1\">%2</span>&nbsp;%3")
                  .arg((part == HopPart::others ? Theme::instance().mutedText()
                                                : RequestBars::partColor(part))
                           .name(),
                       part == HopPart::others  ? QStringLiteral("┄┄")
                       : part == HopPart::queue ? QStringLiteral("▨")
                                                : QStringLiteral("■"),
                       RequestBars::partName(part));
  }
  legend_->setText(legend.join("&nbsp;&nbsp; "));
  setAccessibleName(tr("Followed requests"));
  bars_->setAccessibleName(tr("Hops of the request"));
  showTrace();
}

void RequestPanel::showTrace() {
  const sim::RequestTrace* trace = model_->traceAt(view_->currentIndex().row());
  any_shown_ = trace != nullptr;
  if (trace != nullptr) shown_ = trace->id;
  bars_->setTrace(trace);
  covers_->setText(
      trace == nullptr
          ? QString()
          : tr("Request %1, sent at %2: %3, %4")
                .arg(trace->id)
                .arg(formatClock(trace->born_seconds), formatSeconds(trace->latency_seconds),
                     trace->outcome == "ok" ? tr("ok") : QString::fromStdString(trace->outcome)));
}

}  // namespace faultline::gui
