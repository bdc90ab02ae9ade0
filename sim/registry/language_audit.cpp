#include "sim/registry/language_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "sim/registry/sentences.hpp"

namespace faultline::sim {
namespace {

constexpr std::string_view shared_file = "shared.json";

/// One law is registered in three dimensions and described once.
std::string file_of(std::string_view scope) {
  std::string name(scope.substr(0, scope.find('.')));
  if (name.ends_with(" distribution")) name = "distribution";
  std::replace(name.begin(), name.end(), ' ', '_');
  return name + ".json";
}

class Collector {
 public:
  void add(std::string_view section, std::string_view scope, std::string_view key,
           std::string about) {
    if (key.empty()) return;
    required_.push_back({file_of(scope), std::string(section), std::string(scope), std::string(key),
                         std::move(about)});
  }
  void add_shared(std::string_view section, std::string_view key, std::string about) {
    if (key.empty() || !seen_.emplace(section, key).second) return;
    required_.push_back(
        {std::string(shared_file), std::string(section), {}, std::string(key), std::move(about)});
  }

  void add_type(const TypeRecord& type) {
    const std::string scope = fmt::format("{}.{}", type.kind(), type.name());
    const std::string about = fmt::format("{} {}", type.kind(), type.name());
    add(section::texts, scope, type.doc().title, about + ": title");
    add(section::texts, scope, type.doc().summary, about + ": summary");
    add(section::texts, scope, type.doc().does_not_model, about + ": does not model");
    add_params(scope, type.params(), about);
  }

  void add_params(const std::string& scope, const ParamSet& params, const std::string& about) {
    if (std::find(path_.begin(), path_.end(), &params) != path_.end()) return;
    path_.push_back(&params);
    for (const auto& parameter : params.records()) {
      const std::string here = about + "." + parameter->name();
      add(section::labels, scope, parameter->name(), here);
      add(section::texts, scope, parameter->help(), here);
      add_shared(section::units, parameter->options().unit, here);
      add_shared(section::values, parameter->type_text(), here);
      for (const std::string& word : parameter->options().words)
        add_shared(section::words, word, here);
      if (const ParamSet* members = parameter->members()) add_params(scope, *members, here);
    }
    path_.pop_back();
  }

  /// What several files ask for belongs into the shared one.
  std::vector<RequiredText> take() {
    std::map<std::pair<std::string, std::string>, std::set<std::string>> files;
    for (const RequiredText& text : required_) files[{text.section, text.key}].insert(text.file);
    for (RequiredText& text : required_) {
      if (files[{text.section, text.key}].size() > 1) text.file = shared_file;
    }
    return std::move(required_);
  }

 private:
  std::vector<RequiredText> required_;
  std::set<std::pair<std::string, std::string>> seen_;
  std::vector<const ParamSet*> path_;  ///< Objects within objects, so that one in itself ends.
};

}  // namespace

std::vector<RequiredText> required_texts(const std::vector<DeclaredParams>& others,
                                         const std::vector<std::string>& statistics,
                                         const std::vector<std::string>& reasons) {
  Collector collector;
  for (const std::string_view text : fixed_texts())
    collector.add_shared(section::texts, text, "sim/registry");
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  for (const std::string& kind : catalogue.kinds()) {
    collector.add_shared(section::kinds, kind, "a kind of types");
    for (const TypeRecord* type : catalogue.types(kind)) collector.add_type(*type);
  }
  for (const DeclaredParams& other : others)
    collector.add_params(other.scope, *other.params, other.scope);
  for (const std::string& name : statistics) {
    // Of "accounts:lock_wait_seconds" the part has its name from a file.
    collector.add_shared(section::statistics, std::string_view(name).substr(name.find(':') + 1),
                         "a measured value");
  }
  for (const std::string& reason : reasons)
    collector.add_shared(section::reasons, reason, "a reason of failure");
  return collector.take();
}

std::vector<RequiredText> missing_texts(Language language,
                                        const std::vector<RequiredText>& required) {
  std::vector<RequiredText> missing;
  if (language == Language::english) return missing;
  for (const RequiredText& text : required) {
    if (!find_translation(language, text.section, text.scope, text.key)) missing.push_back(text);
  }
  return missing;
}

std::vector<Translation> stale_translations(Language language,
                                            const std::vector<RequiredText>& required) {
  std::set<const std::string*> used;
  for (const RequiredText& text : required)
    used.insert(find_translation(language, text.section, text.scope, text.key));
  std::vector<Translation> stale;
  for (const Translation& entry : translations(language)) {
    // Sentences are asked for by what happens, not by a declaration.
    if (entry.section != section::sentences && !used.contains(&entry.text)) stale.push_back(entry);
  }
  return stale;
}

std::string lines_to_add(Language language, const std::vector<RequiredText>& missing) {
  // By file and section, each key once, in the order of declaration.
  std::map<std::pair<std::string, std::string>, std::vector<const RequiredText*>> places;
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const RequiredText& text : missing) {
    if (seen.emplace(text.file, text.section, text.key).second)
      places[{text.file, text.section}].push_back(&text);
  }
  std::string out;
  for (const auto& [place, texts] : places) {
    out += fmt::format("models/language/{}/{}, \"{}\":\n", tag_of(language), place.first,
                       place.second);
    for (const RequiredText* text : texts)
      out += fmt::format("    {}: \"\",  // {}\n", Json(text->key).dump(), text->about);
  }
  return out;
}

}  // namespace faultline::sim
