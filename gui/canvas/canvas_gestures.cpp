// What a drag on the canvas comes to: cards and zones that move, wires that are drawn.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <QApplication>
#include <QMenu>
#include <QVBoxLayout>

#include "gui/canvas/canvas_private.hpp"
#include "gui/canvas/palette_widget.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

using Kind = SceneHit::Kind;

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
  // One card is moved by its name.
  const bool alone = centres.size() == 1 && !notes_moved;
  const QString name = zones.empty() ? (alone ? QString() : CanvasView::tr("Move"))
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
  // What a node cannot be without is wired first, without a question; a list of it takes every one.
  const QString from_name = scene.cards()[static_cast<std::size_t>(from)].node.name;
  const auto needed = std::find_if(ports.begin(), ports.end(), [&](const Port& port) {
    if (!port.required || port.parameter.contains(QLatin1Char(':'))) return false;
    const auto& wires = scene.design().wires;
    return std::none_of(wires.begin(), wires.end(), [&](const DesignWire& wire) {
      return wire.from == from_name && wire.path.endsWith(QLatin1Char('.') + port.parameter);
    });
  });
  if (needed != ports.end()) {
    connectTo(from, to, needed->parameter);
  } else if (ports.size() > 1) {
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
  const QString from_type = scene.cards()[static_cast<std::size_t>(from)].node.type;
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
    QString text = portTitle(from_type, port);
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

}  // namespace faultline::gui
