#include "gui/document/references.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "gui/document/design_builder.hpp"
#include "sim/param/described.hpp"
#include "sim/param/json_path.hpp"
#include "sim/registry/call.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {
namespace {

using nlohmann::json;
using sim::FoundRef;
using sim::Path;

template <class T>
void collect(const json& root, const char* key, std::vector<FoundRef>& refs) {
  const auto found = root.is_object() ? root.find(key) : root.end();
  if (!root.is_object() || found == root.end()) return;
  sim::Problems problems;
  sim::ReadContext context{problems};
  T value{};
  sim::ValueType<T>::read(*found, value, {}, Path() / key, context);
  if (problems.empty()) {
    sim::ValueType<T>::collect_refs(value, {}, Path() / key, refs);
    return;
  }
  // What is wrong in one element hides none of the others'.
  if (!found->is_array()) return;
  for (std::size_t i = 0; i < found->size(); ++i) {
    json alone = json::array({(*found)[i]});
    sim::Problems own;
    sim::ReadContext quiet{own};
    T one{};
    sim::ValueType<T>::read(alone, one, {}, Path("x"), quiet);
    if (!own.empty()) continue;
    std::vector<FoundRef> inside;
    sim::ValueType<T>::collect_refs(one, {}, Path("x"), inside);
    for (FoundRef& ref : inside) {
      const std::string rest =
          ref.path.text().substr(std::min<std::size_t>(4, ref.path.text().size()));
      ref.path = Path((Path() / key)[i].text() + rest);
      refs.push_back(std::move(ref));
    }
  }
}

/// The value as far along `steps` as it goes.
json* deepest(json& root, const std::vector<sim::PathStep>& steps, std::size_t from,
              std::size_t& depth) {
  json* value = &root;
  for (depth = from; depth < steps.size(); ++depth) {
    const sim::PathStep& step = steps[depth];
    if (step.index) {
      if (!value->is_array() || *step.index >= value->size()) break;
      value = &(*value)[*step.index];
    } else {
      if (!value->is_object()) break;
      const auto found = value->find(step.key);
      if (found == value->end()) break;
      value = &*found;
    }
  }
  return value;
}

/// Where `word` stands in `text` as a whole argument.
std::vector<std::size_t> occurrences(const std::string& text, const std::string& word) {
  std::vector<std::size_t> places;
  constexpr std::string_view before = "(,[= \t\"";
  constexpr std::string_view after = "),] \t\"";
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || before.find(text[at - 1]) != std::string_view::npos;
    const bool ends = end == text.size() || after.find(text[end]) != std::string_view::npos;
    if (begins && ends) places.push_back(at);
  }
  return places;
}

using Reader = std::function<std::vector<FoundRef>(const json&)>;

bool sameBut(const std::vector<FoundRef>& before, const std::vector<FoundRef>& after,
             std::size_t changed, const std::string& name) {
  if (before.size() != after.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].path.text() != after[i].path.text()) return false;
    if (after[i].name != (i == changed ? name : before[i].name)) return false;
  }
  return true;
}

/// Renames in `holder`, whose own path has `base` steps. A reference within a call is found by
/// trying: the right word is the one whose change the reader sees there and nowhere else.
bool renameAll(json& holder, std::size_t base, const Reader& read, const NameMap& names) {
  std::vector<FoundRef> refs = read(holder);
  bool changed = false;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    const std::string name = renamedReference(refs[i].name, names);
    if (name == refs[i].name) continue;
    const auto steps = sim::parse_path(refs[i].path.text());
    if (!steps) continue;
    std::size_t depth = 0;
    json* value = deepest(holder, *steps, base, depth);
    if (!value->is_string()) continue;
    const std::string text = value->get<std::string>();
    if (text == refs[i].name) {
      *value = name;
      refs[i].name = name;
      changed = true;
      continue;
    }
    bool done = false;
    for (const std::size_t at : occurrences(text, refs[i].name)) {
      // A name that would not stand unquoted is put in quotes.
      for (const std::string& written : {name, json(name).dump()}) {
        std::string attempt = text;
        attempt.replace(at, refs[i].name.size(), written);
        *value = attempt;
        if (sameBut(refs, read(holder), i, name)) {
          done = true;
          break;
        }
        *value = text;
      }
      if (done) break;
    }
    if (!done) continue;
    refs[i].name = name;
    changed = true;
  }
  return changed;
}

/// Weights and priorities are maps whose keys are names of nodes that the node refers to.
bool renameKeys(json& node, const std::vector<FoundRef>& refs, const NameMap& names) {
  bool changed = false;
  for (auto& [key, value] : node.items()) {
    if (!value.is_object() || value.contains("type")) continue;
    json renamed = json::object();
    bool any = false;
    for (auto& [name, member] : value.items()) {
      std::string to = name;
      const bool isNode =
          !member.is_structured() &&
          std::any_of(refs.begin(), refs.end(), [&name = name](const FoundRef& ref) {
            return groupOf(ref.name) == groupOf(name);
          });
      if (isNode) to = renamedReference(name, names);
      any = any || to != name;
      renamed[to] = member;
    }
    if (!any || renamed.size() != value.size()) continue;
    value = std::move(renamed);
    changed = true;
  }
  return changed;
}

/// A reference within a claim, and where it stands.
struct ClaimName {
  std::size_t at = 0;
  std::string name;
};

/// A member of the path that a claim begins with: `.name` or `["name"]`, the first one without its
/// point. In the first form a name ends at one of `ends`.
struct ClaimMember {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t next = 0;
};
std::optional<ClaimMember> memberOfClaim(const std::string& claim, std::size_t at,
                                         const char* ends) {
  if (claim.compare(at, 2, "[\"") == 0) {
    const std::size_t end = claim.find("\"]", at + 2);
    if (end == std::string::npos) return std::nullopt;
    return ClaimMember{at + 2, end, end + 2};
  }
  if (at > 0 && (at >= claim.size() || claim[at] != '.')) return std::nullopt;
  const std::size_t begin = at == 0 ? 0 : at + 1;
  const std::size_t end = claim.find_first_of(ends, begin);
  if (end == std::string::npos) return std::nullopt;
  return ClaimMember{begin, end, end};
}

std::vector<ClaimName> namesInClaim(const std::string& claim) {
  constexpr const char* name_ends = ".[";
  std::size_t at = 0;
  const auto next = [&](const char* ends) {
    const auto member = memberOfClaim(claim, at, ends);
    if (member) at = member->next;
    return member;
  };
  const auto text = [&](const std::optional<ClaimMember>& member) {
    return member ? claim.substr(member->begin, member->end - member->begin) : std::string();
  };
  std::string head = text(next(name_ends));
  if (head == "cost" || head == "consistency") head += "." + text(next(name_ends));
  // The sides of a cut are lists of references, stores whose transactions are joined are a sum.
  const bool isSides = head == "consistency.availability";
  const bool isStores = head == "consistency.transactions";
  const bool isOne =
      head == "nodes" || head == "groups" || head == "cost.nodes" || head == "cost.groups";
  if (!isOne && !isSides && !isStores) return {};
  const auto member = next(isSides ? "." : name_ends);
  if (!member) return {};
  if (isOne) return {{member->begin, text(member)}};
  if (isSides && text(member) == "all") return {};
  const std::string_view between = isSides ? ", " : "+";
  std::vector<ClaimName> names;
  for (std::size_t from = member->begin; from < member->end;) {
    const std::size_t end = std::min(claim.find(between, from), member->end);
    names.push_back({from, claim.substr(from, end - from)});
    from = end + between.size();
  }
  return names;
}

std::string renamedClaim(std::string claim, const NameMap& names) {
  const std::vector<ClaimName> found = namesInClaim(claim);
  for (auto each = found.rbegin(); each != found.rend(); ++each) {
    claim.replace(each->at, each->name.size(), renamedReference(each->name, names));
  }
  return claim;
}

/// Whether the keys of the map `key` of the section `cost` are names of groups. It is asked by
/// example, so that there is no second list of them; the values of such maps are a number, a size
/// or a word.
bool namesGroups(const std::string& key) {
  for (const json& value : {json(1), json("1GB"), json("word")}) {
    sim::Problems problems;
    sim::ReadContext context{problems};
    sim::CostSpec cost;
    json example = json::object();
    example[key]["group"] = value;
    sim::params_of<sim::CostSpec>().read(example, &cost, Path("cost"), context);
    bool visited = false;
    cost.for_each_name([&visited](const Path&, const std::string&) { visited = true; });
    if (visited) return true;
  }
  return false;
}

const std::vector<const char*> refSections{"network",   "faults",      "incidents", "slos",
                                           "load_test", "consistency", "cost"};

}  // namespace

std::vector<FoundRef> sectionReferences(const json& root) {
  std::vector<FoundRef> refs;
  collect<sim::NetworkSpec>(root, "network", refs);
  collect<std::vector<sim::FaultSpec>>(root, "faults", refs);
  collect<std::vector<sim::IncidentSpec>>(root, "incidents", refs);
  collect<std::vector<sim::Slo>>(root, "slos", refs);
  collect<sim::Choice<sim::LoadTest>>(root, "load_test", refs);
  collect<std::optional<sim::ConsistencySpec>>(root, "consistency", refs);
  collect<std::optional<sim::CostSpec>>(root, "cost", refs);
  return refs;
}

std::vector<std::string> claimReferences(const std::string& claim) {
  std::vector<std::string> names;
  for (ClaimName& each : namesInClaim(claim)) names.push_back(std::move(each.name));
  return names;
}

std::vector<CostName> costNames(const json& root) {
  std::vector<CostName> names;
  const auto cost = root.is_object() ? root.find("cost") : root.end();
  if (!root.is_object() || cost == root.end() || !cost->is_object()) return names;
  for (const auto& [key, map] : cost->items()) {
    if (!map.is_object() || !namesGroups(key)) continue;
    for (const auto& [group, value] : map.items()) names.push_back({key, group});
  }
  return names;
}

std::string renamedReference(const std::string& reference, const NameMap& names) {
  if (const auto whole = names.find(reference); whole != names.end()) return whole->second;
  const std::string group = groupOf(reference);
  const auto found = names.find(group);
  if (found == names.end()) return reference;
  return found->second + reference.substr(group.size());
}

bool renameInNode(const std::string& name, json& node, const NameMap& names) {
  if (!node.is_object()) return false;
  const std::vector<FoundRef> before = referencesOf(name, node);
  const bool refs = renameAll(
      node, 2, [&name](const json& holder) { return referencesOf(name, holder); }, names);
  const bool keys = renameKeys(node, before, names);
  return refs || keys;
}

bool renameInSections(json& root, const NameMap& names) {
  if (!root.is_object()) return false;
  // Only the sections that hold references are read again and again.
  json part = json::object();
  for (const char* key : refSections) {
    if (root.contains(key)) part[key] = root[key];
  }
  bool changed = renameAll(
      part, 0, [](const json& holder) { return sectionReferences(holder); }, names);
  for (const auto& [key, value] : part.items()) root[key] = value;
  if (const auto claims = root.find("expect"); claims != root.end() && claims->is_array()) {
    for (json& claim : *claims) {
      if (!claim.is_string()) continue;
      const std::string text = renamedClaim(claim.get<std::string>(), names);
      if (text == claim.get<std::string>()) continue;
      claim = text;
      changed = true;
    }
  }
  return changed;
}

json choiceAsObject(std::string_view kind, const json& choice) {
  if (choice.is_object()) return choice;
  if (!choice.is_string()) return nullptr;
  std::string error;
  const auto call = sim::parse_call(choice.get_ref<const std::string&>(), error);
  if (!call) return nullptr;
  const sim::TypeRecord* type = sim::TypeCatalogue::instance().find(kind, call->name);
  if (!type) return nullptr;
  const std::function<json(std::string_view)> valueOf = [&valueOf](std::string_view text) -> json {
    if (text.front() == '[') {
      json list = json::array();
      for (const std::string_view item : sim::split_list(text)) list.push_back(valueOf(item));
      return list;
    }
    json value = json::parse(text, nullptr, false);
    return value.is_discarded() ? json(std::string(text)) : value;
  };
  json object = json::object();
  object["type"] = call->name;
  const auto& records = type->params().records();
  std::size_t position = 0;
  for (const sim::CallArgument& argument : call->arguments) {
    json value = valueOf(argument.value);
    if (!argument.key.empty()) {
      object[argument.key] = std::move(value);
      continue;
    }
    if (records.empty()) return nullptr;
    const bool last = position + 1 >= records.size();
    const sim::ParamRecord& record = *records[std::min(position, records.size() - 1)];
    ++position;
    if (last && record.is_list()) {
      json& list = object[record.name()];
      if (list.is_null() && value.is_array())
        list = std::move(value);
      else if (list.is_null())
        list = json::array({std::move(value)});
      else if (list.is_array())
        list.push_back(std::move(value));
    } else {
      object[record.name()] = std::move(value);
    }
  }
  return object;
}

FoundParam findParam(const sim::TypeRecord& type, const json& node, const std::string& path) {
  const auto steps = sim::parse_path(path);
  if (!steps || steps->empty() || steps->front().index) return {};
  FoundParam found{nullptr, &type};
  const sim::ParamSet* set = &type.params();
  json holder = node;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const sim::PathStep& step = (*steps)[i];
    if (set && !step.index) {
      found.param = set->find(step.key);
      if (!found.param) return {};
      set = nullptr;
    } else if (!found.param) {
      return {};
    }
    // The value here; within lists and maps the parameter stays the same.
    json next;
    if (step.index) {
      if (holder.is_array() && *step.index < holder.size()) next = holder[*step.index];
    } else if (holder.is_object() && holder.contains(step.key)) {
      next = holder[step.key];
    }
    holder = std::move(next);
    if (i + 1 == steps->size()) break;
    const sim::PathStep& after = (*steps)[i + 1];
    if (after.index) continue;
    // A name behind it: of a member of an object, of a parameter of a choice, or of a map.
    if (!found.param->choice_kind().empty()) {
      const json object = choiceAsObject(found.param->choice_kind(), holder);
      const bool isChoice =
          object.is_object() && object.contains("type") && object["type"].is_string();
      const sim::TypeRecord* chosen =
          isChoice ? sim::TypeCatalogue::instance().find(found.param->choice_kind(),
                                                         object["type"].get<std::string>())
                   : nullptr;
      if (chosen) {
        found.type = chosen;
        set = &chosen->params();
        holder = object;
      }
    } else if (const sim::ParamSet* members = found.param->members()) {
      if (members->find(after.key)) set = members;
    }
  }
  return found;
}

}  // namespace faultline::gui
