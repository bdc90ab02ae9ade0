/// The texts of types, parameters and measured values: that every language has all of them, and
/// only them, and that they look like that language.
#include "sim/registry/language.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/network/component.hpp"
#include "sim/network/request.hpp"
#include "sim/registry/language_audit.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> reasons() {
  std::vector<std::string> all;
  for (std::size_t i = 1; i < reason_count; ++i) all.emplace_back(to_text(static_cast<Reason>(i)));
  return all;
}

/// What the nodes of every scenario of ours measure, and what a run adds to it.
std::vector<std::string> statistics() {
  std::set<std::string> names = {
      "throughput_per_second", "fail_per_second",     "unknown_per_second",  "latency_seconds",
      "latency_mean_seconds",  "latency_p50_seconds", "latency_p90_seconds", "latency_p99_seconds",
      "latency_max_seconds",   "in_service_mean"};
  for (const auto& entry : fs::recursive_directory_iterator(FAULTLINE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".json") continue;
    if (entry.path().parent_path().filename() == "schema") continue;
    Problems problems;
    const auto spec = read_spec_file(entry.path(), {}, problems);
    if (!spec) {
      ADD_FAILURE() << entry.path();
      continue;
    }
    const System system(*spec, 1, 0, problems);
    for (const auto& node : system.nodes()) {
      const NodeStatistics& measured = node->statistics();
      for (const auto& scalar : measured.scalars()) names.insert(scalar.name);
      for (const auto& histogram : measured.histograms()) names.insert(histogram.name);
      for (const auto& sampled : measured.sampled()) names.insert(sampled.name);
    }
  }
  return {names.begin(), names.end()};
}

/// What declarations ask for, without the sample types of other tests, and what is measured.
std::vector<RequiredText> required(const std::vector<std::string>& measured) {
  std::vector<RequiredText> texts =
      required_texts({{std::string(scenario_scope), &scenario_sections()},
                      {std::string(scenario_scope), &node_sections()}},
                     measured, reasons());
  std::erase_if(texts, [](const RequiredText& text) {
    return text.about.starts_with("sample_") || text.key.starts_with("sample_") ||
           text.about.find("_tests") != std::string::npos;
  });
  return texts;
}

/// Of one section only, or of all others.
enum class Part { statistics, others };

void expect_nothing_missing(const std::vector<RequiredText>& texts) {
  const std::vector<RequiredText> missing = missing_texts(Language::russian, texts);
  EXPECT_TRUE(missing.empty()) << "Add these lines, each with its Russian:\n\n"
                               << lines_to_add(Language::russian, missing);
}

const TypeRecord& node_type(std::string_view name) {
  return *TypeCatalogue::instance().find(Component::kind, name);
}

// How texts are found

TEST(LanguageTest, KnowsTags) {
  EXPECT_EQ(language_of("ru"), Language::russian);
  EXPECT_EQ(language_of("ru_RU.UTF-8"), Language::russian);
  EXPECT_EQ(language_of("en-GB"), Language::english);
  EXPECT_EQ(language_of("de"), Language::english);
  EXPECT_EQ(tag_of(Language::russian), "ru");
}

TEST(LanguageTest, EnglishStandsInTheDeclaration) {
  const TypeRecord& server = node_type("app_server");
  const ParamRecord& queue = *server.params().find("queue_limit");
  EXPECT_EQ(type_title(server, Language::english), server.doc().title);
  EXPECT_EQ(param_help(server, queue, Language::english), queue.help());
  EXPECT_EQ(param_label(server, queue, Language::english), "Queue limit");
  EXPECT_EQ(
      param_label(node_type("cache"), *node_type("cache").params().find("ttl"), Language::english),
      "TTL");
  EXPECT_EQ(statistic_text("commit_seconds", Language::english), "Commit");
  EXPECT_EQ(statistic_text("dirty_pages", Language::english), "Dirty pages");
  EXPECT_EQ(statistic_text("divergent_keys_mean", Language::english), "Mean divergent keys");
  EXPECT_EQ(statistic_text("retries_per_second", Language::english), "Retries per second");
}

TEST(LanguageTest, RussianIsLookedUp) {
  const TypeRecord& server = node_type("app_server");
  const ParamRecord& queue = *server.params().find("queue_limit");
  EXPECT_EQ(type_title(server, Language::russian), "Сервер приложений");
  EXPECT_EQ(type_title(Component::kind, "app_server", Language::russian), "Сервер приложений");
  EXPECT_EQ(param_label(server, queue, Language::russian), "Предел очереди");
  const TypeRecord& breaker =
      *TypeCatalogue::instance().find("circuit breaker", "consecutive_failures");
  const ParamRecord& failures = *breaker.params().find("failures");
  EXPECT_EQ(value_type_text(failures, Language::russian), "целое число (вызовов)");
  EXPECT_EQ(value_type_text(failures, Language::russian, false), "целое число");
  EXPECT_EQ(range_text(queue, Language::russian), "не меньше 0");
  EXPECT_EQ(statistic_text("utilization", Language::russian), "Загрузка");
  EXPECT_EQ(reason_text("timeout", Language::russian), "тайм-аут");
  EXPECT_EQ(category_title(Category::balancing, Language::russian), "Имена и балансировка");
  EXPECT_EQ(kind_title("balancing policy", Language::russian), "Политика балансировки");
}

TEST(LanguageTest, TheNarrowestScopeCounts) {
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  const auto label = [&](std::string_view kind, std::string_view type, std::string_view name) {
    const TypeRecord& record = *catalogue.find(kind, type);
    return param_label(record, *record.params().find(name), Language::russian);
  };
  EXPECT_EQ(label("key popularity", "zipf", "n"), "Число ключей");
  EXPECT_EQ(label("replication", "leaderless", "n"), "Реплик на ключ");
}

TEST(LanguageTest, WhatHasNoTranslationIsEnglish) {
  EXPECT_EQ(unit_text("no such unit", Language::russian), "no such unit");
  EXPECT_EQ(statistic_text("no_such_thing_mean", Language::russian), "Mean no such thing");
  EXPECT_EQ(type_title("no such kind", "some_name", Language::russian), "Some name");
  EXPECT_EQ(type_title("no such kind", "<Ω>", Language::russian), "<Ω>");
}

TEST(LanguageTest, EveryTypeOfNodeStandsOnAShelf) {
  for (const TypeRecord* type : TypeCatalogue::instance().types(Component::kind)) {
    EXPECT_NE(type->doc().category, Category::none)
        << type->name() << ": add .category = sim::Category::... to its registration";
  }
  for (const Category category : categories()) {
    EXPECT_FALSE(category_title(category, Language::english).empty());
  }
}

// What a language must have

TEST(LanguageCompletenessTest, RussianHasEverything) { expect_nothing_missing(required({})); }

/// All that our models and the engine say, as source text.
const std::string& source_text() {
  static const std::string all = [] {
    std::string text;
    for (const char* folder : {"/sim", "/models"}) {
      for (const auto& entry :
           fs::recursive_directory_iterator(FAULTLINE_SOURCE_DIR + std::string(folder))) {
        if (entry.path().extension() != ".cpp") continue;
        std::ifstream file(entry.path());
        text.append(std::istreambuf_iterator<char>(file), {});
      }
    }
    return text;
  }();
  return all;
}

/// Whether our sources name the value: whole, or as what a layer of caches or the threads of actors
/// put their own name before.
bool measured_somewhere(const std::string& name) {
  const auto named = [](const std::string& quoted) {
    return source_text().find(quoted) != std::string::npos;
  };
  if (named('"' + name + '"')) return true;
  for (const std::string prefix : {"l1_", "l2_", "l3_", "dispatcher_"}) {
    if (!name.starts_with(prefix)) continue;
    const std::string rest = name.substr(prefix.size());
    return named('"' + rest + '"') || named("\"_" + rest + '"');
  }
  return false;
}

void expect_nothing_left_over(Part part, const std::vector<RequiredText>& texts) {
  for (const Language language : {Language::english, Language::russian}) {
    for (const Translation& entry : stale_translations(language, texts)) {
      if ((entry.section == section::statistics) != (part == Part::statistics)) continue;
      // What is measured only where no scenario of ours goes.
      if (part == Part::statistics && measured_somewhere(entry.key)) continue;
      ADD_FAILURE() << "models/language/" << entry.file << ", \"" << entry.section
                    << "\": nothing declared asks for \"" << entry.key
                    << "\" any more: take it out, or write it for the English of today";
    }
  }
}

TEST(LanguageCompletenessTest, NothingIsLeftOver) {
  expect_nothing_left_over(Part::others, required({}));
}

TEST(LanguageCompletenessTest, TheAuditFindsWhatIsMissingAndWhatIsLeftOver) {
  std::vector<RequiredText> texts = required({});
  const std::size_t stale_before = stale_translations(Language::russian, texts).size();
  // The same parameter under a name that no file has: one more is missing, and only that.
  texts.push_back({"node.json", "labels", "node.cache", "qeue_limit", "node cache.qeue_limit"});
  EXPECT_EQ(lines_to_add(Language::russian, missing_texts(Language::russian, texts)),
            "models/language/ru/node.json, \"labels\":\n"
            "    \"qeue_limit\": \"\",  // node cache.qeue_limit\n");
  // Without any parameter of that name its label is left over.
  ASSERT_GT(
      std::erase_if(texts, [](const RequiredText& text) { return text.key == "queue_limit"; }), 0U);
  const std::vector<Translation> stale = stale_translations(Language::russian, texts);
  EXPECT_EQ(stale.size(), stale_before + 1);
  EXPECT_TRUE(std::any_of(stale.begin(), stale.end(), [](const Translation& entry) {
    return entry.section == section::labels && entry.key == "queue_limit";
  }));
}

// Every scenario is built for these.

TEST(SlowLanguageCompletenessTest, EveryMeasuredValueHasAName) {
  const std::vector<RequiredText> texts = required(statistics());
  expect_nothing_missing(texts);
  expect_nothing_left_over(Part::statistics, texts);
}

// How Russian looks

bool is_latin(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_cyrillic(char32_t c) { return c >= 0x400 && c <= 0x4ff; }

std::u32string characters(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t c = more == 0 ? lead : lead & (0x3f >> more);
    for (int k = 0; k < more && i < text.size(); ++k)
      c = (c << 6) | (static_cast<unsigned char>(text[i++]) & 0x3f);
    out += c;
  }
  return out;
}

/// A letter of one alphabet inside a word of the other, which no eye sees: "cервер".
bool mixes_alphabets(std::string_view text) {
  bool latin = false;
  bool cyrillic = false;
  for (const char32_t c : characters(text)) {
    if (is_latin(c)) {
      latin = true;
    } else if (is_cyrillic(c)) {
      cyrillic = true;
    } else {
      latin = cyrillic = false;
    }
    if (latin && cyrillic) return true;
  }
  return false;
}

bool has_cyrillic(std::string_view text) {
  const std::u32string all = characters(text);
  return std::any_of(all.begin(), all.end(), is_cyrillic);
}

/// What has to be the same in every language: {} and words in `backquotes` and "quotes", which are
/// written in files. Names in capitals stand for something of the reader's own.
std::multiset<std::string> fixed_parts(std::string_view text) {
  std::multiset<std::string> parts;
  for (const char quote : {'`', '"'}) {
    for (std::size_t at = text.find(quote); at != std::string_view::npos;) {
      const std::size_t end = text.find(quote, at + 1);
      if (end == std::string_view::npos) break;
      std::string part(text.substr(at + 1, end - at - 1));
      part = part.substr(0, part.find(':') == std::string::npos ? part.size() : part.find(':') + 1);
      parts.insert(part);
      at = text.find(quote, end + 1);
    }
  }
  for (std::size_t at = text.find("{}"); at != std::string_view::npos; at = text.find("{}", at + 1))
    parts.insert("{}");
  return parts;
}

/// The numbers of a text, decimal comma or point alike.
std::multiset<std::string> numbers(std::string_view text) {
  std::multiset<std::string> out;
  std::string number;
  const auto finish = [&] {
    while (!number.empty() && number.back() == '.') number.pop_back();
    if (!number.empty()) out.insert(number);
    number.clear();
  };
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      number += c;
    } else if ((c == '.' || c == ',') && !number.empty() && number.back() != '.') {
      number += '.';
    } else {
      finish();
    }
  }
  finish();
  return out;
}

/// Texts that are the same in Russian, and why: names of algorithms and products that Russian
/// writes as they are.
const std::set<std::string>& proper_names() {
  static const std::set<std::string> names = {
      "AIMD",  "Gradient2", "Vegas", "Ketama", "Maglev",         "Peak EWMA",  // algorithms
      "LIRS",  "S3-FIFO",   "SIEVE", "2Q",     "W-TinyLFU",      "Phi accrual",
      "CoDel", "SWIM",      "GCRA",  "Raft",   "Read committed", "Read uncommitted",
      "TLS",   "lifeguard", "tls",  // protocols
  };
  return names;
}

TEST(RussianTest, IsTranslated) {
  for (const Translation& entry : translations(Language::russian)) {
    if (proper_names().contains(entry.key)) continue;
    // Words of a file may stay as they are where Russian has no other.
    if (entry.section == section::words) continue;
    // "{}; {}": only punctuation.
    if (entry.key.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos) continue;
    EXPECT_TRUE(has_cyrillic(entry.text) || entry.text.starts_with("{} ("))
        << entry.file << ": " << entry.key << ": " << entry.text;
  }
}

TEST(RussianTest, DoesNotMixAlphabetsInOneWord) {
  EXPECT_TRUE(mixes_alphabets("cервер"));  // The first letter is Latin.
  EXPECT_FALSE(mixes_alphabets("B-дерево, k-й, L4 балансировщик"));
  for (const Translation& entry : translations(Language::russian))
    EXPECT_FALSE(mixes_alphabets(entry.text)) << entry.file << ": " << entry.text;
}

TEST(RussianTest, KeepsWhatIsWrittenInFiles) {
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section != section::texts) continue;
    const auto english = fixed_parts(entry.key);
    auto russian = fixed_parts(entry.text);
    for (const std::string_view name : {"zone:", "region:"}) {
      EXPECT_EQ(english.count(std::string(name)), russian.count(std::string(name))) << entry.text;
    }
    EXPECT_EQ(english, russian) << entry.file << ": " << entry.text;
  }
}

TEST(RussianTest, KeepsNumbers) {
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section != section::texts) continue;
    EXPECT_EQ(numbers(entry.key), numbers(entry.text)) << entry.file << ": " << entry.key << "\n"
                                                       << entry.text;
  }
}

TEST(RussianTest, IsPunctuatedLikeTheEnglish) {
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section != section::texts) continue;
    const std::string& text = entry.text;
    ASSERT_FALSE(text.empty()) << entry.key;
    EXPECT_EQ(entry.key.ends_with('.'), text.ends_with('.')) << entry.file << ": " << text;
    EXPECT_EQ(text.find("  "), std::string::npos) << entry.file << ": " << text;
    EXPECT_FALSE(text.starts_with(' ')) << entry.file << ": " << text;
    EXPECT_EQ(entry.key.ends_with(' '), text.ends_with(' ')) << entry.file << ": " << text;
  }
}

TEST(RussianTest, LabelsAreShort) {
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section != section::labels) continue;
    EXPECT_LE(characters(entry.text).size(), 26U) << entry.file << ": " << entry.text;
    EXPECT_FALSE(entry.text.ends_with('.')) << entry.text;
  }
}

}  // namespace
}  // namespace faultline::sim
