#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "gui/document/document_private.hpp"
#include "gui/document/node_template.hpp"
#include "gui/document/references.hpp"
#include "gui/document/wiring.hpp"
#include "sim/network/component.hpp"
#include "sim/param/units.hpp"

namespace faultline::gui {
namespace {

using Json = nlohmann::json;

Json pointJson(QPointF point) {
  return Json::array({std::llround(point.x()), std::llround(point.y())});
}

std::vector<sim::PathStep> steps(std::initializer_list<std::string> keys) {
  std::vector<sim::PathStep> path;
  for (const std::string& key : keys) path.push_back({key, std::nullopt});
  return path;
}

const Json* memberOf(const Json& object, const std::string& key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

/// What cannot be in the name of a node (as sim/scenario/spec.cpp has it).
bool isNodeName(const QString& name) {
  const QByteArray bytes = name.toUtf8();
  if (bytes.isEmpty() || bytes.size() > 100 || name.trimmed() != name) return false;
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
           std::string_view("[]().,:\"'\\").find(c) != std::string_view::npos;
  });
}

QString quoted(const QStringList& names) {
  if (names.size() == 1) return QStringLiteral("\"%1\"").arg(names.front());
  return QString::number(names.size());
}

}  // namespace

std::string Document::Private::freeName(const std::string& wish,
                                        const std::vector<std::string>& taken) const {
  const Json* nodes = memberOf(json, "nodes");
  const auto isFree = [&](const std::string& name) {
    return (!nodes || !nodes->is_object() || !nodes->contains(name)) &&
           std::find(taken.begin(), taken.end(), name) == taken.end();
  };
  if (isFree(wish)) return wish;
  std::string stem = wish;
  while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
  if (stem.empty()) stem = "node";
  for (int number = 2;; ++number) {
    const std::string name = stem + std::to_string(number);
    if (isFree(name)) return name;
  }
}

/// Places, each set or changed; one pass over a `layout` of any size.
void Document::Private::setLayout(
    JsonPlan& plan, const std::vector<std::pair<std::string, QPointF>>& places) const {
  const std::int32_t layout = syntax->member(syntax->root(), "layout");
  if (layout < 0 || syntax->at(layout).kind != JsonNode::Kind::object) {
    Json object = Json::object();
    for (const auto& [name, place] : places) object[name] = pointJson(place);
    plan.setPath(steps({"layout"}), object);
    return;
  }
  std::map<std::string, std::int32_t> known;
  for (std::int32_t child = syntax->at(layout).firstChild; child >= 0;
       child = syntax->at(child).next) {
    known[syntax->key(child)] = child;
  }
  for (const auto& [name, place] : places) {
    const auto found = known.find(name);
    if (found == known.end())
      plan.append(layout, name, pointJson(place));
    else
      plan.set(found->second, pointJson(place));
  }
}

void Document::setValue(const QString& path, const Json& value, const QString& name,
                        const QString& mergeKey) {
  setValues({{path, value}}, name, mergeKey);
}

void Document::setValues(const std::vector<std::pair<QString, Json>>& values, const QString& name,
                         const QString& mergeKey) {
  // Values below one that is made here need it to be there: then one after the other, as one step.
  const auto hasPlace = [this](const QString& path) {
    auto parsed = pathSteps(path);
    if (!parsed || parsed->empty() || !d_->syntax) return false;
    parsed->pop_back();
    return d_->syntax->find(*parsed) >= 0;
  };
  const bool together =
      values.size() <= 1 || std::all_of(values.begin(), values.end(),
                                        [&](const auto& each) { return hasPlace(each.first); });
  const auto setOne = [this](JsonPlan& plan, const QString& path, const Json& value) {
    const auto parsed = pathSteps(path);
    if (parsed && plan.setPath(*parsed, value)) return;
    Q_EMIT editRefused(tr("%1 is written as a whole here and cannot be set in part.").arg(path));
  };
  if (together) {
    d_->edit(
        name,
        [&](JsonPlan& plan) {
          for (const auto& [path, value] : values) setOne(plan, path, value);
        },
        mergeKey);
    return;
  }
  beginMacro(name);
  for (const auto& [path, value] : values) {
    const bool went = d_->edit(
        name, [&, &path = path, &value = value](JsonPlan& plan) { setOne(plan, path, value); });
    if (!went) break;
  }
  endMacro();
}

void Document::removeValue(const QString& path, const QString& name) { removeValues({path}, name); }

void Document::removeValues(const QStringList& paths, const QString& name) {
  d_->edit(name, [&](JsonPlan& plan) {
    for (const QString& path : paths) {
      const auto parsed = pathSteps(path);
      const std::int32_t node = parsed ? d_->syntax->find(*parsed) : -1;
      if (node > 0) plan.remove(node);
    }
  });
}

bool Document::renameMember(const QString& path, const QString& to, const QString& name) {
  const auto parsed = pathSteps(path);
  if (!parsed || parsed->empty() || !d_->syntax || to.isEmpty()) return false;
  const std::int32_t node = d_->syntax->find(*parsed);
  if (node <= 0 || !d_->syntax->at(node).isMember()) return false;
  if (d_->syntax->member(d_->syntax->at(node).parent, to.toStdString()) >= 0) return false;
  return d_->edit(name, [&](JsonPlan& plan) { plan.renameKey(node, to.toStdString()); });
}

QString Document::addNode(const QString& type, QPointF position, const QString& zone) {
  NodeTemplate made = nodeTemplate(type.toStdString());
  Json value = *made.value;
  if (value.is_null()) value = Json{{"type", type.toStdString()}};
  if (!zone.isEmpty()) value["zone"] = zone.toStdString();
  const std::string name = d_->freeName(type.toStdString() + "1", {});
  const bool went = d_->edit(tr("Add %1").arg(QString::fromStdString(name)), [&](JsonPlan& plan) {
    plan.setPath(steps({"nodes", name}), value);
    d_->setLayout(plan, {{name, position}});
  });
  return went ? QString::fromStdString(name) : QString();
}

void Document::moveNodes(const std::vector<std::pair<QString, QPointF>>& positions,
                         const QString& name) {
  if (positions.empty()) return;
  std::vector<std::pair<std::string, QPointF>> places;
  QStringList names;
  for (const auto& [node, place] : positions) {
    places.emplace_back(node.toStdString(), place);
    names << node;
  }
  d_->edit(name.isEmpty() ? tr("Move %1").arg(quoted(names)) : name,
           [&](JsonPlan& plan) { d_->setLayout(plan, places); });
}

void Document::removeNodes(const QStringList& names) {
  std::set<std::string> gone;
  for (const QString& name : names) gone.insert(name.toStdString());
  const auto isGone = [&](const std::string& reference) {
    return gone.contains(reference) || gone.contains(groupOf(reference));
  };
  d_->edit(tr("Delete %1").arg(quoted(names)), [&](JsonPlan& plan) {
    const JsonText& syntax = *d_->syntax;
    for (const char* section : {"nodes", "layout"}) {
      const std::int32_t object = syntax.member(syntax.root(), section);
      if (object < 0) continue;
      for (std::int32_t child = syntax.at(object).firstChild; child >= 0;
           child = syntax.at(child).next) {
        if (syntax.at(child).isMember() && gone.contains(syntax.key(child))) plan.remove(child);
      }
    }
    // References of those that stay.
    for (const DesignWire& wire : d_->builder.model().wires) {
      if (!gone.contains(wire.to.toStdString()) || gone.contains(wire.from.toStdString())) continue;
      dropReference(plan, syntax, d_->json, wire.path.toStdString(), true);
    }
    // A fault, a link or an objective of what is gone goes with it.
    for (const sim::FoundRef& ref : sectionReferences(d_->json)) {
      if (isGone(ref.name)) dropEntry(plan, syntax, ref.path.text());
    }
    const std::int32_t cost = syntax.member(syntax.root(), "cost");
    for (const CostName& name : costNames(d_->json)) {
      if (gone.contains(name.group)) {
        plan.remove(syntax.member(syntax.member(cost, name.map), name.group));
      }
    }
    const std::int32_t claims = syntax.member(syntax.root(), "expect");
    if (claims < 0) return;
    for (std::int32_t child = syntax.at(claims).firstChild; child >= 0;
         child = syntax.at(child).next) {
      if (syntax.at(child).kind != JsonNode::Kind::string) continue;
      const std::vector<std::string> named = claimReferences(syntax.stringOf(child));
      if (std::any_of(named.begin(), named.end(), isGone)) plan.remove(child);
    }
  });
}

namespace {

/// What `section` of the file says, with the references of `names` replaced, where that changes it.
void renameInFile(JsonPlan& plan, const JsonText& syntax, const Json& file, const NameMap& names) {
  Json sections = Json::object();
  for (const auto& [key, value] : file.items()) {
    if (key != "nodes" && key != "layout") sections[key] = value;
  }
  const Json before = sections;
  if (!renameInSections(sections, names)) return;
  for (const auto& [key, value] : sections.items()) {
    if (before[key] != value) plan.set(syntax.member(syntax.root(), key), value);
  }
}

QString nameRule() {
  return Document::tr(
      "A name has 1 to 100 characters without [ ] ( ) . , : \" ' \\ and without "
      "blanks at its ends.");
}

}  // namespace

bool Document::renameNode(const QString& from, const QString& to, QString* error) {
  const auto fail = [error](const QString& reason) {
    if (error) *error = reason;
    return false;
  };
  if (from == to) return true;
  if (!isNodeName(to)) {
    return fail(nameRule());
  }
  if (d_->nodeOf(to) >= 0) return fail(tr("There is a node \"%1\" already.").arg(to));
  const std::int32_t entry = d_->nodeOf(from);
  if (entry < 0 || !d_->jsonIsCurrent) {
    d_->refuse();
    return fail(tr("There is no node \"%1\" that could be renamed.").arg(from));
  }
  const NameMap names{{from.toStdString(), to.toStdString()}};
  const bool went = d_->edit(tr("Rename \"%1\" to \"%2\"").arg(from, to), [&](JsonPlan& plan) {
    const JsonText& syntax = *d_->syntax;
    const std::int32_t nodes = syntax.member(syntax.root(), "nodes");
    plan.renameKey(entry, to.toStdString());
    const std::int32_t place =
        syntax.member(syntax.member(syntax.root(), "layout"), from.toStdString());
    if (place >= 0) plan.renameKey(place, to.toStdString());
    std::set<QString> callers;
    for (const DesignWire& wire : d_->builder.model().wires) {
      if (wire.to == from) callers.insert(wire.from);
    }
    const Json& all = d_->json["nodes"];
    for (const QString& caller : callers) {
      const std::string name = caller.toStdString();
      Json node = all[name];
      if (renameInNode(name, node, names)) plan.set(syntax.member(nodes, name), node);
    }
    const std::int32_t cost = syntax.member(syntax.root(), "cost");
    for (const CostName& name : costNames(d_->json)) {
      if (name.group != from.toStdString()) continue;
      plan.renameKey(syntax.member(syntax.member(cost, name.map), name.group), to.toStdString());
    }
    renameInFile(plan, syntax, d_->json, names);
    d_->builder.renamed(from, to);
  });
  return went;
}

bool Document::renameZone(const QString& from, const QString& to, QString* error) {
  const auto fail = [error](const QString& reason) {
    if (error) *error = reason;
    return false;
  };
  if (from == to) return true;
  if (!isNodeName(to)) return fail(nameRule());
  if (!d_->syntax || !d_->jsonIsCurrent) {
    d_->refuse();
    return fail(tr("There is no zone \"%1\" that could be renamed.").arg(from));
  }
  const std::string was = from.toStdString();
  const std::string is = to.toStdString();
  const std::int32_t zones = d_->syntax->member(d_->syntax->root(), "zones");
  if (d_->syntax->member(zones, is) >= 0)
    return fail(tr("There is a zone \"%1\" already.").arg(to));
  const std::int32_t entry = d_->syntax->member(zones, was);
  if (entry < 0) return fail(tr("There is no zone \"%1\" that could be renamed.").arg(from));
  const NameMap names{{"zone:" + was, "zone:" + is}};
  return d_->edit(tr("Rename zone \"%1\" to \"%2\"").arg(from, to), [&](JsonPlan& plan) {
    const JsonText& syntax = *d_->syntax;
    plan.renameKey(syntax.member(syntax.member(syntax.root(), "zones"), was), is);
    const std::int32_t nodes = syntax.member(syntax.root(), "nodes");
    for (const auto& [name, present] : d_->json["nodes"].items()) {
      if (!present.is_object()) continue;
      const std::int32_t at = syntax.member(nodes, name);
      Json node = present;
      // What a node refers to as "zone:NAME"; where it stands itself is a plain name.
      if (renameInNode(name, node, names)) plan.set(at, node);
      const Json* one = memberOf(node, "zone");
      if (one && *one == was) plan.set(syntax.member(at, "zone"), is);
      const Json* several = memberOf(node, "zones");
      if (!several || !several->is_array()) continue;
      Json renamed = *several;
      std::replace(renamed.begin(), renamed.end(), Json(was), Json(is));
      if (renamed != *several) plan.set(syntax.member(at, "zones"), renamed);
    }
    renameInFile(plan, syntax, d_->json, names);
  });
}

void Document::setZone(const QStringList& names, const QString& zone) {
  const QString text = zone.isEmpty() ? tr("Take %1 out of its zone").arg(quoted(names))
                                      : tr("Put %1 into zone \"%2\"").arg(quoted(names), zone);
  d_->edit(text, [&](JsonPlan& plan) {
    const JsonText& syntax = *d_->syntax;
    for (const QString& name : names) {
      const std::int32_t node = d_->nodeOf(name);
      if (node < 0 || syntax.at(node).kind != JsonNode::Kind::object) continue;
      const std::int32_t one = syntax.member(node, "zone");
      const std::int32_t several = syntax.member(node, "zones");
      if (several >= 0) plan.remove(several);
      if (zone.isEmpty()) {
        if (one >= 0) plan.remove(one);
      } else if (one >= 0) {
        plan.set(one, zone.toStdString());
      } else {
        plan.append(node, "zone", zone.toStdString());
      }
    }
    if (!zone.isEmpty() && syntax.find(steps({"zones", zone.toStdString()})) < 0) {
      plan.setPath(steps({"zones", zone.toStdString()}), Json::object());
    }
  });
}

void Document::addZone(const QString& name, const QString& region) {
  Json zone = Json::object();
  if (!region.isEmpty()) zone["region"] = region.toStdString();
  d_->edit(tr("Add zone \"%1\"").arg(name), [&](JsonPlan& plan) {
    plan.setPath(steps({"zones", name.toStdString()}), zone);
  });
}

void Document::setNotes(const std::vector<DesignNote>& notes, const QString& name) {
  Json list = Json::array();
  for (const DesignNote& note : notes) {
    list.push_back({{"text", note.text.toStdString()},
                    {"at", pointJson(note.rect.topLeft())},
                    {"size", pointJson(QPointF(std::max(1.0, note.rect.width()),
                                               std::max(1.0, note.rect.height())))}});
  }
  d_->edit(name, [&](JsonPlan& plan) {
    const std::int32_t present = d_->syntax->member(d_->syntax->root(), "notes");
    if (list.empty()) {
      if (present >= 0) plan.remove(present);
    } else {
      plan.setPath(steps({"notes"}), list);
    }
  });
}

namespace {

/// An entry of `faults`. `forSeconds` 0: to the end.
Json faultEntry(const QString& fault, double atSeconds, double forSeconds) {
  Json entry = Json::object();
  entry["at"] = sim::to_text(sim::from_seconds(std::max(0.0, atSeconds)));
  if (forSeconds > 0) entry["for"] = sim::to_text(sim::from_seconds(forSeconds));
  // A fault that is written as an object comes as its JSON.
  const QByteArray bytes = fault.toUtf8();
  Json parsed = Json::parse(bytes.constData(), bytes.constData() + bytes.size(), nullptr, false);
  entry["fault"] = parsed.is_object() ? std::move(parsed) : Json(fault.toStdString());
  return entry;
}

}  // namespace

bool Document::holdsFault(const QString& fault, double atSeconds, double forSeconds) const {
  const Json* faults = memberOf(d_->json, "faults");
  if (!faults || !faults->is_array()) return false;
  const Json entry = faultEntry(fault, atSeconds, forSeconds);
  return std::find(faults->begin(), faults->end(), entry) != faults->end();
}

void Document::keepFault(const QString& fault, double atSeconds, double forSeconds) {
  const Json entry = faultEntry(fault, atSeconds, forSeconds);
  const Json* faults = memberOf(d_->json, "faults");
  for (std::size_t i = 0; faults && faults->is_array() && i < faults->size(); ++i) {
    const Json& old = (*faults)[i];
    if (!old.is_object() || old.value("at", Json()) != entry["at"] ||
        old.value("fault", Json()) != entry["fault"]) {
      continue;
    }
    const QString length = QStringLiteral("faults[%1].for").arg(i);
    if (entry.contains("for")) {
      setValue(length, entry["for"], tr("Add fault %1").arg(fault));
    } else if (old.contains("for")) {
      removeValue(length, tr("Add fault %1").arg(fault));
    }
    return;
  }
  addFault(fault, atSeconds, forSeconds);
}

void Document::addFault(const QString& fault, double atSeconds, double forSeconds,
                        const QString& name) {
  const Json entry = faultEntry(fault, atSeconds, forSeconds);
  d_->edit(name.isEmpty() ? tr("Add fault %1").arg(fault) : name, [&](JsonPlan& plan) {
    const std::int32_t faults = d_->syntax->member(d_->syntax->root(), "faults");
    if (faults >= 0 && d_->syntax->at(faults).kind == JsonNode::Kind::array)
      plan.append(faults, entry);
    else
      plan.setPath(steps({"faults"}), Json::array({entry}));
  });
}

QByteArray Document::copyNodes(const QStringList& names) const {
  Json copied = {{"faultline-nodes", 1}, {"nodes", Json::object()}, {"layout", Json::object()}};
  const Json* nodes = memberOf(d_->json, "nodes");
  if (!nodes) return {};
  Json order = Json::array();
  for (const DesignNode& node : d_->builder.model().nodes) {
    if (!names.contains(node.name)) continue;
    const std::string name = node.name.toStdString();
    const Json* value = memberOf(*nodes, name);
    if (!value) continue;
    copied["nodes"][name] = *value;
    copied["layout"][name] = pointJson(node.position);
    order.push_back(name);
    for (const QString& zone : node.zones) {
      const Json* zones = memberOf(d_->json, "zones");
      const Json* known = zones ? memberOf(*zones, zone.toStdString()) : nullptr;
      if (known) copied["zones"][zone.toStdString()] = *known;
    }
  }
  if (order.empty()) return {};
  copied["order"] = order;
  return QByteArray::fromStdString(copied.dump(2));
}

QStringList Document::pasteNodes(const QByteArray& data, QPointF at, QString* error) {
  const auto fail = [error](const QString& reason) {
    if (error) *error = reason;
    return QStringList();
  };
  const Json copied =
      Json::parse(data.constData(), data.constData() + data.size(), nullptr, false, true);
  const Json* nodes = memberOf(copied, "nodes");
  if (!memberOf(copied, "faultline-nodes") || !nodes || !nodes->is_object() || nodes->empty()) {
    return fail(tr("The clipboard holds no nodes."));
  }
  if (!d_->jsonIsCurrent) {
    d_->refuse();
    return fail(tr("The text is not JSON at the moment."));
  }
  std::vector<std::string> order;
  if (const Json* list = memberOf(copied, "order"); list && list->is_array()) {
    for (const Json& name : *list) {
      if (name.is_string() && nodes->contains(name.get<std::string>()) &&
          std::find(order.begin(), order.end(), name.get<std::string>()) == order.end()) {
        order.push_back(name.get<std::string>());
      }
    }
  }
  for (const auto& [name, value] : nodes->items()) {
    if (std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
  }
  NameMap names;
  std::vector<std::string> taken;
  for (const std::string& name : order) {
    if (!isNodeName(QString::fromStdString(name))) continue;
    const std::string made = d_->freeName(name, taken);
    taken.push_back(made);
    names[name] = made;
  }
  // The whole is moved so that its upper left corner is at `at`.
  QPointF corner;
  std::map<std::string, QPointF> places;
  const Json* layout = memberOf(copied, "layout");
  for (const auto& [name, made] : names) {
    const Json* place = layout ? memberOf(*layout, name) : nullptr;
    QPointF point;
    if (place && place->is_array() && place->size() == 2 && (*place)[0].is_number() &&
        (*place)[1].is_number()) {
      point = QPointF((*place)[0].get<double>(), (*place)[1].get<double>());
    }
    corner = places.empty()
                 ? point
                 : QPointF(std::min(corner.x(), point.x()), std::min(corner.y(), point.y()));
    places[name] = point;
  }
  QStringList made;
  std::vector<std::pair<std::string, Json>> entries;
  std::vector<std::pair<std::string, QPointF>> moved;
  for (const std::string& name : order) {
    if (!names.contains(name)) continue;
    Json node = (*nodes)[name];
    renameInNode(names[name], node, names);
    entries.emplace_back(names[name], std::move(node));
    moved.emplace_back(names[name], places[name] - corner + at);
    made << QString::fromStdString(names[name]);
  }
  d_->edit(tr("Paste %1").arg(quoted(made)), [&](JsonPlan& plan) {
    const JsonText& syntax = *d_->syntax;
    const std::int32_t object = syntax.member(syntax.root(), "nodes");
    if (object >= 0 && syntax.at(object).kind == JsonNode::Kind::object) {
      for (const auto& [name, node] : entries) plan.append(object, name, node);
    } else {
      Json all = Json::object();
      for (const auto& [name, node] : entries) all[name] = node;
      plan.setPath(steps({"nodes"}), all);
    }
    d_->setLayout(plan, moved);
    // Zones they stand in, where this scenario has none of that name.
    if (const Json* zones = memberOf(copied, "zones"); zones && zones->is_object()) {
      const std::int32_t present = syntax.member(syntax.root(), "zones");
      Json missing = Json::object();
      for (const auto& [name, zone] : zones->items()) {
        if (syntax.member(present, name) < 0) missing[name] = zone;
      }
      if (present < 0 && !missing.empty()) {
        plan.setPath(steps({"zones"}), missing);
      } else {
        for (const auto& [name, zone] : missing.items()) plan.append(present, name, zone);
      }
    }
  });
  return made;
}

QStringList Document::duplicateNodes(const QStringList& names, QPointF offset) {
  QPointF corner;
  bool any = false;
  for (const DesignNode& node : d_->builder.model().nodes) {
    if (!names.contains(node.name)) continue;
    corner = any ? QPointF(std::min(corner.x(), node.position.x()),
                           std::min(corner.y(), node.position.y()))
                 : node.position;
    any = true;
  }
  if (!any) return {};
  return pasteNodes(copyNodes(names), corner + offset, nullptr);
}

}  // namespace faultline::gui
