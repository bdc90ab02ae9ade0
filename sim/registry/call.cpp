#include "sim/registry/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/param/problem.hpp"

namespace faultline::sim {
namespace {

constexpr std::size_t text_max = 64 * 1024;
constexpr std::size_t depth_max = 32;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_character(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Checks and cuts one text; positions are offsets into the whole of it.
class Parser {
 public:
  Parser(std::string_view text, std::string& error) : text_(text), error_(error) {}

  /// The end of the name at `at`, or `at` if none stands there.
  std::size_t name_end(std::size_t at) const {
    if (at >= text_.size() || !is_letter(text_[at])) return at;
    while (at < text_.size() && is_name_character(text_[at])) ++at;
    return at;
  }

  std::size_t skip_blanks(std::size_t at) const {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at;
  }

  bool fail(std::size_t at, std::string_view what) const {
    error_ = fmt::format("in {}, column {}: {}", in_quotes(text_), at + 1, what);
    return false;
  }

  /// Cuts what stands between brackets, from `at` behind the opening one to `closing`, at its
  /// commas. Sets `at` behind the closing one. Every piece is without surrounding blanks and is not
  /// empty.
  bool split(std::size_t& at, char closing, std::vector<std::string_view>& pieces) const {
    std::size_t begin = skip_blanks(at);
    if (begin < text_.size() && text_[begin] == closing) {
      at = begin + 1;
      return true;
    }
    while (true) {
      std::size_t end = begin;
      if (!find_end(end)) return false;
      std::size_t last = end;
      while (last > begin && is_blank(text_[last - 1])) --last;
      if (end == text_.size()) return fail(end, fmt::format("expected \"{}\"", closing));
      if (last == begin) return fail(begin, "expected a value");
      if (text_[end] != ',' && text_[end] != closing) {
        return fail(end, fmt::format("expected \"{}\", got \"{}\"", closing, text_[end]));
      }
      pieces.push_back(text_.substr(begin, last - begin));
      at = end + 1;
      if (text_[end] == closing) return true;
      begin = skip_blanks(at);
    }
  }

  /// Checks the inner syntax of a value, nested lists and calls included. Depth was bounded by
  /// `find_end`.
  bool check_value(std::string_view value) const {
    std::size_t at = static_cast<std::size_t>(value.data() - text_.data());
    const std::size_t end = at + value.size();
    std::vector<std::string_view> pieces;
    if (value.front() == '"') {
      std::size_t closing = at;
      if (!skip_quoted(closing)) return false;
      if (closing != end) return fail(closing, "expected a comma or a closing bracket");
      const auto json = nlohmann::json::parse(value, nullptr, false);
      return json.is_string() || fail(at, "expected a text in quotes as JSON writes it");
    }
    if (value.front() == '[') {
      if (!split(++at, ']', pieces)) return false;
      if (at != end) return fail(at, "expected a comma or a closing bracket");
      return std::all_of(pieces.begin(), pieces.end(),
                         [&](std::string_view piece) { return check_value(piece); });
    }
    const std::size_t behind_name = name_end(at);
    if (behind_name == at || behind_name == end || text_[behind_name] != '(') return true;
    at = behind_name + 1;
    if (!split(at, ')', pieces)) return false;
    // Something behind the bracket makes it a text of another kind, which its reader will judge.
    if (at != end) return true;
    return std::all_of(pieces.begin(), pieces.end(),
                       [&](std::string_view piece) { return check_value(argument(piece).value); });
  }

  CallArgument argument(std::string_view piece) const {
    const std::size_t at = static_cast<std::size_t>(piece.data() - text_.data());
    const std::size_t end = at + piece.size();
    const std::size_t behind_name = name_end(at);
    const std::size_t sign = skip_blanks(behind_name);
    if (behind_name == at || sign >= end || text_[sign] != '=') return {{}, piece};
    const std::size_t value = std::min(skip_blanks(sign + 1), end);
    // "a == b" is a comparison in some parameter's own language.
    if (value < end && text_[value] == '=') return {{}, piece};
    return {std::string(text_.substr(at, behind_name - at)), text_.substr(value, end - value)};
  }

 private:
  /// Moves `at` behind the quoted text that begins there.
  bool skip_quoted(std::size_t& at) const {
    const std::size_t begin = at;
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '\\')
        ++at;
      else if (text_[at] == '"')
        return ++at, true;
    }
    return fail(begin, "this quote is never closed");
  }

  /// Moves `at` to the next comma or closing bracket outside of brackets and quotes, or to the end
  /// of the text.
  bool find_end(std::size_t& at) const {
    std::vector<char> open;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '"') {
        if (!skip_quoted(at)) return false;
        continue;
      }
      if (c == '{' || c == '}') {
        return fail(
            at, "an object cannot stand in a call; write the call as an object with a \"type\"");
      }
      if (c == '(' || c == '[') {
        // One for the bracket this text itself stands in.
        if (open.size() + 1 >= depth_max) {
          return fail(at, fmt::format("more than {} brackets inside each other", depth_max));
        }
        open.push_back(c == '(' ? ')' : ']');
      } else if (c == ')' || c == ']') {
        if (open.empty()) return true;
        if (open.back() != c)
          return fail(at, fmt::format("expected \"{}\", got \"{}\"", open.back(), c));
        open.pop_back();
      } else if (c == ',' && open.empty()) {
        return true;
      }
      ++at;
    }
    if (!open.empty()) return fail(at, fmt::format("expected \"{}\"", open.back()));
    return true;
  }

  std::string_view text_;
  std::string& error_;
};

}  // namespace

std::optional<CallText> parse_call(std::string_view text, std::string& error) {
  error.clear();
  const Parser parser(text, error);
  const std::size_t begin = parser.skip_blanks(0);
  const std::size_t behind_name = parser.name_end(begin);
  if (behind_name == begin) return std::nullopt;
  CallText call{std::string(text.substr(begin, behind_name - begin)), {}};
  std::size_t at = parser.skip_blanks(behind_name);
  if (at == text.size()) return call;
  if (text[at] != '(') return std::nullopt;
  if (text.size() > text_max) {
    error = fmt::format("expected a call of at most {} bytes, got {}", text_max, text.size());
    return std::nullopt;
  }
  std::vector<std::string_view> pieces;
  if (!parser.split(++at, ')', pieces)) return std::nullopt;
  at = parser.skip_blanks(at);
  if (at != text.size()) {
    parser.fail(at, "expected nothing behind the closing bracket");
    return std::nullopt;
  }
  for (const std::string_view piece : pieces) {
    CallArgument argument = parser.argument(piece);
    if (argument.value.empty()) {
      parser.fail(static_cast<std::size_t>(piece.data() - text.data()) + piece.size(),
                  "expected a value");
      return std::nullopt;
    }
    if (!parser.check_value(argument.value)) return std::nullopt;
    call.arguments.push_back(std::move(argument));
  }
  return call;
}

std::vector<std::string_view> split_list(std::string_view text) {
  std::string error;
  std::vector<std::string_view> pieces;
  std::size_t at = 1;
  Parser(text, error).split(at, ']', pieces);
  return pieces;
}

bool is_plain_argument(std::string_view text) {
  if (text.empty() || is_blank(text.front()) || is_blank(text.back())) return false;
  if (text.front() == '[' || text.find_first_of("\"{}\\") != std::string_view::npos) return false;
  const std::string call = fmt::format("f({})", text);
  std::string error;
  const std::optional<CallText> parsed = parse_call(call, error);
  if (!parsed || parsed->arguments.size() != 1) return false;
  if (!parsed->arguments[0].key.empty() || parsed->arguments[0].value != text) return false;
  // Numbers, truth values and null would not come back as text.
  return nlohmann::json::parse(text, nullptr, false).is_discarded();
}

}  // namespace faultline::sim
