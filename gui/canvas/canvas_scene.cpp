#include "gui/canvas/canvas_scene.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <QCoreApplication>

#include "gui/canvas/component_types.hpp"

namespace faultline::gui {
namespace {

constexpr double zone_margin = 16;
constexpr double zone_title = 20;     ///< Height of the line of the title, above the cards.
constexpr double guests_height = 16;  ///< Height of the line of guests, below the cards.
constexpr double empty_zone_width = 190;
constexpr double empty_zone_height = 110;
constexpr double guest_height = 15;  ///< Of a line of one, in a frame without cards.

QRectF cardRectAt(QPointF centre) {
  return {centre.x() - card_width / 2, centre.y() - card_height / 2, card_width, card_height};
}

}  // namespace

void CanvasScene::setDesign(const DesignModel& design) {
  design_ = design;
  cards_.clear();
  wires_.clear();
  zones_.clear();
  notes_.clear();
  cardIndex_.clear();

  for (const DesignZone& zone : design_.zones) zones_.push_back({zone, {}, true, 0, {}});
  std::map<QString, std::pair<ComponentType, bool>> types;
  for (const DesignNode& node : design_.nodes) {
    auto found = types.find(node.type);
    if (found == types.end()) {
      found =
          types.emplace(node.type, std::pair(componentType(node.type), !portsOf(node.type).empty()))
              .first;
    }
    SceneCard card;
    card.node = node;
    card.typeTitle = found->second.first.title;
    card.category = found->second.first.category;
    card.hasPorts = found->second.second;
    card.zone = node.zones.size() == 1 ? zoneOf(node.zones.front()) : -1;
    for (SceneZone& zone : zones_) {
      if (node.zones.size() < 2) break;
      const qint64 here = node.replicasIn.value(zone.zone.name);
      if (here == 0) continue;
      zone.guests << QCoreApplication::translate("ScenePainter", "%1: %2 of %3",
                                                 "name of a group, its replicas here, all of them")
                         .arg(node.name)
                         .arg(here)
                         .arg(node.replicas);
    }
    card.rect = cardRectAt(node.position);
    cardIndex_.insert(node.name, static_cast<int>(cards_.size()));
    cards_.push_back(std::move(card));
  }

  std::map<std::pair<int, QString>, int> lines;
  for (std::size_t i = 0; i < design_.wires.size(); ++i) {
    const DesignWire& wire = design_.wires[i];
    const int from = cardOf(wire.from);
    if (from < 0) continue;
    const auto [place, fresh] =
        lines.emplace(std::pair(from, wire.to), static_cast<int>(wires_.size()));
    if (fresh) {
      SceneWire line;
      line.from = from;
      line.to = cardOf(wire.to);
      if (line.to < 0) line.missing = wire.to;
      wires_.push_back(std::move(line));
    }
    wires_[static_cast<std::size_t>(place->second)].parts.push_back(static_cast<int>(i));
  }
  for (const DesignNote& note : design_.notes) notes_.push_back({note.text, note.rect});
  frameZones();
  route(nullptr);
  changed();
}

void CanvasScene::changed() {
  static std::uint64_t last = 0;
  revision_ = ++last;
}

QRectF CanvasScene::bodyOf(const SceneCard& card) {
  return card.node.replicas > 1 ? card.rect.adjusted(0, -8, 8, 0) : card.rect;
}

int CanvasScene::zoneOf(const QString& name) const {
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    if (zones_[i].zone.name == name) return static_cast<int>(i);
  }
  return -1;
}

void CanvasScene::frameZones() {
  for (SceneZone& zone : zones_) {
    zone.frame = {};
    zone.empty = true;
    zone.members = 0;
  }
  for (const SceneCard& card : cards_) {
    if (card.zone < 0) continue;
    SceneZone& zone = zones_[static_cast<std::size_t>(card.zone)];
    zone.frame = zone.frame.united(bodyOf(card));
    zone.empty = false;
    ++zone.members;
  }
  QRectF all;
  for (SceneZone& zone : zones_) {
    if (!zone.empty) {
      zone.frame.adjust(-zone_margin, -zone_margin - zone_title, zone_margin,
                        zone_margin + (zone.guests.isEmpty() ? 0 : guests_height));
      all = all.united(zone.frame);
    }
  }
  for (const SceneCard& card : cards_) all = all.united(bodyOf(card));
  for (const SceneNote& note : notes_) all = all.united(note.rect);
  // A zone in which no card stands waits below everything, side by side with others of its kind.
  QPointF at = all.isNull() ? QPointF(-empty_zone_width / 2, -empty_zone_height / 2)
                            : QPointF(all.left(), all.bottom() + 40);
  for (SceneZone& zone : zones_) {
    if (!zone.empty) continue;
    const double lines = static_cast<double>(zone.guests.size()) * guest_height;
    zone.frame = {at, QSizeF(empty_zone_width, std::max(empty_zone_height, lines + 56))};
    at.rx() += empty_zone_width + 30;
  }
}

void CanvasScene::route(const std::vector<int>* onlyCards) {
  std::vector<QRectF> rects;
  rects.reserve(cards_.size());
  // Wires begin behind the stack of replicas, not under it.
  for (const SceneCard& card : cards_) {
    rects.push_back(card.rect.adjusted(0, 0,
                                       card.node.replicas > 2   ? 8
                                       : card.node.replicas > 1 ? 4
                                                                : 0,
                                       0));
  }
  std::vector<WireEnds> ends;
  std::vector<WireWay> ways;
  ends.reserve(wires_.size());
  ways.reserve(wires_.size());
  std::vector<char> only;
  std::vector<char> moved;
  if (onlyCards != nullptr) {
    moved.assign(cards_.size(), 0);
    for (const int index : *onlyCards) moved[static_cast<std::size_t>(index)] = 1;
    // The ends of their neighbours may change places along a side.
    std::vector<char> near = moved;
    for (const SceneWire& wire : wires_) {
      if (wire.to < 0) continue;
      if (moved[static_cast<std::size_t>(wire.from)]) near[static_cast<std::size_t>(wire.to)] = 1;
      if (moved[static_cast<std::size_t>(wire.to)]) near[static_cast<std::size_t>(wire.from)] = 1;
    }
    moved = std::move(near);
  }
  for (SceneWire& wire : wires_) {
    ends.push_back({wire.from, wire.to});
    ways.push_back(std::move(wire.way));
    if (onlyCards != nullptr) {
      only.push_back(moved[static_cast<std::size_t>(wire.from)] ||
                     (wire.to >= 0 && moved[static_cast<std::size_t>(wire.to)]));
    }
  }
  routeWires(rects, ends, ways, onlyCards != nullptr ? &only : nullptr);
  for (std::size_t i = 0; i < wires_.size(); ++i) wires_[i].way = std::move(ways[i]);
}

void CanvasScene::previewCards(const std::vector<std::pair<int, QPointF>>& centres, bool frames) {
  std::vector<int> moved;
  for (const auto& [index, centre] : centres) {
    cards_[static_cast<std::size_t>(index)].rect = cardRectAt(centre);
    moved.push_back(index);
  }
  if (frames) frameZones();
  route(&moved);
  changed();
}

void CanvasScene::previewNote(int index, const QRectF& rect) {
  notes_[static_cast<std::size_t>(index)].rect = rect;
}

QRectF CanvasScene::bounds() const {
  QRectF all;
  for (const SceneCard& card : cards_) all = all.united(bodyOf(card));
  for (const SceneZone& zone : zones_) all = all.united(zone.frame);
  for (const SceneNote& note : notes_) all = all.united(note.rect);
  for (const SceneWire& wire : wires_) all = all.united(wire.way.bounds);
  return all;
}

QRectF CanvasScene::titleRect(const SceneZone& zone) {
  return {zone.frame.left(), zone.frame.top(), std::max(60.0, zone.frame.width()), zone_title + 8};
}

QPointF CanvasScene::portOf(const SceneCard& card) {
  return {card.rect.right(), card.rect.center().y()};
}

SceneHit CanvasScene::hit(QPointF point, double reach, const std::vector<int>& activeWires) const {
  using Kind = SceneHit::Kind;
  for (const int index : activeWires) {
    const SceneWire& wire = wires_[static_cast<std::size_t>(index)];
    const QPointF off = point - wire.way.tip;
    if (std::hypot(off.x(), off.y()) <= reach * 1.5) return {Kind::wireEnd, index};
  }
  for (int i = static_cast<int>(cards_.size()) - 1; i >= 0; --i) {
    const SceneCard& card = cards_[static_cast<std::size_t>(i)];
    if (!card.rect.adjusted(-reach, -reach, reach, reach).contains(point)) continue;
    const QPointF off = point - portOf(card);
    if (card.hasPorts && std::hypot(off.x(), off.y()) <= reach * 1.4) return {Kind::port, i};
    if (card.rect.contains(point)) return {Kind::card, i};
  }
  for (int i = static_cast<int>(notes_.size()) - 1; i >= 0; --i) {
    const QRectF& rect = notes_[static_cast<std::size_t>(i)].rect;
    if (!rect.adjusted(-reach, -reach, reach, reach).contains(point)) continue;
    const QPointF off = point - rect.bottomRight();
    if (std::abs(off.x()) <= reach * 1.4 && std::abs(off.y()) <= reach * 1.4) {
      return {Kind::noteCorner, i};
    }
    if (rect.contains(point)) return {Kind::note, i};
  }
  int best = -1;
  double nearest = reach;
  for (std::size_t i = 0; i < wires_.size(); ++i) {
    const WireWay& way = wires_[i].way;
    if (!way.bounds.adjusted(-reach, -reach, reach, reach).contains(point)) continue;
    const double distance = distanceTo(way.line, point);
    if (distance <= nearest) {
      nearest = distance;
      best = static_cast<int>(i);
    }
  }
  if (best >= 0) return {Kind::wire, best};
  for (int i = static_cast<int>(zones_.size()) - 1; i >= 0; --i) {
    const SceneZone& zone = zones_[static_cast<std::size_t>(i)];
    if (titleRect(zone).contains(point)) return {Kind::zoneTitle, i};
  }
  const int zone = zoneAt(point);
  if (zone >= 0) return {Kind::zoneFrame, zone};
  return {};
}

std::vector<int> CanvasScene::cardsIn(const QRectF& rect) const {
  std::vector<int> found;
  for (std::size_t i = 0; i < cards_.size(); ++i) {
    if (cards_[i].rect.intersects(rect)) found.push_back(static_cast<int>(i));
  }
  return found;
}

std::vector<int> CanvasScene::wiresIn(const QRectF& rect) const {
  std::vector<int> found;
  for (std::size_t i = 0; i < wires_.size(); ++i) {
    const WireWay& way = wires_[i].way;
    if (!way.bounds.intersects(rect)) continue;
    const bool inside = std::any_of(way.line.begin(), way.line.end(),
                                    [&](const QPointF& point) { return rect.contains(point); });
    if (inside) found.push_back(static_cast<int>(i));
  }
  return found;
}

int CanvasScene::zoneAt(QPointF point) const {
  // Of frames that lie over each other, the smallest.
  int best = -1;
  double area = 0;
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    const QRectF& frame = zones_[i].frame;
    if (!frame.contains(point)) continue;
    const double size = frame.width() * frame.height();
    if (best < 0 || size < area) {
      best = static_cast<int>(i);
      area = size;
    }
  }
  return best;
}

QPointF CanvasScene::freePlace(QPointF at) const {
  const auto clear = [&](QPointF centre) {
    const QRectF rect = cardRectAt(centre).adjusted(-12, -12, 12, 12);
    return std::none_of(cards_.begin(), cards_.end(),
                        [&](const SceneCard& card) { return card.rect.intersects(rect); });
  };
  if (clear(at)) return at;
  for (int ring = 1; ring < 40; ++ring) {
    for (int row = -ring; row <= ring; ++row) {
      for (int column = -ring; column <= ring; ++column) {
        if (std::max(std::abs(row), std::abs(column)) != ring) continue;
        const QPointF centre = at + QPointF(column * (card_width + 30), row * (card_height + 30));
        if (clear(centre)) return centre;
      }
    }
  }
  return at;
}

}  // namespace faultline::gui
