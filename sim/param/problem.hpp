/// What is wrong with a scenario, as values: all problems of a file are collected and shown
/// together, sorted by path.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::sim {

/// The way to a value in a scenario file, in the notation of `--set`:
/// `nodes.app.endpoints.default[1].ttl`.
class Path {
 public:
  Path() = default;
  explicit Path(std::string text) : text_(std::move(text)) {}
  /// The member `key` of this object. A key with characters other than letters, digits, `_`, `-` is
  /// quoted: `a["b.c"]`.
  Path operator/(std::string_view key) const;
  /// The element `index` of this list.
  Path operator[](std::size_t index) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// One thing wrong: where, what was expected and found, and what to write instead.
struct Problem {
  std::string path;     ///< As `--set` writes it; empty for the file as a whole.
  std::string message;  ///< "expected at least 1, got 0"
  std::string hint;     ///< "did you mean \"capacity\"?", or empty.

  /// "nodes.cache.capacity: expected at least 1, got 0", followed by "; " and the hint if there is
  /// one.
  std::string to_text() const;
  bool operator==(const Problem&) const = default;
};

/// A growing list of problems. It keeps the first 1000 and counts the rest.
class Problems {
 public:
  void add(const Path& path, std::string message, std::string hint = {});
  void add(Problem problem);
  /// Adds all of `other`.
  void append(const Problems& other);
  bool empty() const { return list_.empty(); }
  /// Whether further ones are only counted, so that a costly hint is in vain.
  bool full() const;
  std::size_t size() const { return list_.size() + dropped_; }
  /// Sorted by path (numbers by value), then message; equal ones once. A last one says how many
  /// were not kept.
  std::vector<Problem> sorted() const;

 private:
  std::vector<Problem> list_;
  std::size_t dropped_ = 0;
};

/// `text` in double quotes for a message: control characters escaped, anything beyond 60 characters
/// cut short.
std::string in_quotes(std::string_view text);

/// "a, b, c"
std::string joined(const std::vector<std::string>& words, std::string_view separator = ", ");

/// The entry of `candidates` closest to `word` (Damerau-Levenshtein distance at most a third of its
/// length, at least 1), or empty.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean \"x\"?" for the closest candidate; else "known: a, b, c" if there are at most 30;
/// else empty.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace faultline::sim
