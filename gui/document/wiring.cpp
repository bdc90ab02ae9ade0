#include "gui/document/wiring.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gui/document/document_private.hpp"
#include "gui/document/references.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/call.hpp"

namespace faultline::gui {
namespace {

using Json = nlohmann::json;

const sim::TypeRecord* typeOf(const Json& node) {
  if (!node.is_object() || !node.contains("type") || !node["type"].is_string()) return nullptr;
  return sim::TypeCatalogue::instance().find(sim::Component::kind,
                                             node["type"].get_ref<const std::string&>());
}

bool isReference(const sim::ParamRecord& param) {
  const std::string text = param.type_text();
  return text.ends_with("reference") || text.ends_with("references");
}

/// How many parameters of the type refer to nodes and must be given.
std::size_t requiredReferences(const sim::TypeRecord& type) {
  const auto& records = type.params().records();
  return static_cast<std::size_t>(std::count_if(
      records.begin(), records.end(),
      [](const auto& param) { return param->options().required && isReference(*param); }));
}

/// The object as a call, if it has few enough plain values; else as it is.
Json shortest(const std::string& kind, const Json& object) {
  sim::Problems problems;
  sim::ReadContext context{problems};
  const sim::AnyChoice choice = sim::read_choice(kind, object, sim::Path(), context);
  if (!problems.empty() || !choice.type) return object;
  Json out;
  sim::write_choice(choice, out);
  return out;
}

std::string pathText(const std::vector<sim::PathStep>& steps, std::size_t from) {
  std::vector<sim::PathStep> rest(steps.begin() + static_cast<std::ptrdiff_t>(from), steps.end());
  return sim::to_path(rest).text();
}

}  // namespace

void dropReference(JsonPlan& plan, const JsonText& syntax, const Json& root,
                   const std::string& path, bool keepRequired) {
  const auto steps = sim::parse_path(path);
  if (!steps || steps->size() < 3) return;
  const auto nodes = root.find("nodes");
  if (nodes == root.end() || !nodes->is_object() || !nodes->contains((*steps)[1].key)) return;
  const Json& node = (*nodes)[(*steps)[1].key];
  const sim::TypeRecord* type = typeOf(node);
  if (!type) return;
  std::size_t depth = 0;
  const std::int32_t at = syntax.findDeepest(*steps, depth);
  if (depth < 3) return;
  const FoundParam found = findParam(*type, node, pathText(*steps, 2));
  const bool required = found.param && found.param->options().required;
  const bool nested = found.type && found.type->kind() != sim::Component::kind;
  const std::int32_t parent = syntax.at(at).parent;

  // The choice it is an argument of, and whether that can go as a whole.
  const auto inList = [&](std::int32_t value) {
    const std::int32_t above = syntax.at(value).parent;
    return above >= 0 && syntax.at(above).kind == JsonNode::Kind::array;
  };
  if (depth < steps->size() && (*steps)[depth].index &&
      syntax.at(at).kind == JsonNode::Kind::string) {
    // One bare name that stands for a list of one.
    if (!(required && keepRequired)) plan.remove(at);
    return;
  }
  if (depth < steps->size()) {
    // Inside a call.
    if (syntax.at(at).kind != JsonNode::Kind::string || !nested) return;
    const bool whole = required && requiredReferences(*found.type) <= 1;
    if (whole && inList(at)) {
      plan.remove(at);
    } else if (whole && !keepRequired) {
      plan.remove(at);
    } else if (!required || !keepRequired) {
      Json object = choiceAsObject(found.type->kind(), Json(syntax.stringOf(at)));
      if (!object.is_object()) return;
      object.erase((*steps)[depth].key);
      plan.set(at, shortest(std::string(found.type->kind()), object));
    }
    return;
  }
  if (syntax.at(parent).kind == JsonNode::Kind::array) {
    // The last one of a list that must not be empty is taken for the list.
    if (syntax.at(parent).count == 1 && required) {
      if (!keepRequired) plan.remove(parent);
    } else {
      plan.remove(at);
    }
    return;
  }
  if (nested && required) {
    if (requiredReferences(*found.type) <= 1 && inList(parent)) {
      plan.remove(parent);
    } else if (!keepRequired) {
      plan.remove(at);
    }
    return;
  }
  if (!(required && keepRequired)) plan.remove(at);
}

void dropEntry(JsonPlan& plan, const JsonText& syntax, const std::string& path) {
  const auto steps = sim::parse_path(path);
  if (!steps || steps->empty()) return;
  // The innermost list element on the way, except that of a partition's groups: there the fault.
  std::size_t depth = 0;
  std::int32_t node = syntax.findDeepest(*steps, depth);
  const std::string& section = steps->front().key;
  const bool names = section == "consistency" || section == "load_test" || section == "cost";
  std::int32_t entry = -1;
  for (std::int32_t each = node; each > 0; each = syntax.at(each).parent) {
    const std::int32_t above = syntax.at(each).parent;
    if (above < 0 || syntax.at(above).kind != JsonNode::Kind::array) continue;
    entry = each;
    if (names) break;
    // Of an incident: the fault of the phase, not the incident.
    const std::int32_t holder = syntax.at(above).parent;
    if (section == "incidents" && syntax.at(above).isMember() && syntax.key(above) == "faults" &&
        holder > 0) {
      break;
    }
  }
  if (entry >= 0) plan.remove(entry);
}

void Document::disconnect(const DesignWire& wire) {
  d_->edit(tr("Disconnect \"%1\" from \"%2\"").arg(wire.from, wire.to), [&](JsonPlan& plan) {
    dropReference(plan, *d_->syntax, d_->json, wire.path.toStdString(), false);
  });
}

namespace {

/// Where a reference could be put.
struct Slot {
  std::string path;  ///< Of the node.
  Json value;
  int rank = 0;  ///< The least is taken.
};

class SlotFinder {
 public:
  SlotFinder(const sim::TypeRecord& type, const Json& node, std::string to, const QString& port,
             const std::function<bool(const std::string& role)>& offers, bool leaf)
      : type_(type), node_(node), to_(std::move(to)), port_(port), offers_(offers), leaf_(leaf) {}

  std::optional<Slot> find() {
    own();
    choices();
    if (slots_.empty()) return std::nullopt;
    return *std::min_element(slots_.begin(), slots_.end(),
                             [](const Slot& a, const Slot& b) { return a.rank < b.rank; });
  }

 private:
  bool wanted(const QString& port) const { return port_.isEmpty() || port_ == port; }

  /// Ports of the node itself.
  void own() {
    for (const auto& param : type_.params().records()) {
      const QString name = QString::fromStdString(param->name());
      if (!isReference(*param) || !wanted(name) || !offers_(param->options().role)) continue;
      const bool special = param->options().role != "any";
      const auto present = node_.find(param->name());
      const bool set = present != node_.end() && !present->is_null() &&
                       !(present->is_array() && present->empty());
      if (param->is_list()) {
        Json list = Json::array();
        if (set) list = present->is_array() ? *present : Json::array({*present});
        if (std::find(list.begin(), list.end(), Json(to_)) != list.end()) continue;
        list.push_back(to_);
        const int rank = param->options().required ? (set ? 20 : 5) : (special ? 30 : 60);
        slots_.push_back({param->name(), list, rank});
      } else if (param->type_text() == "reference") {
        // A port of its own that is taken is given to the new wire, as the last choice.
        const int rank = set ? (param->options().required ? 50 : 90)
                             : (param->options().required ? 0 : (special ? 25 : 55));
        slots_.push_back({param->name(), to_, rank});
      }
    }
  }

  /// Ports of the choices the node has, or could have: the steps of endpoints.
  void choices() {
    for (const auto& param : type_.params().records()) {
      const std::string kind(param->choice_kind());
      if (kind.empty()) continue;
      const std::string text = param->type_text();
      const bool map = text.starts_with("map of names to list");
      if (!map && !text.starts_with("list of")) continue;
      const auto present = node_.find(param->name());
      const std::string base = param->name();
      if (map) {
        std::string key = "default";
        if (present != node_.end() && present->is_object() && !present->empty() &&
            !present->contains(key)) {
          key = present->begin().key();
        }
        const std::string path = (sim::Path(base) / key).text();
        if (present != node_.end() && present->is_object()) {
          for (const auto& [name, list] : present->items()) {
            existing(kind, base, (sim::Path(base) / name).text(), list);
          }
        }
        const Json* list = present != node_.end() && present->is_object() && present->contains(key)
                               ? &(*present)[key]
                               : nullptr;
        fresh(kind, base, path, list);
      } else {
        const Json* list = present != node_.end() ? &*present : nullptr;
        if (list) existing(kind, base, base, *list);
        fresh(kind, base, base, list);
      }
    }
  }

  /// A step that lacks just this reference.
  void existing(const std::string& kind, const std::string& base, const std::string& path,
                const Json& list) {
    if (!list.is_array()) return;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Json object = choiceAsObject(kind, list[i]);
      if (!object.is_object() || !object.contains("type") || !object["type"].is_string()) continue;
      const std::string name = object["type"].get<std::string>();
      const sim::TypeRecord* type = sim::TypeCatalogue::instance().find(kind, name);
      if (!type) continue;
      for (const auto& param : type->params().records()) {
        if (param->type_text() != "reference" || !offers_(param->options().role)) continue;
        if (!wanted(QString::fromStdString(base + ":" + name + "." + param->name()))) continue;
        if (object.contains(param->name())) continue;
        if (!param->options().required) continue;
        Json filled = object;
        filled[param->name()] = to_;
        const Json value = list[i].is_string() ? shortest(kind, filled) : filled;
        slots_.push_back({path + "[" + std::to_string(i) + "]", value, 10});
      }
    }
  }

  /// A step more. A cache is put before the store that is asked now.
  void fresh(const std::string& kind, const std::string& base, const std::string& path,
             const Json* list) {
    for (const sim::TypeRecord* type : sim::TypeCatalogue::instance().types(kind)) {
      const sim::ParamRecord* fits = nullptr;
      std::size_t needs = 0;
      for (const auto& param : type->params().records()) {
        if (param->options().required) ++needs;
        const bool port =
            param->type_text() == "reference" && offers_(param->options().role) &&
            wanted(QString::fromStdString(base + ":" + type->name() + "." + param->name()));
        if (port && param->options().required && !fits) fits = param.get();
      }
      if (!fits) continue;
      const bool special = fits->options().role != "any";
      Json step = Json::object();
      step["type"] = type->name();
      step[fits->name()] = to_;
      // A cache is looked into; else plain calls come before what asks for more.
      const bool cache = fits->options().role == "cache" && leaf_;
      const int rank = 40 + static_cast<int>(needs) + (cache ? -8 : special ? 5 : 0);
      Json steps = list && list->is_array() ? *list : Json::array();
      if (cache) {
        for (const auto& param : type->params().records()) {
          if (!param->options().required || param->options().role != "store") continue;
          for (std::size_t i = 0; i < steps.size(); ++i) {
            const Json call = choiceAsObject(kind, steps[i]);
            if (!call.is_object() || call.size() != 2 || !call.contains("target")) continue;
            step[param->name()] = call["target"];
            slots_.push_back({path + "[" + std::to_string(i) + "]", shortest(kind, step), rank});
            return;
          }
        }
      }
      if (steps.empty()) {
        slots_.push_back({path, Json::array({shortest(kind, step)}), rank});
      } else {
        slots_.push_back(
            {path + "[" + std::to_string(steps.size()) + "]", shortest(kind, step), rank});
      }
    }
  }

  const sim::TypeRecord& type_;
  const Json& node_;
  std::string to_;
  QString port_;
  const std::function<bool(const std::string&)>& offers_;
  bool leaf_;  ///< The target is what it offers itself, and passes nothing on.
  std::vector<Slot> slots_;
};

}  // namespace

bool Document::connectNodes(const QString& from, const QString& to, const QString& port,
                            QString* error) {
  const auto fail = [error](const QString& reason) {
    if (error) *error = reason;
    return false;
  };
  if (!d_->jsonIsCurrent) {
    d_->refuse();
    return fail(tr("The text is not JSON at the moment."));
  }
  const DesignNode* source = d_->builder.model().find(from);
  const DesignNode* target = d_->builder.model().find(to);
  if (!source || !target) return fail(tr("There is no such node."));
  if (const QString problem = wireProblem(source->type, target->type, port); !problem.isEmpty()) {
    return fail(problem);
  }
  const Json& node = d_->json["nodes"][from.toStdString()];
  const sim::TypeRecord* type = typeOf(node);
  if (!type) return fail(tr("There is no such node."));
  const std::function<bool(const std::string&)> offers = [&](const std::string& role) {
    return typeOffers(target->type, QString::fromStdString(role));
  };
  // A cache that has a store of its own is asked for the data; one that has none is looked into.
  const std::vector<Port> ports = portsOf(target->type);
  const std::vector<DesignWire>& wires = d_->builder.model().wires;
  const bool leaf =
      std::none_of(ports.begin(), ports.end(), [](const Port& each) { return each.required; }) &&
      std::none_of(wires.begin(), wires.end(),
                   [&](const DesignWire& wire) { return wire.from == to; });
  const auto slot = SlotFinder(*type, node, to.toStdString(), port, offers, leaf).find();
  if (!slot) return fail(tr("\"%1\" is connected to \"%2\" already.").arg(from, to));
  const std::string base = (sim::Path("nodes") / from.toStdString()).text();
  setValue(QString::fromStdString(base + "." + slot->path), slot->value,
           tr("Connect \"%1\" to \"%2\"").arg(from, to));
  return true;
}

}  // namespace faultline::gui
