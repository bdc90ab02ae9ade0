#include "sim/param/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace faultline::sim {
namespace {

constexpr std::size_t problems_max = 1000;
constexpr std::size_t quoted_max = 60;
constexpr std::size_t known_max = 30;
constexpr std::size_t word_max = 100;  // Nobody means a name longer than this.

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Appends `c` as it stands inside a JSON string.
void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f)
    out += fmt::format("\\u{:04x}", byte);
  else
    out += c;
}

/// Less, by the value of a run of digits and by characters elsewhere: "a[2]" comes before "a[10]".
bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
      continue;
    }
    const auto run = [](std::string_view text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const std::size_t begin = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const std::string_view left = run(a, i);
    const std::string_view right = run(b, j);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
  }
  if ((i == a.size()) != (j == b.size())) return i == a.size();
  return a < b;
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, case aside.
/// Source: Damerau 1964, as the optimal string alignment distance.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> table((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return table[i * width + j];
  };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      at(i, j) = std::min(
          {at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? std::size_t{0} : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(a.size(), b.size());
}

}  // namespace

Path Path::operator/(std::string_view key) const {
  std::string text = text_;
  if (!key.empty() && std::all_of(key.begin(), key.end(), is_plain)) {
    if (!text.empty()) text += '.';
    text += key;
  } else {
    text += "[\"";
    for (const char c : key) append_escaped(text, c);
    text += "\"]";
  }
  return Path(std::move(text));
}

Path Path::operator[](std::size_t index) const { return Path(fmt::format("{}[{}]", text_, index)); }

std::string Problem::to_text() const {
  std::string text = path.empty() ? message : path + ": " + message;
  if (!hint.empty()) text += "; " + hint;
  return text;
}

void Problems::add(const Path& path, std::string message, std::string hint) {
  add(Problem{path.text(), std::move(message), std::move(hint)});
}

void Problems::add(Problem problem) {
  if (list_.size() < problems_max)
    list_.push_back(std::move(problem));
  else
    ++dropped_;
}

bool Problems::full() const { return list_.size() == problems_max; }

void Problems::append(const Problems& other) {
  for (const Problem& problem : other.list_) add(problem);
  dropped_ += other.dropped_;
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    if (a.path != b.path) return natural_less(a.path, b.path);
    return std::tie(a.message, a.hint) < std::tie(b.message, b.hint);
  });
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (dropped_ > 0) sorted.push_back({"", fmt::format("and {} more problems", dropped_), ""});
  return sorted;
}

std::string in_quotes(std::string_view text) {
  std::size_t end = text.size();
  if (end > quoted_max) {
    end = quoted_max;
    // A cut inside a character of several bytes would not be UTF-8 any more.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  }
  std::string out = "\"";
  for (const char c : text.substr(0, end)) append_escaped(out, c);
  out += end < text.size() ? "...\"" : "\"";
  return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > word_max) return {};
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best_distance = limit + 1;
  const std::string* best = nullptr;
  for (const std::string& candidate : candidates) {
    const std::size_t shorter = std::min(candidate.size(), word.size());
    const std::size_t longer = std::max(candidate.size(), word.size());
    if (longer - shorter > limit) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // A candidate that shares no letter with the word is no suggestion.
    if (distance >= longer) continue;
    if (distance < best_distance) {
      best_distance = distance;
      best = &candidate;
    }
  }
  return best ? *best : std::string();
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = closest(word, candidates);
  if (!near.empty()) return fmt::format("did you mean {}?", in_quotes(near));
  if (candidates.empty() || candidates.size() > known_max) return {};
  return fmt::format("known: {}", joined(candidates));
}

}  // namespace faultline::sim
