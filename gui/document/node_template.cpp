#include "gui/document/node_template.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "gui/document/design_builder.hpp"
#include "sim/network/component.hpp"
#include "sim/param/json_path.hpp"
#include "sim/registry/reference.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::gui {

using nlohmann::json;

namespace {

/// Whether the only thing wrong with one of it is that it is alone.
bool needsCompany(const json& node) {
  sim::Problems problems;
  const json root = {{"faultline", 1}, {"nodes", {{"x", node}}}};
  const auto spec = sim::read_spec(root.dump(), ".", {}, problems);
  if (spec) sim::System(*spec, 1, 0, problems);
  const auto found = problems.sorted();
  return std::any_of(found.begin(), found.end(), [](const sim::Problem& problem) {
    return problem.path == "nodes.x.replicas";
  });
}

NodeTemplate makeTemplate(const std::string& type) {
  NodeTemplate made;
  const sim::TypeRecord* record = sim::TypeCatalogue::instance().find(sim::Component::kind, type);
  if (!record) {
    made.value = std::make_shared<const json>();
    return made;
  }
  json value = sim::example_of(*record);
  if (!value.is_object()) value = json{{"type", type}};
  value["type"] = type;
  std::vector<sim::FoundRef> refs = referencesOf("x", value);
  // From the back, so that indices of lists stay right.
  for (auto ref = refs.rbegin(); ref != refs.rend(); ++ref) {
    const auto steps = sim::parse_path(ref->path.text());
    if (!steps || steps->size() < 3) continue;
    const std::string& parameter = (*steps)[2].key;
    const sim::ParamRecord* param = record->params().find(parameter);
    if (!param) continue;
    const bool direct = steps->size() == 3 || (steps->size() == 4 && (*steps)[3].index);
    if (direct) {
      if (value.contains(parameter)) {
        value.erase(parameter);
        made.removed.insert(made.removed.begin(), {parameter, ref->role, param->is_list()});
      }
      continue;
    }
    // Deeper inside, the innermost element of a list goes as a whole: a step, a route.
    json* holder = &value;
    json* list = nullptr;
    std::size_t index = 0;
    for (std::size_t i = 2; i < steps->size(); ++i) {
      const sim::PathStep& step = (*steps)[i];
      if (step.index) {
        if (!holder->is_array() || *step.index >= holder->size()) break;
        list = holder;
        index = *step.index;
        holder = &(*holder)[*step.index];
      } else {
        if (!holder->is_object() || !holder->contains(step.key)) break;
        holder = &(*holder)[step.key];
      }
    }
    if (list && index < list->size())
      list->erase(index);
    else
      value.erase(parameter);
    made.removed.insert(made.removed.begin(), {{}, ref->role, false});
  }
  if (!value.contains("replicas") && needsCompany(value)) value["replicas"] = 3;
  made.value = std::make_shared<const json>(std::move(value));
  return made;
}

}  // namespace

NodeTemplate nodeTemplate(const std::string& type) {
  static std::mutex mutex;
  static std::map<std::string, NodeTemplate> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(type);
  if (found != known.end()) return found->second;
  return known.emplace(type, makeTemplate(type)).first->second;
}

}  // namespace faultline::gui
