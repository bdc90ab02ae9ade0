// The keyboard on the canvas: all that the mouse can do, and walking along the wires.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <QKeyEvent>

#include "gui/canvas/canvas_private.hpp"

namespace faultline::gui {

namespace {

/// Cards as they are read: by rows from the top, each from the left.
std::vector<int> readingOrder(const CanvasScene& scene) {
  std::vector<int> order(scene.cards().size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    const QRectF& first = scene.cards()[static_cast<std::size_t>(a)].rect;
    const QRectF& second = scene.cards()[static_cast<std::size_t>(b)].rect;
    const double row_a = std::floor(first.center().x() / (card_width / 2));
    const double row_b = std::floor(second.center().x() / (card_width / 2));
    return row_a != row_b ? row_a < row_b : first.top() < second.top();
  });
  return order;
}

std::optional<QPointF> arrow(int key) {
  switch (key) {
    case Qt::Key_Left:
      return QPointF(-1, 0);
    case Qt::Key_Right:
      return QPointF(1, 0);
    case Qt::Key_Up:
      return QPointF(0, -1);
    case Qt::Key_Down:
      return QPointF(0, 1);
    default:
      return std::nullopt;
  }
}

}  // namespace

/// To the nearest card in a direction: one far along counts less than one far aside.
void CanvasView::Private::walk(QPointF direction, bool extend) {
  if (scene.cards().empty()) return;
  const int from = scene.cardOf(focusNode);
  int best = -1;
  if (from < 0) {
    best = readingOrder(scene).front();
  } else {
    const QPointF at = scene.cards()[static_cast<std::size_t>(from)].rect.center();
    double nearest = 1e18;
    for (std::size_t i = 0; i < scene.cards().size(); ++i) {
      const QPointF way = scene.cards()[i].rect.center() - at;
      const double along = QPointF::dotProduct(way, direction);
      const double aside = std::abs(way.x() * direction.y() - way.y() * direction.x());
      if (along < 1 || aside > along * 2.5) continue;
      const double cost = along + 2 * aside;
      if (cost < nearest) {
        nearest = cost;
        best = static_cast<int>(i);
      }
    }
  }
  if (best < 0) return;
  const QString& name = scene.cards()[static_cast<std::size_t>(best)].node.name;
  CanvasSelection wanted;
  if (extend) wanted.nodes = selection.nodes;
  if (!wanted.nodes.contains(name)) wanted.nodes.push_back(name);
  select(std::move(wanted));
  setFocusCard(best);
  reveal(scene.cards()[static_cast<std::size_t>(best)].rect);
}

/// Right: to what it calls; left: to who calls it; up and down: to its sisters at the same wire
/// end.
void CanvasView::Private::follow(QPointF direction) {
  const int from = scene.cardOf(focusNode);
  if (from < 0) {
    walk(direction, false);
    return;
  }
  const auto byHeight = [&](int a, int b) {
    return scene.cards()[static_cast<std::size_t>(a)].rect.top() <
           scene.cards()[static_cast<std::size_t>(b)].rect.top();
  };
  const auto neighbours = [&](int card, bool called) {
    std::vector<int> found;
    for (const SceneWire& wire : scene.wires()) {
      if (wire.to < 0) continue;
      const int mine = called ? wire.from : wire.to;
      const int other = called ? wire.to : wire.from;
      if (mine == card && other != card &&
          std::find(found.begin(), found.end(), other) == found.end()) {
        found.push_back(other);
      }
    }
    std::stable_sort(found.begin(), found.end(), byHeight);
    return found;
  };
  int next = -1;
  if (direction.x() != 0) {
    const std::vector<int> found = neighbours(from, direction.x() > 0);
    if (!found.empty()) next = found.front();
  } else {
    std::vector<int> sisters;
    for (const int caller : neighbours(from, false)) {
      for (const int sister : neighbours(caller, true)) {
        if (std::find(sisters.begin(), sisters.end(), sister) == sisters.end()) {
          sisters.push_back(sister);
        }
      }
    }
    std::stable_sort(sisters.begin(), sisters.end(), byHeight);
    const auto here = std::find(sisters.begin(), sisters.end(), from);
    if (here != sisters.end()) {
      if (direction.y() > 0 && here + 1 != sisters.end()) next = *(here + 1);
      if (direction.y() < 0 && here != sisters.begin()) next = *(here - 1);
    }
  }
  if (next < 0) {
    Q_EMIT view.statusMessage(CanvasView::tr("No wire leads there."));
    return;
  }
  select({{scene.cards()[static_cast<std::size_t>(next)].node.name}, {}, {}, {}});
  setFocusCard(next);
  reveal(scene.cards()[static_cast<std::size_t>(next)].rect);
}

/// To the next or previous card; false at the end, where the focus leaves the canvas.
bool CanvasView::Private::step(bool forward) {
  const std::vector<int> order = readingOrder(scene);
  if (order.empty()) return false;
  const int from = scene.cardOf(focusNode);
  auto at = std::find(order.begin(), order.end(), from);
  int next = -1;
  if (at == order.end()) {
    next = forward ? order.front() : order.back();
  } else if (forward && at + 1 != order.end()) {
    next = *(at + 1);
  } else if (!forward && at != order.begin()) {
    next = *(at - 1);
  }
  if (next < 0) {
    setFocusCard(-1);
    return false;
  }
  select({{scene.cards()[static_cast<std::size_t>(next)].node.name}, {}, {}, {}});
  setFocusCard(next);
  reveal(scene.cards()[static_cast<std::size_t>(next)].rect);
  return true;
}

bool CanvasView::focusNextPrevChild(bool next) {
  if (hasFocus() && d_->step(next)) return true;
  return QWidget::focusNextPrevChild(next);
}

bool CanvasView::Private::key(QKeyEvent* event) {
  const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
  const bool plain = modifiers == Qt::NoModifier;
  if (const auto direction = arrow(event->key())) {
    if (modifiers & Qt::AltModifier) {
      follow(*direction);
    } else if (modifiers & Qt::ControlModifier) {
      const double by = modifiers & Qt::ShiftModifier ? 1 : grid_step;
      nudge(*direction * by);
    } else {
      walk(*direction, modifiers & Qt::ShiftModifier);
    }
    return true;
  }
  if (event->matches(QKeySequence::Copy)) return view.copy(), true;
  if (event->matches(QKeySequence::Cut)) return view.cut(), true;
  if (event->matches(QKeySequence::Paste)) return view.paste(), true;
  if (event->matches(QKeySequence::SelectAll)) return view.selectAll(), true;
  if (event->matches(QKeySequence::ZoomIn)) return view.zoomIn(), true;
  if (event->matches(QKeySequence::ZoomOut)) return view.zoomOut(), true;
  if (event->matches(QKeySequence::Undo)) return document.undoStack().undo(), true;
  if (event->matches(QKeySequence::Redo)) return document.undoStack().redo(), true;
  switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      view.deleteSelection();
      return true;
    case Qt::Key_D:
      if (modifiers != Qt::ControlModifier) return false;
      view.duplicateSelection();
      return true;
    case Qt::Key_0:
      if (modifiers != Qt::ControlModifier) return false;
      view.zoomTo100();
      return true;
    case Qt::Key_F:
      if (!plain && modifiers != Qt::ShiftModifier) return false;
      if (modifiers == Qt::ShiftModifier) {
        view.fitSelection();
      } else {
        view.fit();
      }
      return true;
    case Qt::Key_F2:
      if (!selection.nodes.isEmpty())
        Q_EMIT view.renameRequested(selection.nodes.front());
      else if (!selection.zone.isEmpty())
        Q_EMIT view.renameZoneRequested(selection.zone);
      else if (!selection.notes.empty())
        editNote(selection.notes.front());
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (!selection.notes.empty() && selection.nodes.isEmpty()) {
        editNote(selection.notes.front());
      } else {
        Q_EMIT view.openInspector(selection.nodes.isEmpty() ? focusNode : selection.nodes.front());
      }
      return true;
    case Qt::Key_Escape:
      if (gesture != Gesture::none) {
        cancelGesture();
      } else {
        select({});
      }
      return true;
    case Qt::Key_Space:
      if (event->isAutoRepeat()) return true;
      spaceHeld = true;
      spaceUsed = false;
      view.setCursor(Qt::OpenHandCursor);
      return true;
    default:
      return false;
  }
}

void CanvasView::keyPressEvent(QKeyEvent* event) {
  if (d_->key(event)) {
    event->accept();
  } else {
    QWidget::keyPressEvent(event);
  }
}

void CanvasView::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Space && !event->isAutoRepeat() && d_->spaceHeld) {
    d_->spaceHeld = false;
    if (d_->gesture != Private::Gesture::pan) unsetCursor();
    if (!d_->spaceUsed) Q_EMIT runToggleRequested();
    event->accept();
    return;
  }
  QWidget::keyReleaseEvent(event);
}

void CanvasView::focusOutEvent(QFocusEvent* event) {
  d_->spaceHeld = false;
  unsetCursor();
  const int card = d_->scene.cardOf(d_->focusNode);
  if (card >= 0) {
    d_->invalidate(
        d_->scene.cards()[static_cast<std::size_t>(card)].rect.adjusted(-12, -20, 16, 12));
  }
  QWidget::focusOutEvent(event);
}

}  // namespace faultline::gui
