#include "gui/source/completions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "gui/document/references.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/sections.hpp"

namespace faultline::gui {
namespace {

using Json = nlohmann::json;

/// Where the end of a text is: the names and indices on the way to it.
struct Level {
  bool isObject = false;
  QString key;  ///< Of an object: the member being written.
  bool behindColon = false;
  QStringList keys;  ///< Already there.
  int index = 0;     ///< Of a list.
  QString type;      ///< The value of "type", if it came before.
};

struct Place {
  std::vector<Level> levels;
  bool inQuotes = false;
  bool inComment = false;
  QString word;  ///< Since the quote, or the last blank.
};

Place placeAt(const QString& text) {
  Place place;
  qsizetype at = 0;
  const qsizetype size = text.size();
  while (at < size) {
    const QChar c = text[at];
    if (c == '"') {
      qsizetype end = at + 1;
      while (end < size && text[end] != '"' && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      if (end >= size) {
        place.inQuotes = true;
        place.word = text.mid(at + 1);
        return place;
      }
      const QString value = text.mid(at + 1, end - at - 1);
      if (!place.levels.empty()) {
        Level& level = place.levels.back();
        if (level.isObject && !level.behindColon) {
          level.key = value;
          level.keys << value;
        } else if (level.isObject && level.key == QLatin1String("type")) {
          level.type = value;
        }
      }
      at = end + 1;
    } else if (c == '/' && at + 1 < size && text[at + 1] == '/') {
      const qsizetype end = text.indexOf('\n', at);
      if (end < 0) {
        place.inComment = true;
        return place;
      }
      at = end;
    } else if (c == '/' && at + 1 < size && text[at + 1] == '*') {
      const qsizetype end = text.indexOf(QLatin1String("*/"), at + 2);
      if (end < 0) {
        place.inComment = true;
        return place;
      }
      at = end + 2;
    } else {
      if (c == '{' || c == '[') {
        Level level;
        level.isObject = c == '{';
        place.levels.push_back(level);
      } else if (c == '}' || c == ']') {
        if (!place.levels.empty()) place.levels.pop_back();
      } else if (c == ':' && !place.levels.empty()) {
        place.levels.back().behindColon = true;
      } else if (c == ',' && !place.levels.empty()) {
        place.levels.back().behindColon = false;
        ++place.levels.back().index;
      }
      ++at;
    }
  }
  qsizetype begin = size;
  while (begin > 0 && (text[begin - 1].isLetterOrNumber() || text[begin - 1] == '_')) --begin;
  place.word = text.mid(begin);
  return place;
}

QStringList namesOf(const sim::ParamSet& params) {
  QStringList names;
  for (const auto& param : params.records()) names << QString::fromStdString(param->name());
  return names;
}

QStringList typesOf(std::string_view kind) {
  QStringList names;
  for (const std::string& name : sim::TypeCatalogue::instance().names(kind)) {
    names << QString::fromStdString(name);
  }
  return names;
}

/// What a place is in: an object's parameters, or a parameter's value.
struct Meaning {
  const sim::ParamSet* params = nullptr;    ///< The object whose members are written.
  const sim::ParamRecord* param = nullptr;  ///< The parameter whose value is written.
  std::string choiceKind;                   ///< A choice written as an object.
  bool isNode = false;
  bool isNodes = false;  ///< The object of all nodes.
  bool isRoot = false;
};

Meaning meaningOf(const Place& place, const Json& scenario) {
  Meaning meaning;
  meaning.isRoot = true;
  for (std::size_t i = 0; i < place.levels.size(); ++i) {
    const Level& level = place.levels[i];
    const bool last = i + 1 == place.levels.size();
    if (!level.isObject) continue;  // A list's elements mean what the list does.
    // Entering the object at this level: what are its members?
    if (meaning.isRoot && i == 0) {
      meaning = {};
      meaning.isRoot = true;
      if (last && !level.behindColon) return meaning;
      meaning.isRoot = false;
      if (level.key == QLatin1String("nodes")) {
        meaning.isNodes = true;
      } else {
        meaning.param = sim::scenario_sections().find(level.key.toStdString());
      }
      continue;
    }
    if (meaning.isNodes) {
      meaning = {};
      if (last && !level.behindColon) {
        meaning.isNodes = true;
        return meaning;
      }
      // The entry of one node is the next object.
      meaning.isNode = true;
      meaning.choiceKind = std::string(sim::Component::kind);
      if (i + 1 < place.levels.size()) {
        Level& next = const_cast<Level&>(place.levels[i + 1]);
        if (next.type.isEmpty()) {
          const auto nodes = scenario.is_object() ? scenario.find("nodes") : scenario.end();
          if (scenario.is_object() && nodes != scenario.end() && nodes->is_object()) {
            const auto node = nodes->find(level.key.toStdString());
            if (node != nodes->end() && node->is_object() && node->contains("type") &&
                (*node)["type"].is_string()) {
              next.type = QString::fromStdString((*node)["type"].get<std::string>());
            }
          }
        }
      }
      continue;
    }
    // A choice or an object within a parameter.
    if (!meaning.choiceKind.empty() || (meaning.param && !meaning.param->choice_kind().empty())) {
      const std::string kind = meaning.choiceKind.empty()
                                   ? std::string(meaning.param->choice_kind())
                                   : meaning.choiceKind;
      // A map of lists of choices has names first.
      const bool isMap = meaning.choiceKind.empty() &&
                         meaning.param->type_text().starts_with("map of") &&
                         (i == 0 || place.levels[i - 1].isObject) && level.type.isEmpty() &&
                         i + 1 < place.levels.size() && !place.levels[i + 1].isObject;
      if (isMap) continue;
      const sim::TypeRecord* type =
          sim::TypeCatalogue::instance().find(kind, level.type.toStdString());
      const bool isNode = meaning.isNode;
      meaning = {};
      meaning.isNode = isNode;
      meaning.choiceKind = kind;
      meaning.params = type ? &type->params() : nullptr;
    } else if (meaning.param && meaning.param->members()) {
      const sim::ParamSet* members = meaning.param->members();
      meaning = {};
      meaning.params = members;
    } else {
      meaning = {};
      return meaning;
    }
    if (last && !level.behindColon) return meaning;
    // Behind the colon: the member's own parameter.
    const Meaning outer = meaning;
    meaning = {};
    if (level.key == QLatin1String("type") && !outer.choiceKind.empty()) {
      meaning.choiceKind = outer.choiceKind;
      return meaning;
    }
    if (outer.params) meaning.param = outer.params->find(level.key.toStdString());
    if (!meaning.param && outer.isNode) {
      meaning.param = sim::node_sections().find(level.key.toStdString());
    }
  }
  return meaning;
}

}  // namespace

Completions completionsAt(const QString& before, const Json& scenario) {
  Completions found;
  const Place place = placeAt(before);
  if (place.inComment || place.levels.empty()) return found;
  const Level& level = place.levels.back();
  found.inQuotes = place.inQuotes;
  found.prefix = place.word;
  found.isKey = level.isObject && !level.behindColon;
  const Meaning meaning = meaningOf(place, scenario);
  if (found.isKey) {
    if (meaning.isRoot) {
      found.words = namesOf(sim::scenario_sections());
      found.words << QStringLiteral("faultline") << QStringLiteral("nodes");
    } else {
      if (!meaning.choiceKind.empty()) found.words << QStringLiteral("type");
      if (meaning.params) found.words << namesOf(*meaning.params);
      if (meaning.isNode) found.words << namesOf(sim::node_sections());
    }
    for (const QString& key : level.keys) {
      if (key != place.word) found.words.removeAll(key);
    }
  } else if (!meaning.choiceKind.empty() && level.isObject && level.key == QLatin1String("type")) {
    found.words = typesOf(meaning.choiceKind);
  } else if (meaning.param) {
    const std::string text = meaning.param->type_text();
    if (!meaning.param->choice_kind().empty()) {
      found.words = typesOf(meaning.param->choice_kind());
    } else if (!meaning.param->options().words.empty()) {
      for (const std::string& word : meaning.param->options().words) {
        found.words << QString::fromStdString(word);
      }
    } else if (text.ends_with("reference") || text.ends_with("references")) {
      const auto nodes = scenario.is_object() ? scenario.find("nodes") : scenario.end();
      if (scenario.is_object() && nodes != scenario.end() && nodes->is_object()) {
        for (const auto& [name, value] : nodes->items())
          found.words << QString::fromStdString(name);
      }
    } else if (meaning.param->name() == "zone" || meaning.param->name() == "zones") {
      const auto zones = scenario.is_object() ? scenario.find("zones") : scenario.end();
      if (scenario.is_object() && zones != scenario.end() && zones->is_object()) {
        for (const auto& [name, value] : zones->items())
          found.words << QString::fromStdString(name);
      }
    }
  }
  found.words.sort();
  found.words.removeDuplicates();
  return found;
}

}  // namespace faultline::gui
