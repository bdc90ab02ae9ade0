/// References to nodes wherever a scenario can hold them: found by the declarations of parameters,
/// and changed in place, also inside calls such as "crash(app[0])".
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::gui {

/// Those in `network`, `faults`, `incidents`, `slos`, `load_test`, `consistency` and `cost`.
std::vector<sim::FoundRef> sectionReferences(const nlohmann::json& root);

/// What a claim of `expect` says names of: "cost.groups.app.total < 1" of "app",
/// "consistency.availability.db[0], near.reads.before.ratio == 1" of "db[0]" and "near". Members
/// of the path may also be written as `["app[0]"]`.
std::vector<std::string> claimReferences(const std::string& claim);

/// A group as the key of a map in the section `cost`: `cost.machines.app`.
struct CostName {
  std::string map;    ///< "machines"
  std::string group;  ///< "app"
};
std::vector<CostName> costNames(const nlohmann::json& root);

using NameMap = std::map<std::string, std::string>;

/// `reference` with its group's name replaced as `names` says; as it was if they do not name it.
std::string renamedReference(const std::string& reference, const NameMap& names);

/// Replaces references in one entry of `nodes`. True if anything changed.
bool renameInNode(const std::string& name, nlohmann::json& node, const NameMap& names);
/// The same in the sections above and in claims of `expect`. Keys, those of `layout` and of the
/// maps in `cost`, are left as they are: the document renames them in their place.
bool renameInSections(nlohmann::json& root, const NameMap& names);

/// A call as an object with a "type", arguments by name; the object as it is; nothing of anything
/// else. `kind`: of the choice.
nlohmann::json choiceAsObject(std::string_view kind, const nlohmann::json& choice);

/// The record of the parameter at `path` in an entry of `nodes` (its first step a parameter of the
/// node), through choices, lists and objects; null if there is none.
struct FoundParam {
  const sim::ParamRecord* param = nullptr;
  const sim::TypeRecord* type = nullptr;  ///< Whose parameter it is, or in which it is nested.
};
FoundParam findParam(const sim::TypeRecord& type, const nlohmann::json& node,
                     const std::string& path);

}  // namespace faultline::gui
