#include "gui/document/design_builder.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "gui/document/node_subtitle.hpp"
#include "gui/document/references.hpp"
#include "reports/layered_layout.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::gui {
namespace {

using nlohmann::json;

const std::vector<std::string> nodeKeys{"type", "replicas", "zone", "zones"};

std::optional<QPointF> positionOf(const json& place) {
  if (!place.is_array() || place.size() != 2 || !place[0].is_number() || !place[1].is_number()) {
    return std::nullopt;
  }
  const QPointF point(place[0].get<double>(), place[1].get<double>());
  constexpr double far = 1e7;  // What lies beyond could not be drawn.
  if (!(std::abs(point.x()) < far) || !(std::abs(point.y()) < far)) return std::nullopt;
  return point;
}

const json* memberOf(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

QString textOf(const json* value) {
  return value && value->is_string() ? QString::fromStdString(value->get_ref<const std::string&>())
                                     : QString();
}

std::vector<DesignNote> notesOf(const json& root) {
  std::vector<DesignNote> notes;
  const json* list = memberOf(root, "notes");
  if (!list || !list->is_array()) return notes;
  for (const json& entry : *list) {
    if (!entry.is_object()) continue;
    DesignNote note;
    note.text = textOf(memberOf(entry, "text"));
    note.rect = QRectF(0, 0, 180, 60);
    if (const json* at = memberOf(entry, "at")) {
      if (const auto point = positionOf(*at)) note.rect.moveTopLeft(*point);
    }
    if (const json* size = memberOf(entry, "size")) {
      if (const auto extent = positionOf(*size)) {
        note.rect.setSize(QSizeF(std::max(20.0, extent->x()), std::max(20.0, extent->y())));
      }
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

std::vector<DesignZone> zonesOf(const json& root) {
  std::vector<DesignZone> zones;
  const json* object = memberOf(root, "zones");
  if (!object || !object->is_object()) return zones;
  for (const auto& [name, zone] : object->items()) {
    zones.push_back({QString::fromStdString(name), textOf(memberOf(zone, "region"))});
  }
  return zones;
}

}  // namespace

std::string groupOf(std::string_view reference) {
  if (!reference.empty() && reference.back() == ']') {
    const std::size_t open = reference.rfind('[');
    if (open != std::string_view::npos && open > 0) return std::string(reference.substr(0, open));
  }
  return std::string(reference);
}

namespace {

/// References of a choice that cannot be read as it is (something required is not there yet, a
/// value is wrong), by the declarations of its parameters.
void collectUnread(std::string_view kind, const json& choice, const std::string& path,
                   std::vector<sim::FoundRef>& refs) {
  const json object = choiceAsObject(kind, choice);
  const json* type = memberOf(object, "type");
  if (!type || !type->is_string()) return;
  const sim::TypeRecord* record =
      sim::TypeCatalogue::instance().find(kind, type->get_ref<const std::string&>());
  if (!record) return;
  for (const auto& param : record->params().records()) {
    const json* value = memberOf(object, param->name().c_str());
    if (!value) continue;
    const std::string text = param->type_text();
    const bool named = text.ends_with("reference") || text.ends_with("references");
    const auto one = [&](const json& part, const std::string& at) {
      if (named && part.is_string()) {
        refs.push_back({sim::Path(at), part.get<std::string>(), param->options().role});
      } else if (!param->choice_kind().empty()) {
        collectUnread(param->choice_kind(), part, at, refs);
      }
    };
    const std::string at = path + "." + param->name();
    if (!value->is_array()) {
      one(*value, at);
      continue;
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
      one((*value)[i], at + "[" + std::to_string(i) + "]");
    }
  }
}

}  // namespace

std::vector<sim::FoundRef> referencesOf(const std::string& name, const json& node) {
  std::vector<sim::FoundRef> refs;
  const json* type = memberOf(node, "type");
  if (!type || !type->is_string()) return refs;
  const sim::TypeRecord* record = sim::TypeCatalogue::instance().find(
      sim::Component::kind, type->get_ref<const std::string&>());
  if (!record) return refs;
  const sim::Path path = sim::Path() / "nodes" / name;
  sim::Problems problems;
  sim::ReadContext context{problems};
  const std::shared_ptr<void> params = record->make_params();
  record->params().read(node, params.get(), path, context, nodeKeys);
  // What could not be read as a whole is read element by element.
  record->params().collect_refs(params.get(), path, refs);
  if (problems.empty()) return refs;
  for (const auto& param : record->params().records()) {
    const json* value = memberOf(node, param->name().c_str());
    if (!value || !value->is_structured()) continue;
    sim::Problems own;
    sim::ReadContext again{own};
    const std::shared_ptr<void> alone = record->make_params();
    param->read(*value, alone.get(), path / param->name(), again);
    if (own.empty()) continue;
    // Each element alone in a list or map of its own.
    const auto tryAlone = [&](const json& part, const json& element, const std::string& at,
                              const auto& rebase) {
      sim::Problems none;
      sim::ReadContext quiet{none};
      const std::shared_ptr<void> fresh = record->make_params();
      param->read(part, fresh.get(), sim::Path("x"), quiet);
      if (!none.empty()) {
        collectUnread(param->choice_kind(), element, at, refs);
        return;
      }
      std::vector<sim::FoundRef> found;
      param->collect_refs(fresh.get(), sim::Path("x"), found);
      for (sim::FoundRef& ref : found) {
        ref.path = sim::Path(rebase(ref.path.text()));
        refs.push_back(std::move(ref));
      }
    };
    const std::string base = (path / param->name()).text();
    if (value->is_array()) {
      for (std::size_t i = 0; i < value->size(); ++i) {
        const std::string at = base + "[" + std::to_string(i) + "]";
        tryAlone(json::array({(*value)[i]}), (*value)[i], at, [&](const std::string& text) {
          return at + text.substr(std::min<std::size_t>(4, text.size()));
        });
      }
    } else {
      for (const auto& [key, part] : value->items()) {
        const std::string inside = (sim::Path("x") / key).text();
        const std::string outside = (path / param->name() / key).text();
        if (!part.is_array()) {
          json one = json::object();
          one[key] = part;
          tryAlone(one, part, outside, [&](const std::string& text) {
            return outside + text.substr(std::min(inside.size(), text.size()));
          });
          continue;
        }
        for (std::size_t i = 0; i < part.size(); ++i) {
          json one = json::object();
          one[key] = json::array({part[i]});
          const std::string at = outside + "[" + std::to_string(i) + "]";
          tryAlone(one, part[i], at, [&](const std::string& text) {
            return at + text.substr(std::min(inside.size() + 3, text.size()));
          });
        }
      }
    }
  }
  return refs;
}

void DesignBuilder::clear() {
  model_ = {};
  parts_.clear();
  automatic_.clear();
}

void DesignBuilder::renamed(const QString& from, const QString& to) {
  if (const auto found = automatic_.constFind(from); found != automatic_.constEnd()) {
    const QPointF place = *found;
    automatic_.insert(to, place);
  }
}

DesignBuilder::Part DesignBuilder::readNode(const std::string& name, const json& value) const {
  Part part;
  DesignNode& node = part.node;
  node.name = QString::fromStdString(name);
  node.type = textOf(memberOf(value, "type"));
  const sim::TypeRecord* record =
      sim::TypeCatalogue::instance().find(sim::Component::kind, node.type.toStdString());
  node.knownType = record != nullptr;
  if (const json* replicas = memberOf(value, "replicas"); replicas && replicas->is_number()) {
    const double count = replicas->get<double>();
    node.replicas = count >= 1 && count <= 1e9 ? static_cast<qint64>(count) : 1;
  }
  if (const json* zone = memberOf(value, "zone"); zone && zone->is_string()) {
    node.zones << textOf(zone);
    node.replicasIn[textOf(zone)] = node.replicas;
  }
  if (const json* zones = memberOf(value, "zones"); zones && zones->is_array()) {
    const auto turns = static_cast<qint64>(zones->size());
    for (qint64 turn = 0; turn < turns; ++turn) {
      const QString text = textOf(&(*zones)[static_cast<std::size_t>(turn)]);
      if (text.isEmpty()) continue;
      if (!node.zones.contains(text)) node.zones << text;
      node.replicasIn[text] += node.replicas / turns + (turn < node.replicas % turns ? 1 : 0);
    }
  }
  if (record) node.subtitle = nodeSubtitle(*record, value);
  for (const sim::FoundRef& ref : referencesOf(name, value)) {
    DesignWire wire;
    wire.from = node.name;
    wire.to = QString::fromStdString(groupOf(ref.name));
    wire.role = QString::fromStdString(ref.role);
    wire.path = QString::fromStdString(ref.path.text());
    part.wires.push_back(std::move(wire));
  }
  return part;
}

void DesignBuilder::read(const json& root, const std::vector<std::string>& order,
                         const std::vector<std::string>* changedNodes) {
  const json* nodes = memberOf(root, "nodes");
  if (nodes && !nodes->is_object()) nodes = nullptr;
  if (!changedNodes) {
    parts_.clear();
  } else {
    for (const std::string& name : *changedNodes) parts_.remove(QString::fromStdString(name));
  }
  model_.title = textOf(memberOf(root, "title"));
  model_.zones = zonesOf(root);
  model_.notes = notesOf(root);
  model_.nodes.clear();
  model_.wires.clear();
  if (nodes) {
    model_.nodes.reserve(order.size());
    for (const std::string& name : order) {
      const auto value = nodes->find(name);
      if (value == nodes->end()) continue;
      const QString key = QString::fromStdString(name);
      auto part = parts_.find(key);
      if (part == parts_.end()) part = parts_.insert(key, readNode(name, *value));
      model_.nodes.push_back(part->node);
      for (DesignWire wire : part->wires) {
        wire.dangling = !nodes->contains(wire.to.toStdString());
        model_.wires.push_back(std::move(wire));
      }
    }
  }
  place(root);
}

void DesignBuilder::readLayout(const json& root) { place(root); }

/// Gives every card its place: the file's, or one of its own that does not change while the file is
/// open.
void DesignBuilder::place(const json& root) {
  const json* layout = memberOf(root, "layout");
  bool all = true;
  for (DesignNode& node : model_.nodes) {
    node.placed = false;
    if (layout && layout->is_object()) {
      if (const auto found = layout->find(node.name.toStdString()); found != layout->end()) {
        if (const auto point = positionOf(*found)) {
          node.position = *point;
          node.placed = true;
          continue;
        }
      }
    }
    const auto known = automatic_.constFind(node.name);
    if (known == automatic_.constEnd())
      all = false;
    else
      node.position = *known;
  }
  if (all) return;
  layOut();
  for (DesignNode& node : model_.nodes) {
    if (!node.placed) node.position = automatic_.value(node.name);
  }
}

/// Places for the cards that have none: as all cards would stand in layers, and clear of those that
/// have a place.
void DesignBuilder::layOut() {
  QHash<QString, std::size_t> index;
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) index.insert(model_.nodes[i].name, i);
  std::set<std::pair<std::size_t, std::size_t>> ends;
  for (const DesignWire& wire : model_.wires) {
    const auto from = index.constFind(wire.from);
    const auto to = index.constFind(wire.to);
    if (from != index.constEnd() && to != index.constEnd() && *from != *to) {
      ends.emplace(*from, *to);
    }
  }
  std::vector<QPointF> places = layeredPlaces(model_.nodes.size(), {ends.begin(), ends.end()});
  constexpr double width = 190;
  constexpr double height = 90;
  const auto cell = [](QPointF point) {
    return std::pair(std::lround(std::floor(point.x() / width)),
                     std::lround(std::floor(point.y() / height)));
  };
  std::set<std::pair<long, long>> taken;
  double top = 0;
  double bottom = 0;
  bool any = false;
  for (const DesignNode& node : model_.nodes) {
    if (!node.placed && !automatic_.contains(node.name)) continue;
    taken.insert(cell(node.position));
    top = any ? std::min(top, node.position.y()) : node.position.y();
    bottom = any ? std::max(bottom, node.position.y()) : node.position.y();
    any = true;
  }
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const DesignNode& node = model_.nodes[i];
    if (node.placed || automatic_.contains(node.name)) continue;
    QPointF point = places[i];
    // Below what stands there already, in the same column.
    for (int tries = 0; any && taken.contains(cell(point)) && tries < 10'000; ++tries) {
      point.ry() += height;
    }
    if (any) taken.insert(cell(point));
    automatic_.insert(node.name, point);
  }
}

}  // namespace faultline::gui
