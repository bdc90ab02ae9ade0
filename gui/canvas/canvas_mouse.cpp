// The mouse on the canvas.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <QApplication>
#include <QContextMenuEvent>
#include <QCursor>
#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QVBoxLayout>

#include "gui/canvas/canvas_private.hpp"
#include "gui/canvas/palette_widget.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

using Kind = SceneHit::Kind;

namespace {

constexpr int drag_distance = 4;

}  // namespace

std::vector<int> CanvasView::Private::activeWires() const {
  std::vector<int> active;
  for (std::size_t i = 0; i < selectedWires.size(); ++i) {
    if (selectedWires[i] && scene.wires()[i].to >= 0) active.push_back(static_cast<int>(i));
  }
  return active;
}

void CanvasView::mousePressEvent(QMouseEvent* event) {
  auto& d = *d_;
  setFocus(Qt::MouseFocusReason);
  d.commitNote();
  d.pressPoint = d.lastPoint = event->position();
  d.pressScene = toScene(event->position());
  if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && d.spaceHeld)) {
    d.gesture = Private::Gesture::pan;
    d.spaceUsed = true;
    setCursor(Qt::ClosedHandCursor);
    return;
  }
  if (event->button() != Qt::LeftButton || d.gesture != Private::Gesture::none) return;
  d.pressed = d.scene.hit(d.pressScene, d.reach(), d.activeWires());
  d.gesture = Private::Gesture::pressed;
  const bool add = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
  d.pressedWasSelected = false;
  switch (d.pressed.kind) {
    case Kind::card: {
      d.pressedWasSelected = d.isSelected(d.pressed.index);
      if (!d.pressedWasSelected) {
        if (add) {
          d.toggle(d.pressed);
        } else {
          d.selectOnly(d.pressed);
        }
      }
      d.setFocusCard(d.pressed.index);
      break;
    }
    case Kind::note: {
      d.pressedWasSelected = d.selectedNotes[static_cast<std::size_t>(d.pressed.index)] != 0;
      if (!d.pressedWasSelected) {
        if (add) {
          d.toggle(d.pressed);
        } else {
          d.selectOnly(d.pressed);
        }
      }
      break;
    }
    case Kind::noteCorner:
      d.selectOnly(d.pressed);
      d.noteBefore = d.scene.notes()[static_cast<std::size_t>(d.pressed.index)].rect;
      break;
    case Kind::wire:
      if (add) {
        d.toggle(d.pressed);
      } else {
        d.selectOnly(d.pressed);
      }
      break;
    case Kind::zoneTitle:
      d.selectOnly(d.pressed);
      break;
    case Kind::wireEnd:
    case Kind::port:
      break;
    case Kind::zoneFrame:
    case Kind::none:
      d.bandBefore = add ? d.selection : CanvasSelection{};
      break;
  }
  event->accept();
}

void CanvasView::Private::cancelGesture() {
  autoPanTimer.stop();
  if (gesture == Gesture::move || gesture == Gesture::resizeNote) {
    scene.setDesign(document.design());
    applySelection();
  }
  if (gesture == Gesture::band) select(bandBefore);
  gesture = Gesture::none;
  wireFrom = wireTo = wireOld = -1;
  hoverZone = -1;
  moving.clear();
  movingNotes.clear();
  movingZone = false;
  view.unsetCursor();
  Q_EMIT view.statusMessage({});
  invalidate();
}

void CanvasView::Private::autoPan() {
  if (gesture != Gesture::move && gesture != Gesture::band && gesture != Gesture::wire &&
      gesture != Gesture::reconnect) {
    autoPanTimer.stop();
    return;
  }
  const double edge = 18;
  QPointF by;
  if (lastPoint.x() < edge) by.setX(edge - lastPoint.x());
  if (lastPoint.x() > view.width() - edge) by.setX(view.width() - edge - lastPoint.x());
  if (lastPoint.y() < edge) by.setY(edge - lastPoint.y());
  if (lastPoint.y() > view.height() - edge) by.setY(view.height() - edge - lastPoint.y());
  if (by.isNull()) {
    autoPanTimer.stop();
    return;
  }
  panBy(QPointF(std::clamp(by.x(), -24.0, 24.0), std::clamp(by.y(), -24.0, 24.0)));
  const QPointF at = view.toScene(lastPoint);
  if (gesture == Gesture::move) updateMove(at, snap);
  if (gesture == Gesture::wire || gesture == Gesture::reconnect) updateWire(at);
}

void CanvasView::mouseMoveEvent(QMouseEvent* event) {
  auto& d = *d_;
  using Gesture = Private::Gesture;
  const QPointF point = event->position();
  const QPointF at = toScene(point);
  if (d.gesture == Gesture::pan) {
    d.panBy(point - d.lastPoint);
    d.lastPoint = point;
    return;
  }
  d.lastPoint = point;
  if (d.gesture == Gesture::pressed) {
    const QPointF way = point - d.pressPoint;
    if (std::abs(way.x()) + std::abs(way.y()) < drag_distance) return;
    switch (d.pressed.kind) {
      case Kind::card:
      case Kind::note:
      case Kind::zoneTitle:
        d.beginMove(d.pressed);
        break;
      case Kind::port:
      case Kind::wireEnd: {
        const bool again = d.pressed.kind == Kind::wireEnd;
        d.gesture = again ? Gesture::reconnect : Gesture::wire;
        d.wireOld = again ? d.pressed.index : -1;
        d.wireFrom =
            again ? d.scene.wires()[static_cast<std::size_t>(d.wireOld)].from : d.pressed.index;
        const SceneCard& from = d.scene.cards()[static_cast<std::size_t>(d.wireFrom)];
        d.targets.assign(d.scene.cards().size(), 0);
        d.refusals.assign(d.scene.cards().size(), QString());
        // Which wires can be depends on the types alone, and there are few of those.
        QHash<QString, QString> reasons;
        for (std::size_t i = 0; i < d.scene.cards().size(); ++i) {
          const QString& type = d.scene.cards()[i].node.type;
          auto known = reasons.find(type);
          if (known == reasons.end()) {
            QString reason = wireProblem(from.node.type, type);
            if (again && reason.isEmpty()) {
              for (const DesignWire& part : d.wiresOf(d.wireOld)) {
                if (!typeOffers(type, part.role)) {
                  reason = tr("%1 cannot be asked for this").arg(d.scene.cards()[i].typeTitle);
                }
              }
            }
            known = reasons.insert(type, reason);
          }
          d.refusals[i] = *known;
          d.targets[i] = known->isEmpty();
        }
        // It stays bright itself, being where the wire begins.
        d.targets[static_cast<std::size_t>(d.wireFrom)] = 0;
        setCursor(Qt::CrossCursor);
        d.invalidate();
        d.updateWire(at);
        break;
      }
      case Kind::noteCorner:
        d.gesture = Gesture::resizeNote;
        break;
      case Kind::wire:
        d.gesture = Gesture::none;
        break;
      case Kind::zoneFrame:
      case Kind::none:
        d.gesture = Gesture::band;
        break;
    }
  }
  const bool snapping = d.snap && !(event->modifiers() & Qt::AltModifier);
  switch (d.gesture) {
    case Gesture::move:
      d.updateMove(at, snapping);
      break;
    case Gesture::wire:
    case Gesture::reconnect:
      d.updateWire(at);
      break;
    case Gesture::band: {
      d.band = QRectF(d.pressScene, at).normalized();
      CanvasSelection wanted = d.bandBefore;
      wanted.zone.clear();
      for (const int card : d.scene.cardsIn(d.band)) {
        const QString& name = d.scene.cards()[static_cast<std::size_t>(card)].node.name;
        if (!wanted.nodes.contains(name)) wanted.nodes.push_back(name);
      }
      for (std::size_t i = 0; i < d.scene.notes().size(); ++i) {
        const int note = static_cast<int>(i);
        if (d.scene.notes()[i].rect.intersects(d.band) &&
            std::find(wanted.notes.begin(), wanted.notes.end(), note) == wanted.notes.end()) {
          wanted.notes.push_back(note);
        }
      }
      // Wires only where no card is: who draws around cards means the cards.
      if (wanted.nodes.isEmpty()) {
        for (const int wire : d.scene.wiresIn(d.band)) {
          const std::vector<DesignWire> parts = d.wiresOf(wire);
          wanted.wires.insert(wanted.wires.end(), parts.begin(), parts.end());
        }
      } else {
        wanted.wires = d.bandBefore.wires;
      }
      d.select(std::move(wanted));
      update();
      break;
    }
    case Gesture::resizeNote: {
      QRectF rect = d.noteBefore;
      QPointF corner = rect.bottomRight() + (at - d.pressScene);
      if (snapping) corner = {onGrid(corner.x()), onGrid(corner.y())};
      rect.setRight(std::max(rect.left() + 50, corner.x()));
      rect.setBottom(std::max(rect.top() + 30, corner.y()));
      d.scene.previewNote(d.pressed.index, rect);
      d.invalidate();
      break;
    }
    case Gesture::none:
      d.updateHover(point);
      break;
    default:
      break;
  }
  if (d.gesture != Gesture::none && !rect().adjusted(18, 18, -18, -18).contains(point.toPoint()) &&
      !d.autoPanTimer.isActive()) {
    d.autoPanTimer.start();
  }
}

void CanvasView::Private::updateHover(QPointF point) {
  const SceneHit now = scene.hit(view.toScene(point), reach(), activeWires());
  if (now.kind == hover.kind && now.index == hover.index) return;
  const auto repaint = [this](const SceneHit& hit) {
    if (hit.kind == Kind::card || hit.kind == Kind::port) {
      invalidate(
          scene.cards()[static_cast<std::size_t>(hit.index)].rect.adjusted(-12, -22, 20, 12));
    } else if (hit.kind == Kind::wire || hit.kind == Kind::wireEnd) {
      invalidate(
          scene.wires()[static_cast<std::size_t>(hit.index)].way.bounds.adjusted(-40, -24, 40, 24));
    }
  };
  repaint(hover);
  hover = now;
  repaint(hover);
  switch (spaceHeld ? Kind::none : hover.kind) {
    case Kind::port:
    case Kind::wireEnd:
      view.setCursor(Qt::CrossCursor);
      break;
    case Kind::noteCorner:
      view.setCursor(Qt::SizeFDiagCursor);
      break;
    case Kind::zoneTitle:
      view.setCursor(Qt::SizeAllCursor);
      break;
    default:
      if (spaceHeld) {
        view.setCursor(Qt::OpenHandCursor);
      } else {
        view.unsetCursor();
      }
      break;
  }
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event) {
  auto& d = *d_;
  using Gesture = Private::Gesture;
  d.autoPanTimer.stop();
  const Gesture gesture = d.gesture;
  if (gesture == Gesture::pan) {
    d.gesture = Gesture::none;
    if (d.spaceHeld) {
      setCursor(Qt::OpenHandCursor);
    } else {
      unsetCursor();
    }
    return;
  }
  if (event->button() != Qt::LeftButton) return;
  const bool add = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
  switch (gesture) {
    case Gesture::pressed:
      d.gesture = Gesture::none;
      switch (d.pressed.kind) {
        case Kind::card:
        case Kind::note:
          if (d.pressedWasSelected && add) {
            d.toggle(d.pressed);
          } else if (d.pressedWasSelected) {
            d.selectOnly(d.pressed);
          }
          break;
        case Kind::port:
          d.selectOnly(d.pressed);
          break;
        case Kind::zoneFrame:
          if (!add) d.selectOnly(d.pressed);
          break;
        case Kind::none:
          if (!add) d.select({});
          break;
        default:
          break;
      }
      break;
    case Gesture::move:
      d.updateMove(toScene(event->position()), d.snap && !(event->modifiers() & Qt::AltModifier));
      d.finishMove();
      break;
    case Gesture::wire:
    case Gesture::reconnect:
      unsetCursor();
      d.updateWire(toScene(event->position()));
      d.finishWire(event->position().toPoint());
      break;
    case Gesture::band:
      d.gesture = Gesture::none;
      update();
      break;
    case Gesture::resizeNote: {
      d.gesture = Gesture::none;
      const QRectF rect = d.scene.notes()[static_cast<std::size_t>(d.pressed.index)].rect;
      d.setNoteRect(d.pressed.index, rect, tr("Resize note"));
      break;
    }
    default:
      break;
  }
  d.updateHover(event->position());
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event) {
  auto& d = *d_;
  if (event->button() != Qt::LeftButton) return;
  const SceneHit hit = d.scene.hit(toScene(event->position()), d.reach());
  if (hit.kind == Kind::card) {
    d.selectOnly(hit);
    Q_EMIT openInspector(d.scene.cards()[static_cast<std::size_t>(hit.index)].node.name);
  } else if (hit.kind == Kind::zoneTitle) {
    d.gesture = Private::Gesture::none;
    Q_EMIT renameZoneRequested(d.scene.zones()[static_cast<std::size_t>(hit.index)].zone.name);
  } else if (hit.kind == Kind::note) {
    d.gesture = Private::Gesture::none;
    d.editNote(hit.index);
  }
}

void CanvasView::leaveEvent(QEvent*) {
  if (d_->gesture == Private::Gesture::none) d_->updateHover({-1e6, -1e6});
}

void CanvasView::contextMenuEvent(QContextMenuEvent* event) {
  auto& d = *d_;
  if (d.gesture != Private::Gesture::none) d.cancelGesture();
  QPointF at = toScene(event->pos());
  SceneHit hit = d.scene.hit(at, d.reach());
  QPoint where = event->globalPos();
  if (event->reason() == QContextMenuEvent::Keyboard) {
    const int card = d.scene.cardOf(d.focusNode);
    if (card >= 0) {
      const QRectF rect = d.scene.cards()[static_cast<std::size_t>(card)].rect;
      hit = {Kind::card, card};
      at = rect.center();
      where = mapToGlobal(toView(rect.bottomLeft() + QPointF(10, 4)).toPoint());
    } else if (d.selectedZone >= 0) {
      hit = {Kind::zoneTitle, d.selectedZone};
      where = mapToGlobal(
          toView(d.scene.zones()[static_cast<std::size_t>(d.selectedZone)].frame.topLeft())
              .toPoint());
    }
  }
  if (hit.kind == Kind::port) hit.kind = Kind::card;
  if (hit.kind == Kind::card && !d.isSelected(hit.index)) d.selectOnly(hit);
  if (hit.kind == Kind::wire || hit.kind == Kind::zoneTitle || hit.kind == Kind::note) {
    d.selectOnly(hit);
  }
  if (hit.kind == Kind::card) d.setFocusCard(hit.index);
  auto* menu = new QMenu(this);
  menu->setObjectName(QStringLiteral("canvasMenu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setToolTipsVisible(true);
  d.fillMenu(*menu, hit, at);
  menu->popup(where);
}

// ---- What is dragged from the palette.

void CanvasView::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasFormat(QLatin1String(palette_mime))) event->acceptProposedAction();
}

void CanvasView::dragMoveEvent(QDragMoveEvent* event) {
  if (!event->mimeData()->hasFormat(QLatin1String(palette_mime))) return;
  auto& d = *d_;
  d.dragType = QString::fromUtf8(event->mimeData()->data(QLatin1String(palette_mime)));
  QPointF at = toScene(event->position());
  if (d.snap) at = {onGrid(at.x()), onGrid(at.y())};
  d.dragAt = at;
  const int zone = d.scene.zoneAt(at);
  if (zone != d.hoverZone) {
    d.hoverZone = zone;
    d.invalidate();
  }
  update();
  event->acceptProposedAction();
}

void CanvasView::dragLeaveEvent(QDragLeaveEvent*) {
  d_->dragType.clear();
  d_->hoverZone = -1;
  d_->invalidate();
}

void CanvasView::dropEvent(QDropEvent* event) {
  auto& d = *d_;
  d.dragType.clear();
  d.hoverZone = -1;
  d.invalidate();
  const QByteArray data = event->mimeData()->data(QLatin1String(palette_mime));
  if (data.isEmpty()) return;
  event->acceptProposedAction();
  setFocus(Qt::OtherFocusReason);
  d.addAt(QString::fromUtf8(data), toScene(event->position()));
}

}  // namespace faultline::gui
