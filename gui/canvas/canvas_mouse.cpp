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

double onGrid(double value) { return std::round(value / grid_step) * grid_step; }

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

void CanvasView::Private::beginMove(const SceneHit& hit) {
  moving.clear();
  movingNotes.clear();
  movingZone = hit.kind == Kind::zoneTitle;
  for (std::size_t i = 0; i < scene.cards().size(); ++i) {
    const bool member = movingZone && scene.cards()[i].zone == hit.index;
    if (member || (!movingZone && selectedCards[i])) {
      moving.emplace_back(static_cast<int>(i), scene.cards()[i].rect.center());
    }
  }
  // The one under the hand leads: it is what snaps.
  const auto lead = std::find_if(moving.begin(), moving.end(), [&](const auto& entry) {
    return hit.kind == Kind::card && entry.first == hit.index;
  });
  if (lead != moving.end()) std::iter_swap(moving.begin(), lead);
  if (!movingZone) {
    for (const int note : selection.notes) {
      movingNotes.emplace_back(note, scene.notes()[static_cast<std::size_t>(note)].rect);
    }
  }
  gesture = moving.empty() && movingNotes.empty() ? Gesture::none : Gesture::move;
}

void CanvasView::Private::updateMove(QPointF at, bool snapping) {
  QPointF by = at - pressScene;
  const QPointF lead =
      !moving.empty() ? moving.front().second : movingNotes.front().second.topLeft();
  if (snapping) by = QPointF(onGrid(lead.x() + by.x()), onGrid(lead.y() + by.y())) - lead;
  std::vector<std::pair<int, QPointF>> centres;
  for (const auto& [card, before] : moving) centres.emplace_back(card, before + by);
  // A zone that moves as a whole, by its title or with all its members, takes its frame along.
  bool whole = movingZone;
  if (!whole && !moving.empty()) {
    whole = true;
    for (const auto& [card, before] : moving) {
      const int zone = scene.cards()[static_cast<std::size_t>(card)].zone;
      if (zone < 0) {
        whole = false;
        break;
      }
      const auto members = std::count_if(moving.begin(), moving.end(), [&](const auto& other) {
        return scene.cards()[static_cast<std::size_t>(other.first)].zone == zone;
      });
      if (members < scene.zones()[static_cast<std::size_t>(zone)].members || members < 2) {
        whole = false;
        break;
      }
    }
  }
  if (whole) movingZone = true;
  QRectF touched = touchedByMove();
  if (!centres.empty()) scene.previewCards(centres, whole);
  for (const auto& [note, before] : movingNotes) scene.previewNote(note, before.translated(by));
  touched = touched.united(touchedByMove());
  const int zone_before = hoverZone;
  hoverZone = -1;
  if (!whole && !moving.empty()) {
    const SceneCard& first = scene.cards()[static_cast<std::size_t>(moving.front().first)];
    if (first.node.zones.size() <= 1) {
      hoverZone = scene.zoneAt(first.rect.center());
      if (hoverZone < 0 && first.zone >= 0 &&
          scene.zones()[static_cast<std::size_t>(first.zone)].frame.intersects(first.rect)) {
        hoverZone = first.zone;
      }
      const QString to =
          hoverZone < 0 ? QString() : scene.zones()[static_cast<std::size_t>(hoverZone)].zone.name;
      const QString from = first.zone < 0
                               ? QString()
                               : scene.zones()[static_cast<std::size_t>(first.zone)].zone.name;
      if (to != from) {
        Q_EMIT view.statusMessage(to.isEmpty() ? CanvasView::tr("Out of zone %1").arg(from)
                                               : CanvasView::tr("Into zone %1").arg(to));
      } else {
        Q_EMIT view.statusMessage({});
      }
    }
  }
  // Labels of figures may make room for each other anywhere.
  if (whole || hoverZone != zone_before || !live.isEmpty()) {
    invalidate();
  } else {
    invalidate(touched);
  }
}

/// What looks different when the cards and notes in the hand stand elsewhere: they, and the wires
/// of them and of their neighbours.
QRectF CanvasView::Private::touchedByMove() const {
  QRectF all;
  std::vector<char> near(scene.cards().size(), 0);
  std::vector<char> moved(scene.cards().size(), 0);
  for (const auto& [card, before] : moving) moved[static_cast<std::size_t>(card)] = 1;
  for (const SceneWire& wire : scene.wires()) {
    if (wire.to < 0) continue;
    if (moved[static_cast<std::size_t>(wire.from)] || moved[static_cast<std::size_t>(wire.to)]) {
      near[static_cast<std::size_t>(wire.from)] = near[static_cast<std::size_t>(wire.to)] = 1;
    }
  }
  for (const SceneWire& wire : scene.wires()) {
    if (near[static_cast<std::size_t>(wire.from)] || moved[static_cast<std::size_t>(wire.from)] ||
        (wire.to >= 0 && near[static_cast<std::size_t>(wire.to)])) {
      all = all.united(wire.way.bounds.adjusted(-40, -24, 40, 24));
    }
  }
  for (const auto& [card, before] : moving) {
    all = all.united(scene.cards()[static_cast<std::size_t>(card)].rect.adjusted(-16, -26, 24, 16));
  }
  for (const auto& [note, before] : movingNotes) {
    all = all.united(scene.notes()[static_cast<std::size_t>(note)].rect.adjusted(-8, -8, 8, 8));
  }
  return all;
}

void CanvasView::Private::finishMove() {
  std::vector<std::pair<QString, QPointF>> centres;
  std::vector<std::pair<QString, QString>> zones;
  for (const auto& [index, before] : moving) {
    const SceneCard& card = scene.cards()[static_cast<std::size_t>(index)];
    const QPointF at = card.rect.center();
    if (at != before) centres.emplace_back(card.node.name, at);
    // The frame is left only when the card is wholly out of it, so that a zone can be widened; a
    // group whose replicas are spread over several zones is nobody's to move.
    if (movingZone || card.node.zones.size() > 1 || at == before) continue;
    int zone = scene.zoneAt(at);
    if (zone < 0 && card.zone >= 0 &&
        scene.zones()[static_cast<std::size_t>(card.zone)].frame.intersects(card.rect)) {
      zone = card.zone;
    }
    if (zone != card.zone) {
      zones.emplace_back(
          card.node.name,
          zone < 0 ? QString() : scene.zones()[static_cast<std::size_t>(zone)].zone.name);
    }
  }
  std::vector<DesignNote> notes = document.design().notes;
  bool notes_moved = false;
  for (const auto& [index, before] : movingNotes) {
    const QRectF rect = scene.notes()[static_cast<std::size_t>(index)].rect;
    if (rect != before && index < static_cast<int>(notes.size())) {
      notes[static_cast<std::size_t>(index)].rect = rect;
      notes_moved = true;
    }
  }
  gesture = Gesture::none;
  hoverZone = -1;
  const QString name = zones.empty() ? CanvasView::tr("Move")
                       : zones.front().second.isEmpty()
                           ? CanvasView::tr("Move out of the zone")
                           : CanvasView::tr("Move into zone %1").arg(zones.front().second);
  const bool both = notes_moved && !centres.empty();
  if (both) document.beginMacro(name);
  moveCards(centres, name, zones);
  if (notes_moved) document.setNotes(notes, CanvasView::tr("Move note"));
  if (both) document.endMacro();
  moving.clear();
  movingNotes.clear();
  movingZone = false;
  // The frames stood still for the eye while the cards moved.
  scene.setDesign(document.design());
  applySelection();
  invalidate();
}

void CanvasView::Private::updateWire(QPointF at) {
  wireAt = at;
  const SceneHit hit = scene.hit(at, reach());
  const int before = wireTo;
  wireTo = hit.kind == Kind::card || hit.kind == Kind::port ? hit.index : -1;
  if (wireTo == wireFrom) wireTo = -1;
  if (wireTo != before) invalidate();
  view.update();
}

void CanvasView::Private::finishWire(QPoint viewPoint) {
  const Gesture was = gesture;
  const int from = wireFrom;
  const int to = wireTo;
  const int old = wireOld;
  gesture = Gesture::none;
  wireFrom = wireTo = wireOld = -1;
  invalidate();
  if (from < 0) return;
  const SceneHit hit = scene.hit(wireAt, reach());
  const bool empty = hit.kind == Kind::none || hit.kind == Kind::zoneFrame ||
                     hit.kind == Kind::zoneTitle || hit.kind == Kind::wire;
  if (to < 0) {
    if (was == Gesture::wire && empty) openPaletteFor(from, wireAt, viewPoint);
    return;
  }
  if (targets[static_cast<std::size_t>(to)] == 0) {
    Q_EMIT view.statusMessage(refusals[static_cast<std::size_t>(to)]);
    return;
  }
  if (was == Gesture::reconnect) {
    const std::vector<DesignWire> parts = wiresOf(old);
    const QString name = scene.cards()[static_cast<std::size_t>(to)].node.name;
    if (parts.front().to == name) return;
    document.beginMacro(CanvasView::tr("Reconnect to %1").arg(name));
    for (const DesignWire& part : parts) {
      document.setValue(part.path, name.toStdString(), CanvasView::tr("Reconnect"));
    }
    document.endMacro();
    return;
  }
  const QString from_type = scene.cards()[static_cast<std::size_t>(from)].node.type;
  const QString to_type = scene.cards()[static_cast<std::size_t>(to)].node.type;
  const std::vector<Port> ports = fittingPorts(from_type, to_type);
  if (ports.size() > 1) {
    choosePort(from, to, ports, viewPoint);
  } else {
    connectTo(from, to, ports.empty() ? QString() : ports.front().parameter);
  }
}

void CanvasView::Private::choosePort(int from, int to, const std::vector<Port>& ports,
                                     QPoint viewPoint) {
  auto* menu = new QMenu(&view);
  menu->setObjectName(QStringLiteral("portMenu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addSection(CanvasView::tr("Connect as"));
  const QString from_name = scene.cards()[static_cast<std::size_t>(from)].node.name;
  const QString to_name = scene.cards()[static_cast<std::size_t>(to)].node.name;
  const auto join = [this, from_name, to_name](const QString& parameter) {
    const int a = scene.cardOf(from_name);
    const int b = scene.cardOf(to_name);
    if (a >= 0 && b >= 0) connectTo(a, b, parameter);
  };
  // What the document takes if it is left to choose: it is whole without another wire.
  menu->addAction(CanvasView::tr("The usual way"), &view, [join] { join({}); });
  menu->addSeparator();
  for (const Port& port : ports) {
    QString text = portTitle(port);
    if (port.required) text += CanvasView::tr(" (needed)");
    menu->addAction(text, &view, [join, parameter = port.parameter] { join(parameter); });
  }
  menu->popup(view.mapToGlobal(viewPoint));
}

void CanvasView::Private::openPaletteFor(int from, QPointF at, QPoint viewPoint) {
  const QString from_name = scene.cards()[static_cast<std::size_t>(from)].node.name;
  const QString from_type = scene.cards()[static_cast<std::size_t>(from)].node.type;
  QStringList fitting;
  for (const ComponentType& type : componentTypes()) {
    if (wireProblem(from_type, type.name).isEmpty()) fitting.push_back(type.name);
  }
  if (fitting.isEmpty()) return;
  auto* popup = new QWidget(&view, Qt::Popup);
  popup->setObjectName(QStringLiteral("palettePopup"));
  popup->setAttribute(Qt::WA_DeleteOnClose);
  auto* layout = new QVBoxLayout(popup);
  layout->setContentsMargins(1, 1, 1, 1);
  auto* palette = new PaletteWidget(popup, fitting);
  layout->addWidget(palette);
  QObject::connect(
      palette, &PaletteWidget::chosen, &view, [this, popup, from_name, at](const QString& type) {
        popup->close();
        const QPointF place = scene.freePlace(at + QPointF(card_width / 2, 0));
        document.beginMacro(CanvasView::tr("Add and connect"));
        const int zone = scene.zoneAt(place);
        const QString name = document.addNode(
            type, QPointF(onGrid(place.x()), onGrid(place.y())),
            zone < 0 ? QString() : scene.zones()[static_cast<std::size_t>(zone)].zone.name);
        QString error;
        if (!name.isEmpty() && !document.connectNodes(from_name, name, {}, &error)) {
          Q_EMIT view.statusMessage(error);
        }
        document.endMacro();
        view.setSelection({{name}, {}, {}, {}});
        setFocusCard(scene.cardOf(name));
      });
  popup->resize(240, 320);
  popup->move(view.mapToGlobal(viewPoint));
  popup->show();
  palette->focusSearch();
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
