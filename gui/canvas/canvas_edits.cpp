// Selection and edits of the canvas: everything here ends as one step of the document's undo stack.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

#include "gui/canvas/auto_layout.hpp"
#include "gui/canvas/canvas_private.hpp"
#include "gui/canvas/palette_widget.hpp"
#include "gui/shell/language.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/language.hpp"

namespace faultline::gui {

// ---- Selection.

const CanvasSelection& CanvasView::selection() const { return d_->selection; }

void CanvasView::setSelection(const CanvasSelection& selection) { d_->select(selection); }

void CanvasView::Private::select(CanvasSelection wanted, bool tell) {
  wanted.nodes.removeIf([this](const QString& name) { return scene.cardOf(name) < 0; });
  wanted.nodes.removeDuplicates();
  std::sort(wanted.notes.begin(), wanted.notes.end());
  const bool changed = !(wanted == selection);
  selection = std::move(wanted);
  applySelection();
  if (!changed && !tell) return;
  if (changed) invalidate();
  if (!changed) return;
  Q_EMIT view.selectionChanged(selection.nodes,
                               QList<DesignWire>(selection.wires.begin(), selection.wires.end()),
                               selection.zone);
}

void CanvasView::Private::applySelection() {
  selectedCards.assign(scene.cards().size(), 0);
  selectedWires.assign(scene.wires().size(), 0);
  selectedNotes.assign(scene.notes().size(), 0);
  for (const QString& name : selection.nodes) {
    if (const int card = scene.cardOf(name); card >= 0) {
      selectedCards[static_cast<std::size_t>(card)] = 1;
    }
  }
  for (std::size_t i = 0; i < scene.wires().size() && !selection.wires.empty(); ++i) {
    const SceneWire& wire = scene.wires()[i];
    const DesignWire& part = scene.design().wires[static_cast<std::size_t>(wire.parts.front())];
    selectedWires[i] = std::any_of(
        selection.wires.begin(), selection.wires.end(),
        [&](const DesignWire& other) { return other.from == part.from && other.to == part.to; });
  }
  for (const int note : selection.notes) {
    if (note < static_cast<int>(selectedNotes.size())) {
      selectedNotes[static_cast<std::size_t>(note)] = 1;
    }
  }
  selectedZone = scene.zoneOf(selection.zone);
}

bool CanvasView::Private::isSelected(int card) const {
  return selectedCards[static_cast<std::size_t>(card)] != 0;
}

std::vector<DesignWire> CanvasView::Private::wiresOf(int wire) const {
  std::vector<DesignWire> wires;
  for (const int part : scene.wires()[static_cast<std::size_t>(wire)].parts) {
    wires.push_back(scene.design().wires[static_cast<std::size_t>(part)]);
  }
  return wires;
}

std::vector<int> CanvasView::Private::selectedCardIndices() const {
  std::vector<int> cards;
  for (const QString& name : selection.nodes) {
    if (const int card = scene.cardOf(name); card >= 0) cards.push_back(card);
  }
  return cards;
}

void CanvasView::Private::selectOnly(const SceneHit& hit) {
  using Kind = SceneHit::Kind;
  CanvasSelection wanted;
  switch (hit.kind) {
    case Kind::card:
    case Kind::port:
      wanted.nodes = {scene.cards()[static_cast<std::size_t>(hit.index)].node.name};
      setFocusCard(hit.index);
      break;
    case Kind::wire:
    case Kind::wireEnd:
      wanted.wires = wiresOf(hit.index);
      break;
    case Kind::zoneTitle:
    case Kind::zoneFrame:
      wanted.zone = scene.zones()[static_cast<std::size_t>(hit.index)].zone.name;
      break;
    case Kind::note:
    case Kind::noteCorner:
      wanted.notes = {hit.index};
      break;
    case Kind::none:
      break;
  }
  select(std::move(wanted));
}

void CanvasView::Private::toggle(const SceneHit& hit) {
  using Kind = SceneHit::Kind;
  CanvasSelection wanted = selection;
  wanted.zone.clear();
  if (hit.kind == Kind::card || hit.kind == Kind::port) {
    const QString& name = scene.cards()[static_cast<std::size_t>(hit.index)].node.name;
    if (!wanted.nodes.removeOne(name)) wanted.nodes.push_back(name);
    setFocusCard(hit.index);
  } else if (hit.kind == Kind::wire || hit.kind == Kind::wireEnd) {
    const std::vector<DesignWire> parts = wiresOf(hit.index);
    const auto same = [&](const DesignWire& wire) {
      return wire.from == parts.front().from && wire.to == parts.front().to;
    };
    if (std::erase_if(wanted.wires, same) == 0) {
      wanted.wires.insert(wanted.wires.end(), parts.begin(), parts.end());
    }
  } else if (hit.kind == Kind::note || hit.kind == Kind::noteCorner) {
    if (std::erase(wanted.notes, hit.index) == 0) wanted.notes.push_back(hit.index);
  } else {
    return;
  }
  select(std::move(wanted));
}

void CanvasView::Private::setFocusCard(int card) {
  const QString name =
      card < 0 ? QString() : scene.cards()[static_cast<std::size_t>(card)].node.name;
  if (name == focusNode) return;
  const int before = scene.cardOf(focusNode);
  if (before >= 0) {
    invalidate(scene.cards()[static_cast<std::size_t>(before)].rect.adjusted(-12, -20, 16, 12));
  }
  focusNode = name;
  if (card < 0) return;
  invalidate(scene.cards()[static_cast<std::size_t>(card)].rect.adjusted(-12, -20, 16, 12));
  if (QAccessible::isActive()) {
    QAccessibleEvent event(&view, QAccessible::Focus);
    event.setChild(card);
    QAccessible::updateAccessibility(&event);
  }
}

void CanvasView::selectAll() {
  CanvasSelection all;
  for (const SceneCard& card : d_->scene.cards()) all.nodes.push_back(card.node.name);
  for (std::size_t i = 0; i < d_->scene.notes().size(); ++i)
    all.notes.push_back(static_cast<int>(i));
  d_->select(std::move(all));
}

void CanvasView::clearSelection() { d_->select({}); }

// ---- Moving and ordering.

void CanvasView::Private::moveCards(const std::vector<std::pair<QString, QPointF>>& centres,
                                    const QString& name,
                                    const std::vector<std::pair<QString, QString>>& zones) {
  if (centres.empty()) return;
  if (zones.empty()) {
    document.moveNodes(centres, name);
    return;
  }
  document.beginMacro(name);
  document.moveNodes(centres, name);
  QStringList targets;
  for (const auto& [node, zone] : zones) {
    if (!targets.contains(zone)) targets.push_back(zone);
  }
  for (const QString& target : targets) {
    QStringList nodes;
    for (const auto& [node, zone] : zones) {
      if (zone == target) nodes.push_back(node);
    }
    document.setZone(nodes, target);
  }
  document.endMacro();
}

void CanvasView::Private::nudge(QPointF by) {
  std::vector<std::pair<QString, QPointF>> centres;
  for (const int card : selectedCardIndices()) {
    const SceneCard& moved = scene.cards()[static_cast<std::size_t>(card)];
    centres.emplace_back(moved.node.name, moved.rect.center() + by);
  }
  moveCards(centres, centres.size() == 1 ? QString() : CanvasView::tr("Move"), {});
}

void CanvasView::align(Alignment alignment) {
  const std::vector<int> cards = d_->selectedCardIndices();
  if (cards.size() < 2) {
    Q_EMIT statusMessage(tr("Select at least two nodes to align them."));
    return;
  }
  QRectF all;
  for (const int card : cards) {
    all = all.united(d_->scene.cards()[static_cast<std::size_t>(card)].rect);
  }
  std::vector<std::pair<QString, QPointF>> centres;
  for (const int index : cards) {
    const SceneCard& card = d_->scene.cards()[static_cast<std::size_t>(index)];
    QPointF at = card.rect.center();
    switch (alignment) {
      case Alignment::left:
        at.setX(all.left() + card_width / 2);
        break;
      case Alignment::right:
        at.setX(all.right() - card_width / 2);
        break;
      case Alignment::top:
        at.setY(all.top() + card_height / 2);
        break;
      case Alignment::bottom:
        at.setY(all.bottom() - card_height / 2);
        break;
      case Alignment::centresHorizontal:
        at.setY(std::round(all.center().y()));
        break;
      case Alignment::centresVertical:
        at.setX(std::round(all.center().x()));
        break;
    }
    if (at != card.rect.center()) centres.emplace_back(card.node.name, at);
  }
  d_->moveCards(centres, tr("Align"), {});
}

void CanvasView::alignLeft() { align(Alignment::left); }
void CanvasView::alignRight() { align(Alignment::right); }
void CanvasView::alignTop() { align(Alignment::top); }
void CanvasView::alignBottom() { align(Alignment::bottom); }
void CanvasView::alignCentresHorizontal() { align(Alignment::centresHorizontal); }
void CanvasView::alignCentresVertical() { align(Alignment::centresVertical); }

namespace {

/// Equal distances between the centres along one axis; the outermost stay.
template <class Axis, class Set>
std::vector<std::pair<QString, QPointF>> distributed(const CanvasScene& scene,
                                                     std::vector<int> cards, Axis axis, Set set) {
  std::vector<std::pair<QString, QPointF>> centres;
  if (cards.size() < 3) return centres;
  const auto centre = [&](int card) {
    return scene.cards()[static_cast<std::size_t>(card)].rect.center();
  };
  std::stable_sort(cards.begin(), cards.end(),
                   [&](int a, int b) { return axis(centre(a)) < axis(centre(b)); });
  const double from = axis(centre(cards.front()));
  const double to = axis(centre(cards.back()));
  for (std::size_t i = 1; i + 1 < cards.size(); ++i) {
    QPointF at = centre(cards[i]);
    set(at, std::round(from + (to - from) * static_cast<double>(i) /
                                  static_cast<double>(cards.size() - 1)));
    if (at != centre(cards[i])) {
      centres.emplace_back(scene.cards()[static_cast<std::size_t>(cards[i])].node.name, at);
    }
  }
  return centres;
}

}  // namespace

void CanvasView::distributeHorizontally() {
  if (d_->selection.nodes.size() < 3) {
    Q_EMIT statusMessage(tr("Select at least three nodes to distribute them."));
    return;
  }
  d_->moveCards(distributed(
                    d_->scene, d_->selectedCardIndices(), [](QPointF p) { return p.x(); },
                    [](QPointF& p, double value) { p.setX(value); }),
                tr("Distribute"), {});
}

void CanvasView::distributeVertically() {
  if (d_->selection.nodes.size() < 3) {
    Q_EMIT statusMessage(tr("Select at least three nodes to distribute them."));
    return;
  }
  d_->moveCards(distributed(
                    d_->scene, d_->selectedCardIndices(), [](QPointF p) { return p.y(); },
                    [](QPointF& p, double value) { p.setY(value); }),
                tr("Distribute"), {});
}

void CanvasView::autoLayout() {
  const QStringList only = d_->selection.nodes.size() >= 2 ? d_->selection.nodes : QStringList();
  std::vector<std::pair<QString, QPointF>> centres = layeredPositions(d_->scene.design(), only);
  std::erase_if(centres, [this](const auto& entry) {
    const DesignNode* node = d_->scene.design().find(entry.first);
    return node != nullptr && node->placed && node->position == entry.second;
  });
  if (centres.empty()) {
    Q_EMIT statusMessage(tr("Everything stands where the automatic layout would put it."));
    return;
  }
  d_->moveCards(centres, tr("Automatic layout"), {});
  if (only.isEmpty()) fit();
}

// ---- Making and removing.

void CanvasView::Private::removeWires(const std::vector<DesignWire>& wires) {
  // One reference at a time: each removal may move the places of the others in their lists.
  for (const DesignWire& gone : wires) {
    const auto& present = document.design().wires;
    auto found = std::find(present.begin(), present.end(), gone);
    if (found == present.end()) {
      found = std::find_if(present.begin(), present.end(), [&](const DesignWire& wire) {
        return wire.from == gone.from && wire.to == gone.to && wire.role == gone.role;
      });
    }
    if (found == present.end()) continue;
    const DesignWire wire = *found;
    document.disconnect(wire);
  }
}

void CanvasView::deleteSelection() {
  const CanvasSelection gone = d_->selection;
  if (gone.isEmpty()) return;
  const int kinds = !gone.nodes.isEmpty() + !gone.wires.empty() + !gone.notes.empty();
  if (!gone.zone.isEmpty()) {
    QStringList members;
    for (const SceneCard& card : d_->scene.cards()) {
      if (card.node.zones.contains(gone.zone)) members.push_back(card.node.name);
    }
    d_->document.beginMacro(tr("Delete zone %1").arg(gone.zone));
    // Who stood in it alone stands nowhere then; who had others keeps those.
    QStringList alone;
    for (const QString& name : members) {
      const DesignNode* node = d_->document.design().find(name);
      if (node->zones.size() == 1) {
        alone.push_back(name);
        continue;
      }
      nlohmann::json left = nlohmann::json::array();
      for (const QString& zone : node->zones) {
        if (zone != gone.zone) left.push_back(zone.toStdString());
      }
      d_->document.setValue(QStringLiteral("nodes.%1.zones").arg(name), left, tr("Zone"));
    }
    if (!alone.isEmpty()) d_->document.setZone(alone, {});
    d_->document.removeValue(QStringLiteral("zones.%1").arg(gone.zone), tr("Delete zone"));
    d_->document.endMacro();
    return;
  }
  d_->document.beginMacro(kinds > 1 || gone.nodes.size() > 1 ? tr("Delete")
                          : !gone.nodes.isEmpty() ? tr("Delete %1").arg(gone.nodes.front())
                          : !gone.notes.empty()   ? tr("Delete note")
                                                  : tr("Delete wire"));
  std::vector<DesignWire> wires = gone.wires;
  // Those of nodes that go anyway are the nodes' affair.
  std::erase_if(wires, [&](const DesignWire& wire) { return gone.nodes.contains(wire.from); });
  d_->removeWires(wires);
  if (!gone.nodes.isEmpty()) d_->document.removeNodes(gone.nodes);
  if (!gone.notes.empty()) {
    std::vector<DesignNote> left;
    const auto& notes = d_->document.design().notes;
    for (std::size_t i = 0; i < notes.size(); ++i) {
      if (std::find(gone.notes.begin(), gone.notes.end(), static_cast<int>(i)) ==
          gone.notes.end()) {
        left.push_back(notes[i]);
      }
    }
    d_->document.setNotes(left, tr("Delete note"));
  }
  d_->document.endMacro();
  // A wire that a required port cannot be without stays, and says so as a problem.
}

void CanvasView::duplicateSelection() {
  if (d_->selection.nodes.isEmpty()) return;
  const QStringList copies =
      d_->document.duplicateNodes(d_->selection.nodes, QPointF(3 * grid_step, 9 * grid_step));
  setSelection({copies, {}, {}, {}});
}

void CanvasView::copy() {
  if (d_->selection.nodes.isEmpty()) return;
  const QByteArray data = d_->document.copyNodes(d_->selection.nodes);
  auto* mime = new QMimeData;
  mime->setData(QLatin1String(nodes_mime), data);
  mime->setText(QString::fromUtf8(data));
  QGuiApplication::clipboard()->setMimeData(mime);
  Q_EMIT statusMessage(tr("Copied nodes: %1").arg(d_->selection.nodes.size()));
}

void CanvasView::cut() {
  if (d_->selection.nodes.isEmpty()) return;
  copy();
  deleteSelection();
}

void CanvasView::paste() {
  const QPointF at(mapFromGlobal(QCursor::pos()));
  d_->pasteAt(rect().contains(at.toPoint()) && underMouse() ? toScene(at)
                                                            : visibleScene().center());
}

void CanvasView::Private::pasteAt(QPointF at) {
  const QMimeData* mime = QGuiApplication::clipboard()->mimeData();
  if (mime == nullptr) return;
  QByteArray data = mime->data(QLatin1String(nodes_mime));
  if (data.isEmpty()) data = mime->text().toUtf8();
  if (data.isEmpty()) return;
  QString error;
  at = {onGrid(at.x()), onGrid(at.y())};
  const QStringList names = document.pasteNodes(data, at, &error);
  if (names.isEmpty()) {
    Q_EMIT view.statusMessage(error.isEmpty() ? CanvasView::tr("There is nothing to paste here.")
                                              : error);
    return;
  }
  view.setSelection({names, {}, {}, {}});
}

void CanvasView::Private::addAt(const QString& type, QPointF at) {
  if (type == QLatin1String(palette_note)) {
    std::vector<DesignNote> notes = document.design().notes;
    if (snap) at = {onGrid(at.x()), onGrid(at.y())};
    notes.push_back({CanvasView::tr("Note"), QRectF(at - QPointF(90, 40), QSizeF(180, 80))});
    const int index = static_cast<int>(notes.size()) - 1;
    document.setNotes(notes, CanvasView::tr("Add note"));
    if (index < static_cast<int>(scene.notes().size())) {
      view.setSelection({{}, {}, {}, {index}});
      editNote(index);
    }
    return;
  }
  if (type == QLatin1String(palette_zone)) {
    const QString name = freshZoneName();
    // What is selected goes into it, so that a zone can be drawn around what is there.
    const QStringList members = selection.nodes;
    document.beginMacro(CanvasView::tr("Add zone %1").arg(name));
    document.addZone(name);
    if (!members.isEmpty()) document.setZone(members, name);
    document.endMacro();
    view.setSelection({{}, {}, name, {}});
    reveal(view.zoneRect(name));
    return;
  }
  if (snap) at = {onGrid(at.x()), onGrid(at.y())};
  const int zone = scene.zoneAt(at);
  const QString name = document.addNode(
      type, at, zone < 0 ? QString() : scene.zones()[static_cast<std::size_t>(zone)].zone.name);
  if (name.isEmpty()) return;
  view.setSelection({{name}, {}, {}, {}});
  setFocusCard(scene.cardOf(name));
  reveal(view.cardRect(name));
}

QString CanvasView::Private::freshZoneName() const {
  for (int number = 1;; ++number) {
    const QString name = QStringLiteral("zone-%1").arg(number);
    if (scene.zoneOf(name) < 0) return name;
  }
}

void CanvasView::addNode(const QString& type) {
  QPointF at = visibleScene().center();
  if (!type.startsWith(QLatin1Char('#'))) at = d_->scene.freePlace(at);
  d_->addAt(type, at);
}

void CanvasView::addZone() { d_->addAt(QLatin1String(palette_zone), visibleScene().center()); }
void CanvasView::addNote() { d_->addAt(QLatin1String(palette_note), visibleScene().center()); }

// ---- Wires.

namespace {

/// "health.node" leads to a parameter of an object within one.
const sim::ParamRecord* parameterAt(const sim::ParamSet& params, const QString& path) {
  const QString first = path.section(QLatin1Char('.'), 0, 0);
  const sim::ParamRecord* param = params.find(first.toStdString());
  if (!param || first == path) return param;
  const sim::ParamSet* members = param->members();
  return members ? parameterAt(*members, path.section(QLatin1Char('.'), 1)) : nullptr;
}

}  // namespace

QString portTitle(const QString& type, const Port& port) {
  const sim::TypeRecord* holder =
      sim::TypeCatalogue::instance().find(sim::Component::kind, type.toStdString());
  QString choice;
  QString rest = port.parameter;
  for (qsizetype colon = rest.indexOf(QLatin1Char(':')); holder && colon >= 0;
       colon = rest.indexOf(QLatin1Char(':'))) {
    const sim::ParamRecord* param = parameterAt(holder->params(), rest.left(colon));
    if (!param) return port.parameter;
    const QString inside = rest.mid(colon + 1);
    holder = sim::TypeCatalogue::instance().find(
        param->choice_kind(), inside.section(QLatin1Char('.'), 0, 0).toStdString());
    if (!holder) return port.parameter;
    choice = QString::fromStdString(sim::type_title(*holder, modelLanguage()));
    rest = inside.section(QLatin1Char('.'), 1);
  }
  const sim::ParamRecord* param = holder ? parameterAt(holder->params(), rest) : nullptr;
  if (!param) return port.parameter;
  const QString label = QString::fromStdString(sim::param_label(*holder, *param, modelLanguage()));
  return choice.isEmpty() ? label : QStringLiteral("%1: %2").arg(choice, label);
}

std::vector<Port> CanvasView::Private::fittingPorts(const QString& fromType,
                                                    const QString& toType) const {
  std::vector<Port> fitting;
  for (const Port& port : portsOf(fromType)) {
    if (wireProblem(fromType, toType, port.parameter).isEmpty()) fitting.push_back(port);
  }
  return fitting;
}

bool CanvasView::Private::connectTo(int from, int to, const QString& port) {
  QString error;
  const QString from_name = scene.cards()[static_cast<std::size_t>(from)].node.name;
  const QString to_name = scene.cards()[static_cast<std::size_t>(to)].node.name;
  if (!document.connectNodes(from_name, to_name, port, &error)) {
    Q_EMIT view.statusMessage(error);
    return false;
  }
  return true;
}

}  // namespace faultline::gui
