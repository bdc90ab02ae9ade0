#include "gui/timeline/timeline_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <QApplication>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QToolTip>

#include "gui/charts/chart_data.hpp"
#include "gui/document/document.hpp"
#include "gui/run/run_controller.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int grip_width = 6;     ///< Of the ends of a bar.
constexpr int bar_width_min = 6;  ///< However short the fault is.
constexpr int snap_pixels = 5;

std::vector<sim::Band> faultBandsOf(const ChartSource& source) {
  std::vector<sim::Band> bands = bandsOf(source);
  std::erase_if(bands, [](const sim::Band& band) { return band.kind != "fault"; });
  return bands;
}

}  // namespace

TimelineView::TimelineView(Document& document, RunController& run, ChartSource& source,
                           QWidget* parent)
    : QAbstractScrollArea(parent), document_(document), run_(run), source_(source) {
  setObjectName("TimelineView");
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  viewport()->setMouseTracking(true);
  viewport()->setAcceptDrops(true);
  setAcceptDrops(true);
  const auto redraw = [this] { viewport()->update(); };
  TimeCursor& cursor = source_.cursor();
  connect(&cursor, &TimeCursor::positionChanged, this, redraw);
  connect(&cursor, &TimeCursor::hoverChanged, this, redraw);
  connect(&cursor, &TimeCursor::rangeChanged, this, redraw);
  connect(&document_, &Document::textChanged, this, &TimelineView::refresh);
  connect(&run_, &RunController::handFaultsChanged, this, &TimelineView::refresh);
  connect(&source_, &ChartSource::changed, this, [this] {
    const std::size_t happened = faultBandsOf(source_).size();
    if (source_.endSeconds() != end_ || (happened != happened_ && !preview_)) refresh();
    viewport()->update();
  });
  connect(&Theme::instance(), &Theme::changed, this, redraw);
  refresh();
}

TimelineView::~TimelineView() = default;

void TimelineView::refresh() {
  std::optional<FaultBar> kept;
  if (selected_ >= 0) kept = bars_[static_cast<std::size_t>(selected_)];
  end_ = std::max(durationOf(document_.json()),
                  source_.snapshot() != nullptr ? source_.snapshot()->end_seconds : 0.0);
  const std::vector<sim::Band> happened = faultBandsOf(source_);
  happened_ = happened.size();
  bars_ = faultBarsOf(document_.json(), run_.handFaults(), end_, happened);
  selected_ = -1;
  if (kept) {
    for (std::size_t i = 0; i < bars_.size(); ++i) {
      if (sameBar(bars_[i], *kept)) selected_ = static_cast<int>(i);
    }
  }
  // An edit from elsewhere ends a drag: what was grabbed may be gone.
  if (preview_) cancelDrag();
  updateScroll();
  viewport()->update();
  setAccessibleName(tr("Faults over time"));
  Q_EMIT selectionChanged();
}

int TimelineView::laneHeight() const { return fontMetrics().height() + 8; }

QRectF TimelineView::area() const {
  const double top = scale_height + strip_height;
  return {margin, top, std::max(viewport()->width() - 2.0 * margin, 20.0),
          std::max(viewport()->height() - top, 10.0)};
}

double TimelineView::shownFrom() const {
  const TimeCursor& cursor = source_.cursor();
  return cursor.showsAll() ? 0 : cursor.rangeFrom();
}

double TimelineView::shownTo() const {
  const TimeCursor& cursor = source_.cursor();
  return cursor.showsAll() ? end_ : cursor.rangeTo();
}

double TimelineView::xOf(double seconds) const {
  const QRectF rect = area();
  return rect.left() + (seconds - shownFrom()) / (shownTo() - shownFrom()) * rect.width();
}

double TimelineView::timeAt(double x) const {
  const QRectF rect = area();
  return shownFrom() + (x - rect.left()) / rect.width() * (shownTo() - shownFrom());
}

double TimelineView::snapStep() const {
  const double second_pixels = area().width() / (shownTo() - shownFrom());
  double step = std::pow(10, std::floor(std::log10(snap_pixels / second_pixels)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (step * factor * second_pixels >= snap_pixels) return std::max(step * factor, 1e-9);
  }
  return std::max(step * 10, 1e-9);
}

double TimelineView::reached() const {
  return source_.snapshot() != nullptr ? source_.snapshot()->now_seconds : 0;
}

double TimelineView::cursorTime() const {
  const TimeCursor& cursor = source_.cursor();
  return cursor.isLive() ? reached() : cursor.position();
}

QRectF TimelineView::rectOf(const FaultBar& bar) const {
  const double left = xOf(bar.from);
  const double right = std::max(xOf(bar.to), left + bar_width_min);
  const double top = area().top() + 3 + bar.lane * laneHeight() - verticalScrollBar()->value();
  return {left, top, right - left, laneHeight() - 4.0};
}

TimelineView::Hit TimelineView::hitAt(const QPointF& position) const {
  const bool has_run = source_.snapshot() != nullptr;
  if (position.y() < area().top()) {
    return {-1, has_run ? Grip::cursor : Grip::none};
  }
  for (int i = static_cast<int>(bars_.size()) - 1; i >= 0; --i) {
    const FaultBar& bar = bars_[static_cast<std::size_t>(i)];
    const QRectF rect = rectOf(bar).adjusted(-2, 0, 2, 0);
    if (!rect.contains(position)) continue;
    // Of a short bar the middle still moves it.
    const double grip = std::min<double>(grip_width, rect.width() / 4);
    if (bar.stretchable() && position.x() > rect.right() - grip - 2) return {i, Grip::right};
    if (bar.stretchable() && position.x() < rect.left() + grip + 2) return {i, Grip::left};
    return {i, Grip::body};
  }
  return {};
}

void TimelineView::select(int index) {
  if (index >= static_cast<int>(bars_.size())) index = -1;
  selected_ = index;
  setAccessibleDescription(index < 0 ? QString() : tipOf(bars_[static_cast<std::size_t>(index)]));
  viewport()->update();
  Q_EMIT selectionChanged();
}

void TimelineView::updateScroll() {
  const int needed = lanesOf(bars_) * laneHeight() + 8;
  verticalScrollBar()->setRange(0, std::max(0, needed - static_cast<int>(area().height())));
  verticalScrollBar()->setPageStep(static_cast<int>(area().height()));
  verticalScrollBar()->setSingleStep(laneHeight());
}

void TimelineView::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  updateScroll();
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  press_ = event->position();
  moved_ = false;
  grabbed_ = hitAt(press_);
  if (grabbed_.grip == Grip::cursor) {
    source_.cursor().setPosition(std::clamp(timeAt(press_.x()), 0.0, reached()));
  } else {
    select(grabbed_.bar);
  }
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (!(event->buttons() & Qt::LeftButton)) {
    const Hit hit = hitAt(at);
    const bool movable = hit.bar >= 0 && bars_[static_cast<std::size_t>(hit.bar)].movable();
    viewport()->setCursor(hit.grip == Grip::left || hit.grip == Grip::right ? Qt::SizeHorCursor
                          : hit.grip == Grip::body && movable               ? Qt::OpenHandCursor
                          : hit.grip == Grip::cursor                        ? Qt::PointingHandCursor
                                                                            : Qt::ArrowCursor);
    const QRectF rect = area();
    source_.cursor().setHover(at.x() >= rect.left() && at.x() <= rect.right() ? timeAt(at.x())
                                                                              : std::nan(""));
    return;
  }
  if (grabbed_.grip == Grip::cursor) {
    // Beyond what was reached the cursor is live again.
    const double time = timeAt(at.x());
    if (time >= reached()) {
      source_.cursor().goLive();
    } else {
      source_.cursor().setPosition(std::max(time, 0.0));
    }
    return;
  }
  if (!moved_ && (at - press_).manhattanLength() < QApplication::startDragDistance()) return;
  if (grabbed_.bar < 0) {
    // The empty ground moves what is shown.
    if (!source_.cursor().showsAll()) {
      pan(timeAt(press_.x()) - timeAt(at.x()));
      press_ = at;
    }
    moved_ = true;
    return;
  }
  if (!bars_[static_cast<std::size_t>(grabbed_.bar)].movable()) return;
  moved_ = true;
  viewport()->setCursor(grabbed_.grip == Grip::body ? Qt::ClosedHandCursor : Qt::SizeHorCursor);
  dragTo(at, event->modifiers() & Qt::AltModifier);
}

void TimelineView::dragTo(const QPointF& position, bool free) {
  const FaultBar& bar = bars_[static_cast<std::size_t>(grabbed_.bar)];
  const double distance = timeAt(position.x()) - timeAt(press_.x());
  const double step = snapStep();
  const auto place = [&](double seconds) {
    const double at = free ? snapped(seconds, 1e-9) : snapped(seconds, step);
    return std::max(at, 0.0);
  };
  FaultBar moved = bar;
  const double shortest = std::max(free ? 1e-9 : step, 1e-9);
  if (grabbed_.grip == Grip::body) {
    moved.from = place(bar.from + distance);
    moved.to = bar.openEnd ? bar.to : moved.from + (bar.to - bar.from);
  } else if (grabbed_.grip == Grip::left) {
    moved.from = std::min(place(bar.from + distance), std::max(bar.to - shortest, 0.0));
  } else {
    moved.to = std::max(place(bar.to + distance), bar.from + shortest);
    if (moved.to != bar.to) moved.openEnd = false;
  }
  preview_ = moved;
  viewport()->update();
}

void TimelineView::cancelDrag() {
  preview_.reset();
  grabbed_ = {};
  moved_ = false;
  viewport()->update();
}

void TimelineView::finishDrag() {
  const FaultBar bar = bars_[static_cast<std::size_t>(grabbed_.bar)];
  const FaultBar moved = *preview_;
  preview_.reset();  // The edit refreshes the bars.
  grabbed_ = {};
  moveBar(document_, bar, moved.from, moved.to);
  viewport()->update();
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  if (preview_ && grabbed_.bar >= 0) {
    finishDrag();
  } else {
    cancelDrag();
  }
  viewport()->unsetCursor();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  const Hit hit = hitAt(event->position());
  cancelDrag();
  if (hit.bar >= 0) {
    select(hit.bar);
    editSelected();
  } else if (hit.grip == Grip::cursor) {
    source_.cursor().goLive();
  } else {
    source_.cursor().showAll();
  }
}

void TimelineView::zoom(double factor, double center) {
  const double from = center - (center - shownFrom()) * factor;
  const double to = center + (shownTo() - center) * factor;
  if (to - from < 1e-6) return;
  if (from <= 0 && to >= end_) {
    source_.cursor().showAll();
  } else {
    source_.cursor().setRange(std::max(from, 0.0), std::min(to, end_));
  }
}

void TimelineView::pan(double distance) {
  if (source_.cursor().showsAll()) return;
  const double length = shownTo() - shownFrom();
  const double from = std::clamp(shownFrom() + distance, 0.0, std::max(0.0, end_ - length));
  source_.cursor().setRange(from, from + length);
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const QPoint turned = event->angleDelta();
  if (event->modifiers() & Qt::ShiftModifier || std::abs(turned.x()) > std::abs(turned.y())) {
    const int by = turned.x() != 0 ? turned.x() : turned.y();
    pan(-by / 1200.0 * (shownTo() - shownFrom()));
  } else {
    zoom(std::pow(0.8, turned.y() / 120.0), timeAt(event->position().x()));
  }
  event->accept();
}

void TimelineView::editSelected() {
  if (selected_ < 0) return;
  const FaultBar bar = bars_[static_cast<std::size_t>(selected_)];
  if (!bar.editable()) return;
  delete editor_;
  editor_ = new QLineEdit(bar.text, viewport());
  editor_->setObjectName("faultEditor");
  editor_->setAccessibleName(tr("Text of the fault"));
  const QRectF rect = rectOf(bar);
  const int width = std::clamp(fontMetrics().horizontalAdvance(bar.text) + 60, 180,
                               std::max(180, viewport()->width() - 20));
  const int left =
      std::clamp(static_cast<int>(rect.left()), 4, std::max(4, viewport()->width() - width - 4));
  const int height = editor_->sizeHint().height();
  const int top = std::clamp(static_cast<int>(rect.center().y()) - height / 2, 0,
                             std::max(0, viewport()->height() - height));
  editor_->setGeometry(left, top, width, height);
  editor_->selectAll();
  editor_->show();
  editor_->setFocus();
  QLineEdit* editor = editor_;
  const auto close = [this, editor] {
    if (editor_ != editor) return;
    editor_ = nullptr;
    editor->hide();
    editor->deleteLater();
    setFocus();
  };
  connect(editor, &QLineEdit::returnPressed, this, [this, editor, bar, close] {
    const QString text = editor->text();
    close();
    renameBar(document_, bar, text);
  });
  connect(editor, &QLineEdit::editingFinished, this, [this, editor, bar, close] {
    if (editor_ != editor) return;
    const QString text = editor->text();
    close();
    renameBar(document_, bar, text);
  });
  // Escape leaves everything as it was.
  auto* escape = new QAction(editor);
  escape->setShortcut(Qt::Key_Escape);
  escape->setShortcutContext(Qt::WidgetShortcut);
  connect(escape, &QAction::triggered, this, close);
  editor->addAction(escape);
}

void TimelineView::removeSelected() {
  if (selected_ < 0) return;
  const FaultBar bar = bars_[static_cast<std::size_t>(selected_)];
  selected_ = -1;
  removeBar(document_, bar);
}

void TimelineView::keepSelected() {
  if (selected_ < 0) return;
  const FaultBar bar = bars_[static_cast<std::size_t>(selected_)];
  if (bar.kind != FaultBar::Kind::hand) return;
  document_.addFault(bar.text, bar.from, bar.openEnd ? 0 : bar.to - bar.from,
                     tr("Keep the fault done by hand"));
}

void TimelineView::addFault(const QString& fault, double at) {
  // A sixth of what is shown, but not beyond its end.
  const double step = snapStep();
  const double from = std::clamp(snapped(at, step), 0.0, std::max(0.0, end_ - step));
  const double length = std::max(
      std::min(snapped((shownTo() - shownFrom()) / 6, step), snapped(end_ - from, step)), step);
  document_.addFault(fault, from, length, tr("Add fault"));
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    if (bars_[i].kind == FaultBar::Kind::fault && bars_[i].text == fault && bars_[i].from == from) {
      select(static_cast<int>(i));
    }
  }
}

void TimelineView::nudge(double steps, bool stretch) {
  const FaultBar bar = bars_[static_cast<std::size_t>(selected_)];
  if (!bar.movable() || (stretch && !bar.stretchable())) return;
  const double step = snapStep();
  const double distance = steps * step;
  double from = bar.from;
  double to = bar.to;
  if (stretch) {
    to = std::max(snapped(to + distance, step), snapped(from + step, step));
  } else {
    from = std::max(snapped(from + distance, step), 0.0);
    if (!bar.openEnd) to = from + (bar.to - bar.from);
  }
  // Strokes in quick succession are one step of undo.
  moveBar(document_, bar, from, to, QStringLiteral("timeline.%1.%2").arg(bar.path).arg(stretch));
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  const bool shift = event->modifiers() & Qt::ShiftModifier;
  const int count = static_cast<int>(bars_.size());
  switch (event->key()) {
    case Qt::Key_Down:
    case Qt::Key_Up: {
      if (count == 0) return;
      int next = selected_;
      do {
        next = event->key() == Qt::Key_Down ? next + 1 : next - 1;
      } while (next >= 0 && next < count && bars_[static_cast<std::size_t>(next)].repeats);
      if (selected_ < 0) next = event->key() == Qt::Key_Down ? 0 : count - 1;
      select(std::clamp(next, -1, count - 1));
      return;
    }
    case Qt::Key_Left:
    case Qt::Key_Right: {
      const double sign = event->key() == Qt::Key_Left ? -1 : 1;
      const double steps = event->modifiers() & Qt::ControlModifier ? 10 : 1;
      if (selected_ >= 0) {
        nudge(sign * steps, shift);
      } else if (shift) {
        pan(sign * (shownTo() - shownFrom()) * 0.1);
      } else if (source_.snapshot() != nullptr) {
        const double time = cursorTime() + sign * steps * snapStep();
        if (time >= reached()) {
          source_.cursor().goLive();
        } else {
          source_.cursor().setPosition(std::max(time, 0.0));
        }
      }
      return;
    }
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      removeSelected();
      return;
    case Qt::Key_F2:
    case Qt::Key_Return:
    case Qt::Key_Enter:
      editSelected();
      return;
    case Qt::Key_Insert: {
      const double at =
          source_.snapshot() != nullptr ? cursorTime() : (shownFrom() + shownTo()) / 2;
      Q_EMIT addRequested(at, viewport()->mapToGlobal(QPoint(static_cast<int>(xOf(at)),
                                                             static_cast<int>(area().top()))));
      return;
    }
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoom(0.8, cursorTime() > 0 ? cursorTime() : (shownFrom() + shownTo()) / 2);
      return;
    case Qt::Key_Minus:
      zoom(1.25, (shownFrom() + shownTo()) / 2);
      return;
    case Qt::Key_Home:
      source_.cursor().showAll();
      return;
    case Qt::Key_Escape:
      if (preview_) {
        cancelDrag();
        return;
      }
      if (selected_ >= 0) {
        select(-1);
        return;
      }
      if (!source_.cursor().isLive()) {
        source_.cursor().goLive();
        return;
      }
      break;
    default:
      break;
  }
  QAbstractScrollArea::keyPressEvent(event);
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
  const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
  QPointF at = event->pos();
  if (keyboard) {
    at = selected_ >= 0 ? rectOf(bars_[static_cast<std::size_t>(selected_)]).center()
                        : QPointF(xOf(cursorTime()), area().center().y());
  } else {
    select(hitAt(at).bar);
  }
  const double time = std::clamp(timeAt(at.x()), 0.0, end_);
  const QPoint global = viewport()->mapToGlobal(at.toPoint());
  QMenu menu(this);
  if (selected_ >= 0) {
    const FaultBar& bar = bars_[static_cast<std::size_t>(selected_)];
    if (bar.kind == FaultBar::Kind::hand) {
      menu.addAction(tr("Keep in the scenario"), this, &TimelineView::keepSelected);
    } else {
      QAction* edit = menu.addAction(tr("Edit text"), this, &TimelineView::editSelected);
      edit->setShortcut(Qt::Key_F2);
      QAction* remove = menu.addAction(tr("Delete"), this, &TimelineView::removeSelected);
      remove->setShortcut(Qt::Key_Delete);
    }
    menu.addSeparator();
  }
  QAction* add =
      menu.addAction(tr("Add a fault at %1…").arg(formatSeconds(snapped(time, snapStep()), 4)));
  add->setShortcut(Qt::Key_Insert);
  menu.addSeparator();
  QAction* again = menu.addAction(tr("Run again to %1").arg(formatClock(time)), this, [this, time] {
    source_.cursor().goLive();
    run_.replayTo(time);
  });
  again->setEnabled(run_.hasRun());
  QAction* live =
      menu.addAction(tr("Back to the newest moment"), &source_.cursor(), &TimeCursor::goLive);
  live->setEnabled(!source_.cursor().isLive());
  QAction* all = menu.addAction(tr("Show all"), &source_.cursor(), &TimeCursor::showAll);
  all->setEnabled(!source_.cursor().showsAll());
  all->setShortcut(Qt::Key_Home);
  if (menu.exec(global) == add) Q_EMIT addRequested(time, global);
}

void TimelineView::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasFormat(fault_mime)) event->acceptProposedAction();
}

void TimelineView::dragMoveEvent(QDragMoveEvent* event) {
  if (!event->mimeData()->hasFormat(fault_mime)) return;
  drop_at_ = std::clamp(snapped(timeAt(event->position().x()), snapStep()), 0.0, end_);
  viewport()->update();
  event->acceptProposedAction();
}

void TimelineView::dragLeaveEvent(QDragLeaveEvent*) {
  drop_at_.reset();
  viewport()->update();
}

void TimelineView::dropEvent(QDropEvent* event) {
  drop_at_.reset();
  const QByteArray fault = event->mimeData()->data(fault_mime);
  if (fault.isEmpty()) return;
  addFault(QString::fromUtf8(fault), timeAt(event->position().x()));
  event->acceptProposedAction();
  setFocus();
}

QString TimelineView::tipOf(const FaultBar& bar) const {
  QStringList lines{bar.text};
  if (!bar.note.isEmpty()) lines << bar.note;
  if (bar.kind != FaultBar::Kind::random || bar.repeats) {
    lines << (bar.openEnd ? tr("from %1 to the end").arg(formatSeconds(bar.from, 6))
                          : tr("%1 to %2, for %3")
                                .arg(formatSeconds(bar.from, 6), formatSeconds(bar.to, 6),
                                     formatSeconds(bar.to - bar.from, 6)));
  }
  return lines.join('\n');
}

bool TimelineView::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) source_.cursor().setHover(std::nan(""));
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const Hit hit = hitAt(help->pos());
    if (hit.bar >= 0) {
      QToolTip::showText(help->globalPos(), tipOf(bars_[static_cast<std::size_t>(hit.bar)]),
                         viewport());
      return true;
    }
    const double time = timeAt(help->pos().x());
    for (const sim::Band& band : bandsOf(source_)) {
      if (band.kind == "breach" && time >= band.from_seconds && time <= band.to_seconds) {
        QToolTip::showText(
            help->globalPos(),
            tr("%1, %2 to %3")
                .arg(QString::fromStdString(band.name), formatSeconds(band.from_seconds, 4),
                     formatSeconds(band.to_seconds, 4)),
            viewport());
        return true;
      }
    }
    QToolTip::hideText();
    return true;
  }
  return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace faultline::gui
