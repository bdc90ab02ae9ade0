#include "sim/param/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sim/param/json_path.hpp"
#include "sim/param/utf8.hpp"

namespace faultline::sim {
namespace {

constexpr std::size_t depth_max = 64;
constexpr std::size_t size_max = std::size_t{64} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

TextPosition position_at(std::string_view text, std::size_t offset) {
  TextPosition position{1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if (!is_continuation(c)) {
      ++position.column;
    }
  }
  return position;
}

std::string position_text(std::string_view text, std::size_t offset) {
  const TextPosition position = position_at(text, offset);
  return fmt::format("line {}, column {}", position.line, position.column);
}

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("_+-.%/").find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// What is wrong with the syntax of `text`, where nlohmann's parser stopped with the sentence
/// `what` having read `offset` characters.
Problem syntax_problem(std::string_view text, std::size_t offset, std::string_view what) {
  // "[json.exception...] parse error at line 1, column 2: syntax error while parsing value -
  // unexpected ...; expected ..."
  if (const std::size_t dash = what.find(" - "); dash != std::string_view::npos) {
    what.remove_prefix(dash + 3);
  }
  // What was read last can be as long as the file.
  constexpr std::string_view last_read = "; last read: '";
  constexpr std::string_view expected = "; expected ";
  std::string message(what.substr(0, what.find(last_read)));
  if (const std::size_t after = what.rfind(expected);
      after != std::string_view::npos && after > message.size()) {
    message += what.substr(after);
  }
  std::size_t at = offset == 0 ? 0 : offset - 1;
  std::string hint;
  constexpr std::string_view invalid_literal = "invalid literal";
  if (message.starts_with(invalid_literal) && at < text.size()) {
    std::size_t end = at;
    while (at > 0 && is_word_character(text[at - 1])) --at;
    while (end < text.size() && is_word_character(text[end])) ++end;
    const std::string_view word = text.substr(at, std::max<std::size_t>(end - at, 1));
    message.replace(0, invalid_literal.size(), "unexpected " + in_quotes(word));
    if (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')) {
      hint = "a value with a unit stands in quotes";
    }
  }
  return {"", fmt::format("not JSON: {}: {}", position_text(text, at), message), hint};
}

/// Builds the value and knows, at every moment, the path to where it is.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, Problems& problems) : text_(text), problems_(problems) {}

  std::optional<Json> result() {
    if (failed_) return std::nullopt;
    return std::move(root_);
  }

  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool value) override { return add(value) != nullptr; }
  bool number_integer(std::int64_t value) override { return add(value) != nullptr; }
  bool number_unsigned(std::uint64_t value) override { return add(value) != nullptr; }
  bool number_float(double value, const std::string&) override { return add(value) != nullptr; }
  bool string(std::string& value) override { return add(std::move(value)) != nullptr; }
  bool binary(Json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return levels_.pop_back(), true; }
  bool end_array() override { return levels_.pop_back(), true; }

  bool key(std::string& name) override {
    Level& level = levels_.back();
    level.key = std::move(name);
    if (has_control_character(level.key)) {
      refuse("a name must not have control characters");
    }
    if (level.value->contains(level.key)) refuse("this name stands here twice");
    return true;
  }

  bool parse_error(std::size_t offset, const std::string& token,
                   const Json::exception& error) override {
    if (error.id == 406) {
      refuse(fmt::format("expected a number of at most 1.7e308, got {}", token.substr(0, 40)));
      return false;
    }
    failed_ = true;
    problems_.add(syntax_problem(text_, offset, error.what()));
    return false;
  }

 private:
  struct Level {
    Json* value;
    std::string key;  ///< Of an object: the member being read.
  };

  Json* add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Level& level = levels_.back();
    if (level.value->is_array()) {
      level.value->push_back(std::move(value));
      return &level.value->back();
    }
    Json& member = (*level.value)[level.key];
    member = std::move(value);
    return &member;
  }

  bool open(Json empty) {
    if (levels_.size() == depth_max) {
      refuse(fmt::format("more than {} levels inside each other", depth_max));
      return false;
    }
    levels_.push_back({add(std::move(empty)), {}});
    return true;
  }

  void refuse(std::string message) {
    failed_ = true;
    Path path;
    for (const Level& level : levels_) {
      if (!level.value->is_array()) path = path / level.key;
      // The innermost list has no element yet for a number that could not be read.
      else if (&level == &levels_.back())
        path = path[level.value->size()];
      else
        path = path[level.value->size() - 1];
    }
    problems_.add(path, std::move(message));
  }

  std::string_view text_;
  Problems& problems_;
  Json root_;
  std::vector<Level> levels_;
  bool failed_ = false;
};

/// Walks through a text that is JSON and notes where the paths asked for begin.
class Locator {
 public:
  Locator(std::string_view text, std::map<std::string, TextPosition, std::less<>>& places)
      : text_(text), places_(places) {}

  void run() {
    if (text_.starts_with(byte_order_mark)) at_ = counted_ = byte_order_mark.size();
    found(Path());
    std::vector<Level> levels;
    while (skip_blanks()) {
      const char c = text_[at_];
      const bool is_key = !levels.empty() && levels.back().is_object && levels.back().expects_key;
      if (c == '{' || c == '[') {
        levels.push_back(begin_value(levels, c == '{'));
        ++at_;
      } else if (c == '}' || c == ']') {
        if (levels.empty()) return;
        levels.pop_back();
        ++at_;
      } else if (c == ',') {
        if (levels.empty()) return;
        levels.back().expects_key = true;
        ++levels.back().index;
        ++at_;
      } else if (c == ':') {
        ++at_;
      } else if (c == '"' && is_key) {
        Level& level = levels.back();
        const std::size_t begin = at_;
        skip_string();
        level.expects_key = false;
        if (!level.wanted) continue;
        const Json key = Json::parse(text_.substr(begin, at_ - begin), nullptr, false);
        if (!key.is_string()) return;
        level.member = level.path / key.get_ref<const std::string&>();
        note(level.member, begin);
      } else {
        begin_value(levels, false);
        if (c == '"')
          skip_string();
        else
          ++at_, skip_word();
      }
    }
  }

 private:
  struct Level {
    bool is_object = false;
    bool wanted = false;  ///< Whether this path, or one below, is asked for.
    bool expects_key = true;
    std::size_t index = 0;
    Path path;
    Path member;
  };

  bool found(const Path& path) const { return places_.contains(path.text()); }

  void note(const Path& path, std::size_t offset) {
    const auto place = places_.find(path.text());
    if (place == places_.end() || place->second.line != 0) return;
    // Offsets only rise, so every character is counted once.
    for (; counted_ < offset; ++counted_) {
      if (text_[counted_] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else if (!is_continuation(text_[counted_])) {
        ++position_.column;
      }
    }
    place->second = position_;
  }

  /// The level that the value at `at_` opens if it is an object or a list; an element of a list is
  /// noted.
  Level begin_value(std::vector<Level>& levels, bool is_object) {
    Level level{.is_object = is_object};
    if (levels.empty()) {
      note(level.path, at_);
    } else if (levels.back().wanted) {
      Level& parent = levels.back();
      level.path = parent.is_object ? parent.member : parent.path[parent.index];
      if (!parent.is_object) note(level.path, at_);
    } else {
      return level;
    }
    level.wanted = found(level.path);
    return level;
  }

  /// To the next character that means something; false at the end.
  bool skip_blanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else if (c == '/' && at_ + 1 < text_.size()) {
        const bool is_line = text_[at_ + 1] == '/';
        const std::size_t end = text_.find(is_line ? "\n" : "*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + (is_line ? 1 : 2);
      } else {
        return true;
      }
    }
    return false;
  }

  void skip_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return;
      }
    }
    at_ = text_.size();
  }

  void skip_word() {
    while (at_ < text_.size() &&
           std::string_view(" \t\n\r,]}:/").find(text_[at_]) == std::string_view::npos)
      ++at_;
  }

  std::string_view text_;
  std::map<std::string, TextPosition, std::less<>>& places_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  TextPosition position_{1, 1};  ///< Of `counted_`.
};

}  // namespace

std::optional<Json> read_json(std::string_view text, Problems& problems) {
  if (text.size() > size_max) {
    problems.add(Path(), fmt::format("expected at most {} MiB of JSON, got {:.1f} MiB",
                                     size_max >> 20, static_cast<double>(text.size()) / 0x1p20));
    return std::nullopt;
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (const auto invalid = find_invalid_utf8(text)) {
    problems.add(Path(), fmt::format("not UTF-8: {}: byte 0x{:02x}", position_text(text, *invalid),
                                     static_cast<unsigned char>(text[*invalid])));
    return std::nullopt;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    problems.add(Path(), "expected JSON, got an empty text");
    return std::nullopt;
  }
  Builder builder(text, problems);
  Json::sax_parse(text.begin(), text.end(), &builder, Json::input_format_t::json, true, true);
  return builder.result();
}

std::optional<std::string> read_text_file(const std::filesystem::path& file, Problems& problems) {
  const auto refuse = [&](const std::string& reason) {
    problems.add(Path(), fmt::format("cannot read {}: {}", in_quotes(file.string()), reason));
    return std::nullopt;
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return refuse("no such file");
  if (error) return refuse(error.message());
  if (std::filesystem::is_directory(status)) return refuse("it is a directory");
  // Reading a pipe or a device could wait for ever.
  if (!std::filesystem::is_regular_file(status)) return refuse("it is not a regular file");
  std::ifstream input(file, std::ios::binary);
  if (!input) return refuse("it cannot be opened");
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  while (input.read(block.data(), static_cast<std::streamsize>(block.size())), input.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(input.gcount()));
    if (text.size() > size_max)
      return refuse(fmt::format("it is larger than {} MiB", size_max >> 20));
  }
  if (input.bad()) return refuse("reading failed");
  return text;
}

std::optional<Json> read_json_file(const std::filesystem::path& file, Problems& problems) {
  const std::optional<std::string> text = read_text_file(file, problems);
  if (!text) return std::nullopt;
  return read_json(*text, problems);
}

std::vector<TextPosition> locate(std::string_view text, const std::vector<Problem>& problems) {
  std::map<std::string, TextPosition, std::less<>> places;
  std::vector<std::vector<PathStep>> ways;
  for (const Problem& problem : problems) {
    ways.push_back(parse_path(problem.path).value_or(std::vector<PathStep>()));
    for (std::size_t i = 0; i <= ways.back().size(); ++i)
      places.try_emplace(to_path(ways.back(), i).text());
  }
  Locator(text, places).run();
  std::vector<TextPosition> positions;
  for (const std::vector<PathStep>& way : ways) {
    TextPosition position;
    // The whole file has no place of its own.
    for (std::size_t i = way.size(); i > 0 && position.line == 0; --i)
      position = places[to_path(way, i).text()];
    positions.push_back(position);
  }
  return positions;
}

}  // namespace faultline::sim
