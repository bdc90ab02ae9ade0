/// The texts about types, parameters and measured values in the languages of the program: one
/// source for the window, the reports and `faultline types`.
///
/// English stands where a thing is declared: `TypeDoc`, the help of a parameter. The other
/// languages stand in models/language, one folder a language, and are found by the English text, so
/// that a text that was changed counts as not translated until somebody has looked at it again.
/// What has no translation is shown in English.
///
///   param_label(type, parameter, Language::russian)   "Предел очереди"
///   param_help(type, parameter, Language::russian)    "Сколько запросов ждут, не больше"
///
/// A text may be translated in one way for everything and in another for a scope: a kind
/// ("eviction") or, for labels, one type of it ("eviction.arc"). The sections of a scenario file
/// are the scope "scenario".
///
/// All functions may be called from several threads.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/registry/registry.hpp"

namespace faultline::sim {

enum class Language { english, russian };

/// The language of a tag such as "ru", "ru-RU" or "ru_RU.UTF-8"; English for every other tag.
Language language_of(std::string_view tag);
/// "en", "ru".
std::string_view tag_of(Language language);

/// The scope of the sections of a scenario file.
inline constexpr std::string_view scenario_scope = "scenario";

// Types and their kinds.

/// "Clock (second chance)".
std::string type_title(const TypeRecord& type, Language language);
/// Of the type of this kind and name; the name itself, as words, if there is none.
std::string type_title(std::string_view kind, std::string_view name, Language language);
/// One or two sentences.
std::string type_summary(const TypeRecord& type, Language language);
/// What the model leaves out; empty if it says nothing.
std::string type_does_not_model(const TypeRecord& type, Language language);
/// The name of a kind as a heading: "Balancing policy".
std::string kind_title(std::string_view kind, Language language);
/// The name of a shelf of the palette: "Naming and balancing"; empty for none.
std::string category_title(Category category, Language language);
/// The shelves in the order of the palette, without none.
std::vector<Category> categories();

// Parameters. A parameter of an object within a type (ParamRecord::members) is asked for with the
// type that it is found in.

/// What the parameter is called where it is shown: "Queue limit". Never empty.
std::string param_label(const TypeRecord& type, const ParamRecord& parameter, Language language);
std::string param_label(std::string_view scope, const ParamRecord& parameter, Language language);
/// What it means; without a full stop.
std::string param_help(const TypeRecord& type, const ParamRecord& parameter, Language language);
std::string param_help(std::string_view scope, const ParamRecord& parameter, Language language);
/// What is counted, as it stands after a number: "requests"; empty for what has no unit of its own.
std::string unit_text(std::string_view unit, Language language);
/// What kind of value it takes: "whole number of requests", "list of references". Without its unit:
/// "whole number".
std::string value_type_text(const ParamRecord& parameter, Language language, bool with_unit = true);
/// Its range: "at least 1"; empty without a bound. Words to be written in a file are as in the
/// file.
std::string range_text(const ParamRecord& parameter, Language language);
/// A word of a file (ParamOptions::words) as it may be shown beside it: "callers" -> "callers".
std::string word_text(std::string_view word, Language language);

// What is measured.

/// A value by its name in the result, without node or percentile: "utilization" -> "Utilisation",
/// "latency_seconds" -> "Latency". The unit is not part of it. Of a value that stands for one part
/// of a node, "accounts:lock_wait_seconds", the name of the part is as in the file: "Wait for the
/// lock: accounts".
std::string statistic_text(std::string_view name, Language language);
/// Why a request failed: "timeout" -> "timed out".
std::string reason_text(std::string_view reason, Language language);

/// A fixed text of the program's own about all this ("Does not model: "), by its English.
/// Requires: one of fixed_texts().
std::string translated(std::string_view english, Language language);
std::span<const std::string_view> fixed_texts();

// How translations come in.

/// A file of a language: its name for messages, and its JSON as UTF-8 (docs/decisions/0021).
struct LanguageFile {
  std::string_view name;
  std::string_view text;
};

/// Makes the texts of a language known: `const LanguageRegistration registered{Language::russian,
/// files};` They are parsed when the first text is asked for; a file that cannot be read stops the
/// program then. Requires: `files` outlive everything; no text was asked for yet.
class LanguageRegistration {
 public:
  LanguageRegistration(Language language, const std::vector<LanguageFile>& files);
};

/// One entry of the files of a language.
struct Translation {
  std::string file;
  std::string section;  ///< "texts", "labels", "statistics", ...
  std::string scope;    ///< A kind, or a kind and a type; empty: of everything.
  std::string key;      ///< The English text, or the name.
  std::string text;
};
/// Every entry of the language, in the order of its files.
const std::vector<Translation>& translations(Language language);

/// The names of the sections of a file.
namespace section {
inline constexpr std::string_view texts = "texts";            ///< By the English text.
inline constexpr std::string_view labels = "labels";          ///< By the name of a parameter.
inline constexpr std::string_view kinds = "kinds";            ///< By the name of a kind.
inline constexpr std::string_view units = "units";            ///< By the unit of a count.
inline constexpr std::string_view values = "values";          ///< By ParamRecord::type_text.
inline constexpr std::string_view words = "words";            ///< By the word of a file.
inline constexpr std::string_view statistics = "statistics";  ///< By the name in the result.
inline constexpr std::string_view reasons = "reasons";        ///< By the reason in the result.
}  // namespace section

/// The entry of `section` for `key` in the narrowest scope that has one: "eviction.arc", then
/// "eviction", then everything. Null if there is none.
const std::string* find_translation(Language language, std::string_view section,
                                    std::string_view scope, std::string_view key);

}  // namespace faultline::sim
