#include "sim/registry/language.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "sim/param/json_reader.hpp"

namespace faultline::sim {
namespace {

constexpr std::size_t language_count = 2;

std::size_t index_of(Language language) { return static_cast<std::size_t>(language); }

/// A program whose own texts are wrong does not run.
[[noreturn]] void stop(std::string_view file, std::string_view message) {
  std::fprintf(stderr, "faultline: %.*s: %.*s\n", static_cast<int>(file.size()), file.data(),
               static_cast<int>(message.size()), message.data());
  std::abort();
}

std::vector<LanguageFile>& files_of(Language language) {
  static std::array<std::vector<LanguageFile>, language_count> files;
  return files[index_of(language)];
}

std::string entry_key(std::string_view section, std::string_view scope, std::string_view key) {
  std::string out;
  out.reserve(section.size() + scope.size() + key.size() + 2);
  out += section;
  out += '\n';
  out += scope;
  out += '\n';
  out += key;
  return out;
}

/// All texts of one language.
class Dictionary {
 public:
  explicit Dictionary(Language language) {
    for (const LanguageFile& file : files_of(language)) add(file);
  }
  const std::string* find(std::string_view section, std::string_view scope,
                          std::string_view key) const {
    const auto found = index_.find(entry_key(section, scope, key));
    return found == index_.end() ? nullptr : &entries_[found->second].text;
  }
  const std::vector<Translation>& entries() const { return entries_; }

 private:
  void add(const LanguageFile& file) {
    Problems problems;
    const std::optional<Json> json = read_json(file.text, problems);
    if (!json) stop(file.name, problems.sorted().front().to_text());
    std::vector<std::string> scopes{""};
    if (json->contains("scopes")) scopes = json->at("scopes").get<std::vector<std::string>>();
    for (const auto& [section, entries] : json->items()) {
      if (section == "scopes") continue;
      for (const auto& [key, text] : entries.items()) {
        if (!text.is_string()) stop(file.name, section + ": " + key + ": expected a text");
        add_entry(file, section, scopes, key, text.get<std::string>());
      }
    }
  }

  /// In a file for kinds, the label "arc.ghosts" is for that parameter of the type `arc` alone.
  void add_entry(const LanguageFile& file, const std::string& section,
                 const std::vector<std::string>& scopes, const std::string& key,
                 const std::string& text) {
    const std::size_t dot = section == section::labels ? key.find('.') : std::string::npos;
    for (std::string scope : scopes) {
      std::string name = key;
      if (dot != std::string::npos) {
        scope += '.' + key.substr(0, dot);
        name = key.substr(dot + 1);
      }
      const auto [entry, is_new] = index_.emplace(entry_key(section, scope, name), entries_.size());
      if (!is_new) stop(file.name, section + ": there twice: " + key);
      entries_.push_back({std::string(file.name), section, scope, name, text});
    }
  }

  std::vector<Translation> entries_;
  std::unordered_map<std::string, std::size_t> index_;
};

const Dictionary& dictionary(Language language) {
  static const std::array<Dictionary, language_count> dictionaries{Dictionary(Language::english),
                                                                   Dictionary(Language::russian)};
  return dictionaries[index_of(language)];
}

std::string scope_of(const TypeRecord& type) {
  return std::string(type.kind()) + '.' + type.name();
}

/// The translation, or the English itself.
std::string text_in(Language language, std::string_view scope, std::string_view english) {
  if (english.empty()) return {};
  const std::string* found = find_translation(language, section::texts, scope, english);
  return found ? *found : std::string(english);
}

/// All that this folder says to people beside the declarations.
constexpr std::array<std::string_view, 22> fixed = {
    "Traffic", "Naming and balancing", "Serving", "Caching", "Storage", "Coordination",
    // RangeWords and types of values
    "one of: {}", "{} to {}", "more than {}", "at least {}", "less than {}", "at most {}",
    "not empty", "{} of {}",
    // `faultline types` and the reference pages
    "required", "Example: ", "Source: ", "Does not model: ", "Reference",
    "What can be written in a scenario file, one page a kind. Generated from the declarations.",
    "| Kind | Types |", "| Parameter | Type | Unit | Default | Range | Meaning |"};

/// Words that are written in capitals wherever they stand.
constexpr std::array<std::string_view, 22> abbreviations = {
    "cpu", "dns", "fifo", "id",   "io",  "ip",  "lifo", "lsm", "mtbf", "mttr", "rpo",
    "rtt", "rto", "slo",  "slos", "ssd", "ssi", "tcp",  "tls", "ttl",  "udp",  "wal"};

/// "queue_limit" -> "Queue limit", "ttl" -> "TTL". What is no name of ours stays as it is.
std::string as_words(std::string_view name) {
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_ ") != std::string_view::npos)
    return std::string(name);
  std::string out;
  while (!name.empty()) {
    const std::string_view word = name.substr(0, name.find_first_of("_ "));
    name.remove_prefix(std::min(word.size() + 1, name.size()));
    if (word.empty()) continue;
    if (!out.empty()) out += ' ';
    const bool capitals =
        std::find(abbreviations.begin(), abbreviations.end(), word) != abbreviations.end();
    for (const char c : word) {
      out += capitals || out.empty()
                 ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                 : c;
    }
  }
  return out;
}

/// The entry for a name, or what can be read in the name itself.
std::string name_in(Language language, std::string_view section, std::string_view scope,
                    std::string_view name) {
  for (const Language each : {language, Language::english}) {
    if (const std::string* found = find_translation(each, section, scope, name)) return *found;
  }
  return as_words(name);
}

/// The entry for a word, or the word.
std::string word_in(Language language, std::string_view section, std::string_view word) {
  const std::string* found = find_translation(language, section, {}, word);
  return found ? *found : std::string(word);
}

}  // namespace

Language language_of(std::string_view tag) {
  const std::string_view main = tag.substr(0, tag.find_first_of("-_."));
  return main == "ru" || main == "RU" || main == "Ru" ? Language::russian : Language::english;
}

std::string_view tag_of(Language language) { return language == Language::russian ? "ru" : "en"; }

const std::string* find_translation(Language language, std::string_view section,
                                    std::string_view scope, std::string_view key) {
  const Dictionary& words = dictionary(language);
  while (!scope.empty()) {
    if (const std::string* found = words.find(section, scope, key)) return found;
    const std::size_t dot = scope.rfind('.');
    scope = scope.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return words.find(section, {}, key);
}

const std::vector<Translation>& translations(Language language) {
  return dictionary(language).entries();
}

LanguageRegistration::LanguageRegistration(Language language,
                                           const std::vector<LanguageFile>& files) {
  std::vector<LanguageFile>& all = files_of(language);
  all.insert(all.end(), files.begin(), files.end());
}

std::string type_title(const TypeRecord& type, Language language) {
  return text_in(language, scope_of(type), type.doc().title);
}

std::string type_title(std::string_view kind, std::string_view name, Language language) {
  const TypeRecord* type = TypeCatalogue::instance().find(kind, name);
  return type ? type_title(*type, language) : as_words(name);
}

std::string type_summary(const TypeRecord& type, Language language) {
  return text_in(language, scope_of(type), type.doc().summary);
}

std::string type_does_not_model(const TypeRecord& type, Language language) {
  return text_in(language, scope_of(type), type.doc().does_not_model);
}

std::string kind_title(std::string_view kind, Language language) {
  return name_in(language, section::kinds, {}, kind);
}

std::string category_title(Category category, Language language) {
  switch (category) {
    case Category::none:
      return {};
    case Category::traffic:
      return translated("Traffic", language);
    case Category::balancing:
      return translated("Naming and balancing", language);
    case Category::serving:
      return translated("Serving", language);
    case Category::caching:
      return translated("Caching", language);
    case Category::storage:
      return translated("Storage", language);
    case Category::coordination:
      return translated("Coordination", language);
  }
  return {};
}

std::vector<Category> categories() {
  return {Category::traffic, Category::balancing, Category::serving,
          Category::caching, Category::storage,   Category::coordination};
}

std::string param_label(const TypeRecord& type, const ParamRecord& parameter, Language language) {
  return param_label(scope_of(type), parameter, language);
}

std::string param_label(std::string_view scope, const ParamRecord& parameter, Language language) {
  return name_in(language, section::labels, scope, parameter.name());
}

std::string param_help(const TypeRecord& type, const ParamRecord& parameter, Language language) {
  return param_help(scope_of(type), parameter, language);
}

std::string param_help(std::string_view scope, const ParamRecord& parameter, Language language) {
  return text_in(language, scope, parameter.help());
}

std::string unit_text(std::string_view unit, Language language) {
  return word_in(language, section::units, unit);
}

std::string value_type_text(const ParamRecord& parameter, Language language, bool with_unit) {
  const std::string type = word_in(language, section::values, parameter.type_text());
  const std::string& unit = parameter.options().unit;
  if (unit.empty() || !with_unit) return type;
  return fmt::format(fmt::runtime(translated("{} of {}", language)), type,
                     unit_text(unit, language));
}

std::string range_text(const ParamRecord& parameter, Language language) {
  if (language == Language::english) return parameter.range_text();
  const RangeWords english;
  std::array<std::string, 7> texts;
  RangeWords words;
  std::size_t used = 0;
  for (const auto member :
       {&RangeWords::one_of, &RangeWords::between, &RangeWords::above, &RangeWords::at_least,
        &RangeWords::below, &RangeWords::at_most, &RangeWords::not_empty}) {
    texts[used] = translated(english.*member, language);
    words.*member = texts[used++];
  }
  return parameter.range_text(words);
}

std::string word_text(std::string_view word, Language language) {
  return word_in(language, section::words, word);
}

std::string statistic_text(std::string_view name, Language language) {
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos)
    return statistic_text(name.substr(colon + 1), language) + ": " +
           std::string(name.substr(0, colon));
  for (const Language each : {language, Language::english}) {
    if (const std::string* found = find_translation(each, section::statistics, {}, name))
      return *found;
  }
  // The unit is shown beside the value; what kind of number it is comes first, as one says it.
  std::string_view rest = name;
  std::string_view before;
  std::string_view after;
  const auto take = [&rest](std::string_view ending) {
    if (!rest.ends_with(ending) || rest.size() == ending.size()) return false;
    rest.remove_suffix(ending.size());
    return true;
  };
  if (take("_per_second")) {
    after = " per second";
  } else if (!take("_seconds")) {
    take("_bytes");
  }
  if (take("_mean")) {
    before = "Mean ";
  } else if (take("_max")) {
    before = "Highest ";
  } else if (take("_now")) {
    after = " now";
  }
  std::string words = as_words(rest);
  if (!before.empty()) {
    // What is not an abbreviation begins small behind another word.
    const auto is_small = [&words](std::size_t i) {
      return i < words.size() && std::islower(static_cast<unsigned char>(words[i])) != 0;
    };
    if (is_small(1))
      words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
    words = std::string(before) + words;
  }
  return words + std::string(after);
}

std::string reason_text(std::string_view reason, Language language) {
  return word_in(language, section::reasons, reason);
}

std::span<const std::string_view> fixed_texts() { return fixed; }

std::string translated(std::string_view english, Language language) {
  SIM_ASSERT(std::find(fixed.begin(), fixed.end(), english) != fixed.end());
  return text_in(language, {}, english);
}

}  // namespace faultline::sim
