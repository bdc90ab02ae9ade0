#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <QCoreApplication>
#include <QLocale>
#include <set>

#include "gui/document/design_model.hpp"
#include "gui/document/node_template.hpp"
#include "sim/network/component.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/language.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::gui {
namespace {

using nlohmann::json;
using Roles = std::set<std::string>;

bool takesReferences(const sim::ParamRecord& param) {
  const std::string text = param.type_text();
  return text.ends_with("reference") || text.ends_with("references");
}

void collectPorts(const sim::ParamSet& params, const QString& prefix, std::set<std::string> kinds,
                  std::vector<Port>& ports) {
  for (const auto& param : params.records()) {
    const QString name = prefix + QString::fromStdString(param->name());
    if (takesReferences(*param)) {
      ports.push_back({name, QString::fromStdString(param->options().role), param->is_list(),
                       param->options().required});
    } else if (const std::string kind(param->choice_kind()); !kind.empty()) {
      if (!kinds.insert(kind).second) continue;
      for (const sim::TypeRecord* type : sim::TypeCatalogue::instance().types(kind)) {
        collectPorts(type->params(), name + ':' + QString::fromStdString(type->name()) + '.', kinds,
                     ports);
      }
      kinds.erase(kind);
    } else if (const sim::ParamSet* members = param->members()) {
      collectPorts(*members, name + '.', kinds, ports);
    }
  }
}

/// What each type of node may offer, found by building small systems and asking.
class Offers {
 public:
  static const Offers& instance() {
    static const Offers offers;
    return offers;
  }
  const Roles& of(const std::string& type) const {
    static const Roles none;
    const auto found = roles_.find(type);
    return found == roles_.end() ? none : found->second;
  }

 private:
  Offers() {
    const auto types = sim::TypeCatalogue::instance().types(sim::Component::kind);
    for (const sim::TypeRecord* type : types) {
      for (const Port& port : portsOf(QString::fromStdString(type->name()))) {
        asked_.insert(port.role.toStdString());
      }
    }
    // What needs others is asked when there are others to give it.
    for (int round = 0; round < 3; ++round) {
      for (const sim::TypeRecord* type : types) probe(*type);
    }
  }

  void probe(const sim::TypeRecord& type) {
    const NodeTemplate base = nodeTemplate(type.name());
    std::vector<json> variants{*base.value};
    // An optional policy may be what makes it offer more: a database with an isolation.
    for (const auto& param : type.params().records()) {
      const std::string kind(param->choice_kind());
      if (kind.empty() || param->options().required || param->is_list()) continue;
      const auto choices = sim::TypeCatalogue::instance().types(kind);
      if (choices.empty() || base.value->contains(param->name())) continue;
      json with = *base.value;
      with[param->name()] = choices.front()->name();
      variants.push_back(std::move(with));
    }
    const std::size_t alike = base.removed.empty() ? 1 : roles_.size();
    for (const json& variant : variants) {
      for (std::size_t helper = 0; helper < std::max<std::size_t>(alike, 1); ++helper) {
        build(type.name(), variant, base.removed, helper);
      }
    }
  }

  /// Its references are given to nodes of the types already known, the `helper`-th that fits.
  void build(const std::string& type, json node, const std::vector<RemovedReference>& missing,
             std::size_t helper) {
    json nodes = json::object();
    for (const RemovedReference& ref : missing) {
      if (ref.parameter.empty()) continue;
      std::vector<std::string> fitting;
      for (const auto& [name, roles] : roles_) {
        if (roles.contains(ref.role) && name != type) fitting.push_back(name);
      }
      if (fitting.empty()) return;
      const std::string& chosen = fitting[helper % fitting.size()];
      const NodeTemplate other = nodeTemplate(chosen);
      if (!other.removed.empty()) return;
      nodes["helper"] = *other.value;
      node[ref.parameter] = ref.list ? json::array({"helper"}) : json("helper");
    }
    nodes["x"] = std::move(node);
    sim::Problems problems;
    const json root = {{"faultline", 1}, {"nodes", std::move(nodes)}};
    const auto spec = sim::read_spec(root.dump(), ".", {}, problems);
    if (!spec) return;
    sim::System system(*spec, 1, 0, problems);
    if (!problems.empty()) return;
    const auto found = system.find("x");
    if (found.empty()) return;
    Roles& roles = roles_[type];
    for (const std::string& role : asked_) {
      if (found.front()->component().offers(role)) roles.insert(role);
    }
  }

  Roles asked_;
  std::map<std::string, Roles> roles_;
};

QString titleOf(const QString& type) {
  const sim::TypeRecord* record =
      sim::TypeCatalogue::instance().find(sim::Component::kind, type.toStdString());
  if (!record) return type;
  return QString::fromStdString(
      sim::type_title(*record, sim::language_of(QLocale().name().toStdString())));
}

QString roleText(const QString& role) {
  const std::pair<const char*, const char*> texts[] = {
      {"any", QT_TRANSLATE_NOOP("Wires", "a node that takes requests")},
      {"cache", QT_TRANSLATE_NOOP("Wires", "a cache")},
      {"store", QT_TRANSLATE_NOOP("Wires", "a store")},
      {"name", QT_TRANSLATE_NOOP("Wires", "a name server")},
      {"directory", QT_TRANSLATE_NOOP("Wires", "a directory of shards")},
      {"database with an isolation", QT_TRANSLATE_NOOP("Wires", "a database with an isolation")}};
  for (const auto& [name, text] : texts) {
    if (role == QLatin1String(name)) return QCoreApplication::translate("Wires", text);
  }
  return role;
}

}  // namespace

std::vector<Port> portsOf(const QString& type) {
  static std::mutex mutex;
  static std::map<QString, std::vector<Port>> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(type); found != known.end()) return found->second;
  std::vector<Port> ports;
  const sim::TypeRecord* record =
      sim::TypeCatalogue::instance().find(sim::Component::kind, type.toStdString());
  if (record) collectPorts(record->params(), {}, {}, ports);
  known[type] = ports;
  return ports;
}

bool typeOffers(const QString& type, const QString& role) {
  return Offers::instance().of(type.toStdString()).contains(role.toStdString());
}

QString wireProblem(const QString& fromType, const QString& toType, const QString& port) {
  const auto say = [](const char* text) { return QCoreApplication::translate("Wires", text); };
  const auto& catalogue = sim::TypeCatalogue::instance();
  if (!catalogue.find(sim::Component::kind, fromType.toStdString())) {
    return say(QT_TRANSLATE_NOOP("Wires", "There is no node type \"%1\"")).arg(fromType);
  }
  if (!catalogue.find(sim::Component::kind, toType.toStdString())) {
    return say(QT_TRANSLATE_NOOP("Wires", "There is no node type \"%1\"")).arg(toType);
  }
  const std::vector<Port> ports = portsOf(fromType);
  if (ports.empty()) {
    return say(QT_TRANSLATE_NOOP("Wires", "%1: calls nobody")).arg(titleOf(fromType));
  }
  const Roles& offers = Offers::instance().of(toType.toStdString());
  if (offers.empty()) {
    return say(QT_TRANSLATE_NOOP("Wires", "%1: takes no requests")).arg(titleOf(toType));
  }
  bool known = false;
  QString asked;
  for (const Port& each : ports) {
    if (!port.isEmpty() && each.parameter != port) continue;
    known = true;
    if (offers.contains(each.role.toStdString())) return {};
    asked = each.role;
  }
  if (!known) {
    return say(QT_TRANSLATE_NOOP("Wires", "%1: has no port \"%2\"")).arg(titleOf(fromType), port);
  }
  return say(QT_TRANSLATE_NOOP("Wires", "%1 does not fit: %2 is asked for"))
      .arg(titleOf(toType), roleText(asked));
}

const DesignNode* DesignModel::find(const QString& name) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const DesignNode& node) { return node.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

}  // namespace faultline::gui
