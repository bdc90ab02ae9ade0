#include "sim/registry/sentences.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace faultline::sim {
namespace {

constexpr std::string_view slot = "{}";
/// Longer ones stay as they are: no sentence of ours is, and finding one again takes its time.
constexpr std::size_t sentence_max = 4096;
/// Sentences inside each other.
constexpr int depth_max = 8;

/// An entry, cut at its slots.
struct Pattern {
  std::vector<std::string_view> fixed;  ///< One more than slots; the first and last may be empty.
  std::string_view text;                ///< The translation.
  std::size_t fixed_length = 0;
};

Pattern cut(std::string_view key, std::string_view text) {
  Pattern pattern{.fixed = {}, .text = text};
  for (;;) {
    const std::size_t at = key.find(slot);
    pattern.fixed.push_back(key.substr(0, at));
    pattern.fixed_length += pattern.fixed.back().size();
    if (at == std::string_view::npos) return pattern;
    key.remove_prefix(at + slot.size());
  }
}

/// The entries with slots, the longest fixed parts first. Those without are looked up.
std::vector<Pattern> patterns_of(Language language) {
  std::vector<Pattern> patterns;
  for (const Translation& entry : translations(language)) {
    if (entry.section != section::sentences || entry.key.find(slot) == std::string::npos) continue;
    patterns.push_back(cut(entry.key, entry.text));
  }
  std::stable_sort(patterns.begin(), patterns.end(), [](const Pattern& a, const Pattern& b) {
    return a.fixed_length > b.fixed_length;
  });
  return patterns;
}

const std::vector<Pattern>& patterns(Language language) {
  static const std::array<std::vector<Pattern>, 2> all{patterns_of(Language::english),
                                                       patterns_of(Language::russian)};
  return all[static_cast<std::size_t>(language)];
}

/// What declarations say, which is quoted in hints; whatever it is said of.
const std::string* declared(std::string_view english, Language language) {
  using Texts = std::map<std::string_view, const std::string*>;
  const auto texts_of = [](Language each) {
    Texts texts;
    for (const Translation& entry : translations(each)) {
      if (entry.section == section::texts) texts.emplace(entry.key, &entry.text);
    }
    return texts;
  };
  static const std::array<Texts, 2> all{texts_of(Language::english), texts_of(Language::russian)};
  const Texts& texts = all[static_cast<std::size_t>(language)];
  const auto found = texts.find(english);
  return found == texts.end() ? nullptr : found->second;
}

/// Whether no quotation begins in `text` that does not end in it.
bool is_whole(std::string_view text) {
  bool quoted = false;
  bool code = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"' && !code) {
      quoted = !quoted;
    } else if (text[i] == '`' && !quoted) {
      code = !code;
    }
  }
  return !quoted && !code;
}

/// What stands in the slots from `slot_index` on, if `rest` is the fixed parts behind them with
/// something in between.
bool match(const Pattern& pattern, std::size_t slot_index, std::string_view rest,
           std::vector<std::string_view>& out) {
  const std::string_view next = pattern.fixed[slot_index + 1];
  if (slot_index + 2 == pattern.fixed.size()) {
    if (rest.size() <= next.size() || !rest.ends_with(next)) return false;
    out.push_back(rest.substr(0, rest.size() - next.size()));
    if (is_whole(out.back())) return true;
    out.pop_back();
    return false;
  }
  for (std::size_t at = rest.find(next, 1); at != std::string_view::npos;
       at = rest.find(next, at + 1)) {
    out.push_back(rest.substr(0, at));
    if (is_whole(out.back()) && match(pattern, slot_index + 1, rest.substr(at + next.size()), out))
      return true;
    out.pop_back();
  }
  return false;
}

std::optional<std::vector<std::string_view>> match(const Pattern& pattern,
                                                   std::string_view sentence) {
  const std::string_view first = pattern.fixed.front();
  if (!sentence.starts_with(first)) return std::nullopt;
  std::vector<std::string_view> found;
  if (!match(pattern, 0, sentence.substr(first.size()), found)) return std::nullopt;
  return found;
}

std::string translate(std::string_view sentence, Language language, int depth);

/// Names and values of a file stand in quotes, or are not found.
std::string argument(std::string_view text, std::string_view before, Language language, int depth) {
  const bool quoted = before.ends_with('"') || before.ends_with('`') || before.ends_with('\'');
  return quoted ? std::string(text) : translate(text, language, depth + 1);
}

std::string fill(const Pattern& pattern, const std::vector<std::string_view>& found,
                 Language language, int depth) {
  std::string out;
  std::string_view rest = pattern.text;
  for (std::size_t next = 0;;) {
    const std::size_t open = rest.find('{');
    out += rest.substr(0, open);
    if (open == std::string_view::npos) return out;
    rest.remove_prefix(open + 1);
    std::size_t which = found.size();
    const bool as_it_stands = rest.starts_with("=}");
    const bool kind = rest.starts_with("#}");
    if (as_it_stands || kind || rest.starts_with('}')) {
      which = next++;
    } else if (rest.size() > 1 && rest[0] >= '0' && rest[0] <= '9' && rest[1] == '}') {
      which = static_cast<std::size_t>(rest[0] - '0');
    }
    if (which >= found.size()) {
      out += '{';  // A brace like any other.
      continue;
    }
    rest.remove_prefix(rest.find('}') + 1);
    if (as_it_stands) {
      out += found[which];
    } else if (kind) {
      out += kind_title(found[which], language);
    } else {
      out += argument(found[which], pattern.fixed[which], language, depth);
    }
  }
}

/// Two sentences with `separator` between them, the last one that divides what is known.
std::optional<std::string> divided(std::string_view sentence, std::string_view separator,
                                   Language language, int depth) {
  for (std::size_t at = sentence.rfind(separator); at != std::string_view::npos && at > 0;
       at = sentence.rfind(separator, at - 1)) {
    const std::string_view left = sentence.substr(0, at);
    const std::string_view right = sentence.substr(at + separator.size());
    if (!is_whole(left)) continue;
    std::string both = translate(left, language, depth + 1);
    const bool is_left_known = both != left;
    const std::string after = translate(right, language, depth + 1);
    if (is_left_known || after != right) return both.append(separator).append(after);
  }
  return std::nullopt;
}

/// No part of several sentences.
bool is_single(std::string_view text) {
  return text.find("; ") == std::string_view::npos && !text.ends_with(';') && !text.ends_with(':');
}

std::string translate(std::string_view sentence, Language language, int depth) {
  if (const std::string* found = find_translation(language, section::sentences, {}, sentence))
    return *found;
  if (const std::string* found = declared(sentence, language)) return *found;
  if (depth >= depth_max || sentence.size() > sentence_max) return std::string(sentence);
  for (const bool single : {true, false}) {
    for (const Pattern& pattern : patterns(language)) {
      const auto found = match(pattern, sentence);
      if (!found || (single && !std::all_of(found->begin(), found->end(), is_single))) continue;
      return fill(pattern, *found, language, depth);
    }
    if (!single) break;
    const std::size_t colon = sentence.find(": ");
    // The type of a value, and what it means.
    if (colon != std::string_view::npos) {
      const std::string* type =
          find_translation(language, section::values, {}, sentence.substr(0, colon));
      const std::string* help = declared(sentence.substr(colon + 2), language);
      if (type && help) return *type + ": " + *help;
    }
    // A path, or the name of a parameter, is of the file.
    if (colon != std::string_view::npos && sentence.find(' ') == colon + 1) {
      return std::string(sentence.substr(0, colon + 2)) +
             translate(sentence.substr(colon + 2), language, depth + 1);
    }
    for (const std::string_view separator : {"; ", ": "}) {
      if (auto both = divided(sentence, separator, language, depth)) return std::move(*both);
    }
  }
  return std::string(sentence);
}

}  // namespace

std::string sentence_text(std::string_view english, Language language) {
  if (language == Language::english || english.empty()) return std::string(english);
  std::string out;
  for (;;) {
    const std::size_t end = english.find('\n');
    out += translate(english.substr(0, end), language, 0);
    if (end == std::string_view::npos) return out;
    out += '\n';
    english.remove_prefix(end + 1);
  }
}

Problem problem_text(Problem problem, Language language) {
  problem.message = sentence_text(problem.message, language);
  problem.hint = sentence_text(problem.hint, language);
  return problem;
}

}  // namespace faultline::sim
