#include "sim/measure/consistency/edn.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/param/problem.hpp"

namespace faultline::sim::consistency {

namespace {

class Reader {
 public:
  Reader(std::string_view text, std::string& error) : text_(text), error_(error) {}

  std::optional<Json> value(int depth) {
    constexpr int depth_max = 64;
    if (depth > depth_max) return fail("it is nested more than 64 levels deep");
    skip_space();
    if (text_.empty()) return fail("expected a value, got the end of the line");
    const char c = text_.front();
    if (c == '"') return text();
    if (c == '[') return list(']', 1, depth);
    if (c == '(') return list(')', 1, depth);
    if (c == '{') return map(depth);
    if (c == '#') {
      if (text_.size() > 1 && text_[1] == '{') return list('}', 2, depth);
      text_.remove_prefix(1);
      token();  // A tag; its value follows.
      return value(depth + 1);
    }
    if (c == ']' || c == ')' || c == '}') return fail(fmt::format("expected a value, got '{}'", c));
    return atom();
  }
  std::string_view rest() const { return text_; }

 private:
  std::optional<Json> fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
    return std::nullopt;
  }
  static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == ',' || c == '\r' || c == '\n';
  }
  static bool ends_token(char c) {
    return is_space(c) || c == ']' || c == ')' || c == '}' || c == '[' || c == '(' || c == '{' ||
           c == '"';
  }
  void skip_space() {
    while (!text_.empty() && is_space(text_.front())) text_.remove_prefix(1);
    if (!text_.empty() && text_.front() == ';') text_ = {};
  }
  std::string_view token() {
    std::size_t size = 0;
    while (size < text_.size() && !ends_token(text_[size])) ++size;
    const std::string_view word = text_.substr(0, size);
    text_.remove_prefix(size);
    return word;
  }

  std::optional<Json> text() {
    std::string result;
    text_.remove_prefix(1);
    while (!text_.empty() && text_.front() != '"') {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '\\') {
        if (text_.empty()) break;
        c = text_.front();
        text_.remove_prefix(1);
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
        if (c == 'r') c = '\r';
      }
      result += c;
    }
    if (text_.empty()) return fail("a text has no closing quote");
    text_.remove_prefix(1);
    return Json(std::move(result));
  }

  std::optional<Json> list(char close, std::size_t open_size, int depth) {
    text_.remove_prefix(open_size);
    Json result = Json::array();
    for (;;) {
      skip_space();
      if (text_.empty()) return fail(fmt::format("expected '{}', got the end of the line", close));
      if (text_.front() == close) break;
      std::optional<Json> element = value(depth + 1);
      if (!element) return std::nullopt;
      result.push_back(std::move(*element));
    }
    text_.remove_prefix(1);
    return result;
  }

  std::optional<Json> map(int depth) {
    text_.remove_prefix(1);
    Json result = Json::object();
    for (;;) {
      skip_space();
      if (text_.empty()) return fail("expected '}', got the end of the line");
      if (text_.front() == '}') break;
      const std::optional<Json> key = value(depth + 1);
      if (!key) return std::nullopt;
      std::string name = key->is_string() ? key->get<std::string>() : key->dump();
      skip_space();
      if (!text_.empty() && text_.front() == '}') {
        return fail(fmt::format("the key {} has no value", in_quotes(name)));
      }
      std::optional<Json> entry = value(depth + 1);
      if (!entry) return std::nullopt;
      if (!result.emplace(std::move(name), std::move(*entry)).second) {
        return fail("a map has one key twice");
      }
    }
    text_.remove_prefix(1);
    return result;
  }

  std::optional<Json> atom() {
    std::string_view word = token();
    if (word.empty()) return fail("expected a value");
    if (word == "nil") return Json(nullptr);
    if (word == "true") return Json(true);
    if (word == "false") return Json(false);
    if (word.front() == ':') return Json(std::string(word.substr(1)));
    std::string_view digits = word;
    if (digits.front() == '+') digits.remove_prefix(1);
    if (digits.size() > 1 && (digits.back() == 'N' || digits.back() == 'M'))
      digits.remove_suffix(1);
    std::int64_t whole = 0;
    const char* end = digits.data() + digits.size();
    if (const auto read = std::from_chars(digits.data(), end, whole);
        read.ec == std::errc() && read.ptr == end) {
      return Json(whole);
    }
    double number = 0;
    if (const auto read = std::from_chars(digits.data(), end, number);
        read.ec == std::errc() && read.ptr == end && std::isfinite(number)) {
      return Json(number);
    }
    return Json(std::string(word));
  }

  std::string_view text_;
  std::string& error_;
};

}  // namespace

std::optional<Json> read_edn(std::string_view& text, std::string& error) {
  error.clear();
  Reader reader(text, error);
  std::optional<Json> result = reader.value(1);
  text = reader.rest();
  return result;
}

}  // namespace faultline::sim::consistency
