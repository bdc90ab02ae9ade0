/// What is said of files and runs, in Russian: that each sentence is found again whatever names and
/// values stand in it, and that none of the program's sentences is without its Russian.
#include "sim/registry/sentences.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/param/json_reader.hpp"
#include "sim/registry/language_audit.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {
namespace {

namespace fs = std::filesystem;

std::string russian(std::string_view english) { return sentence_text(english, Language::russian); }

// How a sentence is found again

TEST(SentenceTest, IsFoundWithWhateverStandsInIt) {
  EXPECT_EQ(russian("expected at least 1, got 0"), "ожидается не меньше 1, дано 0");
  EXPECT_EQ(russian("expected at least 1ms, got \"2us, got lost\""),
            "ожидается не меньше 1ms, дано \"2us, got lost\"");
  EXPECT_EQ(russian("unknown key"), "нет такого ключа");
  EXPECT_EQ(russian("did you mean \"capacity\"?"), "может быть, \"capacity\"?");
}

TEST(SentenceTest, WhatStandsInItIsTranslatedToo) {
  EXPECT_EQ(russian("expected an object, got a list"), "ожидается объект, дано список");
  EXPECT_EQ(russian("expected a duration with a unit such as \"5ms\", got \"5\""),
            "ожидается время с единицей, например \"5ms\", дано \"5\"");
  EXPECT_EQ(russian("expected a whole number, got 1.5"), "ожидается целое число, дано 1.5");
  EXPECT_EQ(russian("unknown eviction \"lur\""), "у вида «Вытеснение из кэша» нет типа \"lur\"");
}

TEST(SentenceTest, ADeclarationIsQuotedInRussian) {
  EXPECT_THAT(russian("count or size: Entries it holds, or bytes"),
              testing::AllOf(testing::StartsWith("число или размер: "),
                             testing::Not(testing::HasSubstr("Entries"))));
}

TEST(SentenceTest, NamesOfTheFileStayAsTheyAre) {
  // "fault" and "none" are words of the language's as well.
  EXPECT_EQ(russian("known: fault"), "известны: fault");
  EXPECT_EQ(russian("known: none"), "известны: none");
  EXPECT_EQ(russian("there is no node \"a list\""), "нет узла \"a list\"");
  EXPECT_EQ(russian("expected one of none, step, got \"x\""),
            "ожидается одно из: none, step, дано \"x\"");
}

TEST(SentenceTest, TheLongestFixedPartsCount) {
  // "expected {}, got {}" would do as well.
  EXPECT_EQ(russian("expected at most 5 users at any time, got 7"),
            "ожидается не больше 5 пользователей одновременно, дано 7");
}

TEST(SentenceTest, OrderMayDiffer) {
  EXPECT_EQ(russian("there are no 5 replicas in a group of 3"), "в группе из 3 нет реплик: 5");
}

TEST(SentenceTest, SeveralLinesWithTheirPaths) {
  EXPECT_EQ(russian("nodes.app.workers: expected at least 1, got 0\n"
                    "nodes.ap: unknown key; did you mean \"app\"?"),
            "nodes.app.workers: ожидается не меньше 1, дано 0\n"
            "nodes.ap: нет такого ключа; может быть, \"app\"?");
  EXPECT_EQ(russian("at 3.5 s, app[0]: more than 5 events are pending"),
            "в 3.5 с, app[0]: ожидающих событий больше 5");
}

TEST(SentenceTest, WhatIsNotKnownStaysEnglish) {
  EXPECT_EQ(russian(""), "");
  EXPECT_EQ(russian("nobody ever wrote this"), "nobody ever wrote this");
  EXPECT_EQ(russian("\"\"\"`{}{"), "\"\"\"`{}{");
  EXPECT_EQ(sentence_text("unknown key", Language::english), "unknown key");
}

TEST(SentenceTest, EndsOnAnyText) {
  // Quotes that never end, braces, and everything many times over.
  const std::string hostile = "expected , got {}: ; at \" ` known: \\";
  std::string text;
  for (int i = 0; i < 200; ++i) text += hostile.substr(static_cast<std::size_t>(i) % 20);
  EXPECT_FALSE(russian(text).empty());
  EXPECT_FALSE(russian(std::string(100'000, '"')).empty());
}

TEST(SentenceTest, AProblemKeepsItsPath) {
  const Problem problem = problem_text({"nodes.a", "unknown key", "known: b"}, Language::russian);
  EXPECT_EQ(problem, (Problem{"nodes.a", "нет такого ключа", "известны: b"}));
}

// That Russian has every sentence

/// Where sentences about files and runs are made.
bool makes_sentences(const std::string& file) {
  for (const std::string_view folder :
       {"sim/kernel/", "sim/network/", "sim/param/", "sim/random/", "sim/registry/",
        "sim/scenario/", "sim/measure/slo", "models/", "gui/run/run_"}) {
    if (file.starts_with(folder)) return true;
  }
  return false;
}

/// What is said elsewhere: on a terminal, in a report, by the checkers of histories; or by nobody.
bool speaks_of_other_things(const std::string& file) {
  for (const std::string_view other :
       {"sim/registry/language", "sim/registry/sentences", "sim/registry/reference",
        "models/algorithms/eviction/cache_trace", "sim/scenario/watch.cpp"}) {
    if (file.starts_with(other)) return true;
  }
  return false;
}

struct Literal {
  std::string file;
  int line = 0;
  std::string before;  ///< Code, up to the literal.
  std::string text;
};

std::string last_of(const std::string& code) {
  return code.substr(code.size() - std::min<std::size_t>(code.size(), 60));
}

/// The literals of a source, those written in pieces as one; no comments or includes.
std::vector<Literal> literals_of(const std::string& file, const std::string& source) {
  std::vector<Literal> all;
  std::string code;
  bool goes_on = false;
  int line = 1;
  for (std::size_t i = 0; i < source.size();) {
    const char c = source[i];
    if (c == '\n') ++line;
    if (source.compare(i, 2, "//") == 0 || (c == '#' && (i == 0 || source[i - 1] == '\n'))) {
      i = std::min(source.find('\n', i), source.size());
    } else if (source.compare(i, 3, "R\"(") == 0 || source.compare(i, 7, "R\"json(") == 0) {
      const std::string end = source[i + 2] == '(' ? ")\"" : ")json\"";
      const std::size_t begin = source.find('(', i) + 1;
      const std::size_t stop = std::min(source.find(end, begin), source.size() - end.size());
      const std::string text = source.substr(begin, stop - begin);
      if (goes_on) {
        all.back().text += text;
      } else {
        all.push_back({file, line, last_of(code), text});
      }
      line += static_cast<int>(std::count(text.begin(), text.end(), '\n'));
      i = stop + end.size();
      goes_on = true;
    } else if (c == '\'' && i + 2 < source.size() &&
               (source[i + 2] == '\'' || source[i + 1] == '\\')) {
      i = source.find('\'', i + 2) + 1;
      goes_on = false;
    } else if (c == '"') {
      std::string text;
      for (++i; i < source.size() && source[i] != '"'; ++i) {
        if (source[i] == '\\') ++i;
        text += source[i];
      }
      ++i;
      if (goes_on) {
        all.back().text += text;
      } else {
        all.push_back({file, line, last_of(code), text});
      }
      goes_on = true;
    } else {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) goes_on = false;
      code += c;
      ++i;
    }
  }
  return all;
}

std::vector<Literal> literals() {
  std::vector<Literal> all;
  const fs::path root = FAULTLINE_SOURCE_DIR;
  for (const char* folder : {"sim", "models", "gui/run"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      const std::string file = fs::relative(entry.path(), root).generic_string();
      if (!makes_sentences(file) || speaks_of_other_things(file)) continue;
      std::ifstream stream(entry.path());
      const std::string source(std::istreambuf_iterator<char>(stream), {});
      for (Literal& each : literals_of(file, source)) all.push_back(std::move(each));
    }
  }
  std::sort(all.begin(), all.end(), [](const Literal& a, const Literal& b) {
    return std::pair(a.file, a.line) < std::pair(b.file, b.line);
  });
  return all;
}

/// What declarations say, which has its own audit, and what it does not ask for.
std::set<std::string> declared_texts() {
  std::set<std::string> texts;
  for (const RequiredText& text :
       required_texts({{std::string(scenario_scope), &scenario_sections()},
                       {std::string(scenario_scope), &node_sections()}},
                      {}, {})) {
    texts.insert(text.key);
  }
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  for (const std::string& kind : catalogue.kinds()) {
    for (const TypeRecord* type : catalogue.types(kind)) {
      texts.insert(type->doc().source);
      texts.insert(type->doc().example);
    }
  }
  return texts;
}

/// Written with any arguments: "{:.1f}" is a slot like "{}".
std::string with_plain_slots(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] != '{') continue;
    const std::size_t close = text.find('}', i);
    if (close != std::string_view::npos && (close == i + 1 || text[i + 1] == ':')) i = close - 1;
  }
  return out;
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](auto end) { return text.ends_with(end); });
}

/// `text` without what is written in a file: quotations.
std::string prose_of(std::string_view text) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == quote) {
        quote = 0;
      }
    } else if (text[i] == '"' || text[i] == '`' || text[i] == '\'') {
      quote = text[i];
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Whether somebody could meet it as a sentence: prose, not the name of a stream or a part of code.
bool is_sentence(const Literal& literal, const std::set<std::string>& declared) {
  const std::string& text = literal.text;
  if (text.find(' ') == std::string::npos || declared.contains(text)) return false;
  const std::string prose = prose_of(text);
  const auto letters =
      std::count_if(prose.begin(), prose.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (letters < 4) return false;
  std::string before = literal.before;
  std::erase_if(before, [](char c) { return c == ' ' || c == '\n'; });
  // Declarations, the names of kinds and streams, what a failed assertion prints.
  if (ends_with_any(before, {".source=", ".example=", "kind=", "luck(", "fprintf(stderr,"}))
    return false;
  // Parts of the JSON Schema, and what nobody but a programmer meets.
  static const std::set<std::string> others = {
      "The version of the format",
      "The parts of the system, by name",
      "Faultline scenario",
      "there is no {} \"{}\"",  // A zone or a region: each is an entry, and below likewise.
      "{} {} of {}",            // A metric: each is an entry.
      "expected {} of {}, got {}",
      "expected {} {}, got {}",  // "at least 1", "more than 0", ...: each is an entry
      "whole number",
      "lists of ",
      "list of ",
      "maps of ",
      "map of ",
      "map of names to ",
      "count or size",
      "invalid literal",
      "extra latency",
      "caller of ",
      "errors of ",
      "ages of ",
      "hosts of ",
      "its branches",  // In the graph of who waits for whom.
      "{}[stripe {}]",
      "the name {} of a type of {} is not in lower-case letters, digits and \"_\"",
      "two types of {} have the name {}",
      "a default of our own is wrong: {} {}",
      // Of results: the reasons of verdicts (sim/measure/consistency), names of bands.
      "the recording ended before the run, at the bound operations_max",
      ": breach",
      // In front of what nlohmann's parser says, which is cut off there.
      "; last read: '",
  };
  return !others.contains(with_plain_slots(text));
}

std::string trimmed(std::string text) {
  while (text.ends_with(' ')) text.pop_back();
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

/// Words that only an English sentence has.
std::vector<std::string> english_words(std::string_view text) {
  static const std::set<std::string> english = {
      "the",   "a",     "an",   "is",   "are",  "of",      "to",      "with",  "without", "has",
      "have",  "no",    "not",  "and",  "or",   "got",     "give",    "write", "there",   "unknown",
      "known", "needs", "such", "only", "must", "than",    "be",      "may",   "which",   "that",
      "its",   "it",    "both", "more", "less", "neither", "expected"};
  std::vector<std::string> found;
  std::string word;
  for (const char c : prose_of(text) + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '[' ||
        (static_cast<unsigned char>(c) & 0x80) != 0) {
      word += c;
    } else {
      if (english.contains(word)) found.push_back(word);
      word.clear();
    }
  }
  return found;
}

bool has_cyrillic(std::string_view text) {
  // All that we write is in U+0400 .. U+047F.
  return text.find('\xd0') != std::string_view::npos || text.find('\xd1') != std::string_view::npos;
}

std::string with_values(std::string text) {
  for (std::size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}", at + 1))
    text.replace(at, 2, "7");
  return text;
}

/// Whether it is said in Russian, as a whole or as a part of a longer one.
bool is_covered(const std::string& text, const std::string& keys) {
  if (keys.find(text) != std::string::npos) return true;
  std::string sentence = with_values(text);
  // A quotation that goes on with a value.
  if (std::count(text.begin(), text.end(), '"') % 2 != 0) sentence += "x\"";
  const std::string shown = russian(sentence);
  return has_cyrillic(shown) && english_words(shown).empty();
}

TEST(SentenceAuditTest, RussianHasEverySentence) {
  std::string keys;
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section == section::sentences) keys += '\n' + entry.key;
  }
  const std::set<std::string> declared = declared_texts();
  std::set<std::string> missing;
  for (const Literal& literal : literals()) {
    if (!is_sentence(literal, declared)) continue;
    const std::string text = trimmed(with_plain_slots(literal.text));
    if (!is_covered(text, keys))
      missing.insert("    \"" + text + "\": \"\",  // " + literal.file + ":" +
                     std::to_string(literal.line));
  }
  std::string lines;
  for (const std::string& line : missing) lines += line + '\n';
  EXPECT_TRUE(missing.empty())
      << "These are said of files or runs. Add each as a whole sentence, {} for what varies, to "
         "models/language/ru/sentences.json (or to `others` above if nobody is told):\n\n"
      << lines;
}

TEST(SentenceAuditTest, TheAuditFindsWhatIsMissing) {
  EXPECT_FALSE(is_covered("expected a sentence that nobody knows, a {}", ""));
  EXPECT_FALSE(is_covered("nobody wrote this before", ""));
  EXPECT_TRUE(is_covered("expected at least {}, got {}", ""));
  EXPECT_FALSE(literals().empty());
}

/// What the parser of JSON says, which is not ours.
bool is_of_the_parser(std::string_view sentence) {
  static const std::set<std::string_view> sentences = {"end of input",
                                                       "string literal",
                                                       "number literal",
                                                       "'[', '{', or a literal",
                                                       "unexpected end of input",
                                                       "invalid string: missing closing quote",
                                                       "invalid string: {}",
                                                       "invalid number; {}",
                                                       "invalid comment; {}",
                                                       "unexpected {}; expected {}"};
  return sentences.contains(sentence);
}

/// What is between the slots.
std::vector<std::string> fixed_parts(std::string text) {
  std::vector<std::string> parts;
  for (std::size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}")) {
    parts.push_back(trimmed(text.substr(0, at)));
    text.erase(0, at + 2);
  }
  parts.push_back(trimmed(text));
  return parts;
}

TEST(SentenceAuditTest, EverySentenceIsSaid) {
  // Each fixed part of an entry stands in some literal, or some literal in it.
  std::string said;
  std::vector<std::string> pieces;
  for (const Literal& literal : literals()) {
    pieces.push_back(trimmed(with_plain_slots(literal.text)));
    said += '\n' + pieces.back();
  }
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section != section::sentences || is_of_the_parser(entry.key)) continue;
    for (const std::string& part : fixed_parts(entry.key)) {
      const bool is_known =
          said.find(part) != std::string::npos ||
          std::any_of(pieces.begin(), pieces.end(), [&](const std::string& piece) {
            return piece.size() > 3 && part.find(piece) != std::string::npos;
          });
      EXPECT_TRUE(is_known) << entry.file << ": nobody says \"" << entry.key << "\" any more";
    }
  }
}

/// How many slots a text has.
std::size_t slots(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("{}") || rest.starts_with("{=}") || (rest.size() > 2 && rest[2] == '}'))
      ++count;
  }
  return count;
}

TEST(SentenceAuditTest, TheRussianHasTheSameSlots) {
  for (const Translation& entry : translations(Language::russian)) {
    if (entry.section != section::sentences) continue;
    // The plural's "s" has no Russian, and one word of a file is enough.
    const bool one_less =
        entry.key.ends_with("field{}") || entry.key.starts_with("expected the {} after");
    const std::size_t needed = slots(entry.key) - (one_less ? 1 : 0);
    EXPECT_EQ(slots(entry.text), needed) << entry.key;
  }
}

/// Every value of `json` and of what is in it, in turn, as `wrong` makes it.
template <class Visit>
void visit_values(Json& root, Json& json, const Visit& visit) {
  if (json.is_structured()) {
    for (Json& member : json) visit_values(root, member, visit);
  }
  const Json before = json;
  for (const Json& wrong : {Json(nullptr), Json(-1), Json(1.5), Json("no such thing"),
                            Json("5 parsec"), Json::array(), Json::object({{"no_such_key", 1}})}) {
    json = wrong;
    visit(root.dump());
  }
  json = before;
}

TEST(SentenceAuditTest, BrokenFilesAreExplainedInRussian) {
  std::size_t seen = 0;
  std::set<std::string> english;
  const auto look = [&](const Problems& problems) {
    for (const Problem& problem : problems.sorted()) {
      const Problem shown = problem_text(problem, Language::russian);
      ++seen;
      for (const auto& [before, after] :
           {std::pair(problem.message, shown.message), std::pair(problem.hint, shown.hint)}) {
        if (!english_words(after).empty()) english.insert(before + "\n    -> " + after);
      }
    }
  };
  // Every file that the fuzzer has kept because it is refused.
  for (const auto& entry : fs::directory_iterator(FAULTLINE_SOURCE_DIR "/tests/fuzz/corpus")) {
    Problems problems;
    const auto spec = read_spec_file(entry.path(), {}, problems);
    if (spec && problems.empty()) const System system(*spec, 1, 0, problems);
    look(problems);
  }
  EXPECT_GT(seen, 20U);
  // Files of ours with one value after the other made wrong.
  for (const char* file : {"library/three_tier.json", "incidents/retry_storm.json"}) {
    Problems problems;
    auto json = read_json_file(fs::path(FAULTLINE_SOURCE_DIR "/scenarios") / file, problems);
    ASSERT_TRUE(json) << file;
    visit_values(*json, *json, [&](const std::string& text) {
      Problems found;
      read_spec(text, ".", {}, found);
      look(found);
    });
  }
  EXPECT_GT(seen, 500U);
  EXPECT_THAT(english, testing::IsEmpty());
}

}  // namespace
}  // namespace faultline::sim
