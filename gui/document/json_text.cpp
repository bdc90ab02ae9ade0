#include "gui/document/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace faultline::gui {
namespace {

constexpr std::size_t depthMax = 256;
constexpr std::size_t sizeMax = std::size_t{1} << 30;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// A JSON string, quotes included, as its bytes.
std::string decode(std::string_view quoted) {
  const std::string_view inner = quoted.substr(1, quoted.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return std::string(inner);
  const auto json = nlohmann::json::parse(quoted, nullptr, false);
  return json.is_string() ? json.get<std::string>() : std::string(inner);
}

}  // namespace

/// Reads a text once from its beginning to its end, without recursion.
class JsonScanner {
 public:
  explicit JsonScanner(const QByteArray& text)
      : text_(text.constData(), static_cast<std::size_t>(text.size())) {
    result_.text_ = text;
  }

  bool run() {
    if (text_.size() > sizeMax) return false;
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    result_.nodes_.reserve(text_.size() / 12 + 8);
    if (!skipBlanks() || !value(-1, 0, 0)) return false;
    while (!open_.empty()) {
      if (!skipBlanks()) return false;
      Level& level = open_.back();
      JsonNode& container = result_.nodes_[static_cast<std::size_t>(level.node)];
      const bool isObject = container.kind == JsonNode::Kind::object;
      const char closing = isObject ? '}' : ']';
      if (text_[at_] == closing && !level.afterComma) {
        container.end = static_cast<std::uint32_t>(++at_);
        open_.pop_back();
        continue;
      }
      if (container.count > 0 && !level.afterComma) {
        if (text_[at_] != ',') return false;
        ++at_;
        level.afterComma = true;
        continue;
      }
      level.afterComma = false;
      const std::int32_t parent = level.node;
      std::uint32_t keyBegin = 0;
      std::uint32_t keyEnd = 0;
      if (isObject) {
        if (text_[at_] != '"') return false;
        keyBegin = static_cast<std::uint32_t>(at_);
        if (!string()) return false;
        keyEnd = static_cast<std::uint32_t>(at_);
        if (!skipBlanks() || text_[at_] != ':') return false;
        ++at_;
        if (!skipBlanks()) return false;
      }
      if (!value(parent, keyBegin, keyEnd)) return false;
    }
    return !skipBlanks() && !broken_;
  }

  JsonText take() { return std::move(result_); }

 private:
  struct Level {
    std::int32_t node;
    bool afterComma = false;
  };

  /// To the next character that means something; false at the end.
  bool skipBlanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else if (c == '/') {
        if (at_ + 1 >= text_.size()) return fail();
        if (text_[at_ + 1] == '/') {
          const std::size_t end = text_.find_first_of("\n\r", at_ + 2);
          at_ = end == std::string_view::npos ? text_.size() : end;
        } else if (text_[at_ + 1] == '*') {
          const std::size_t end = text_.find("*/", at_ + 2);
          if (end == std::string_view::npos) return fail();
          at_ = end + 2;
        } else {
          return fail();
        }
      } else {
        return true;
      }
    }
    return false;
  }

  bool fail() {
    broken_ = true;
    at_ = text_.size();
    return false;
  }

  bool value(std::int32_t parent, std::uint32_t keyBegin, std::uint32_t keyEnd) {
    const auto index = static_cast<std::int32_t>(result_.nodes_.size());
    JsonNode node;
    node.parent = parent;
    node.keyBegin = keyBegin;
    node.keyEnd = keyEnd;
    node.begin = static_cast<std::uint32_t>(at_);
    const char c = text_[at_];
    bool opens = false;
    if (c == '{' || c == '[') {
      if (open_.size() == depthMax) return false;
      node.kind = c == '{' ? JsonNode::Kind::object : JsonNode::Kind::array;
      opens = true;
      ++at_;
    } else if (c == '"') {
      node.kind = JsonNode::Kind::string;
      if (!string()) return false;
    } else if (c == '-' || isDigit(c)) {
      node.kind = JsonNode::Kind::number;
      if (!number()) return false;
    } else if (!word("true") && !word("false") && !word("null")) {
      return false;
    }
    node.end = static_cast<std::uint32_t>(at_);
    if (parent >= 0) {
      JsonNode& above = result_.nodes_[static_cast<std::size_t>(parent)];
      node.previous = above.lastChild;
      if (above.lastChild >= 0) {
        result_.nodes_[static_cast<std::size_t>(above.lastChild)].next = index;
      } else {
        above.firstChild = index;
      }
      above.lastChild = index;
      ++above.count;
    }
    result_.nodes_.push_back(node);
    if (opens) open_.push_back({index});
    return true;
  }

  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) return false;
      if (c == '\\') {
        if (++at_ >= text_.size()) return false;
        if (text_[at_] == 'u') {
          for (int i = 0; i < 4; ++i) {
            if (++at_ >= text_.size() || !std::isxdigit(static_cast<unsigned char>(text_[at_]))) {
              return false;
            }
          }
        } else if (std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos) {
          return false;
        }
      }
    }
    return false;
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && isDigit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool number() {
    if (text_[at_] == '-') ++at_;
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '0') {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return false;
    }
    return true;
  }

  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool broken_ = false;
  std::vector<Level> open_;
  JsonText result_;
};

std::optional<JsonText> JsonText::scan(const QByteArray& text) {
  JsonScanner scanner(text);
  if (!scanner.run()) return std::nullopt;
  return scanner.take();
}

std::string JsonText::key(std::int32_t node) const {
  const JsonNode& found = at(node);
  if (!found.isMember()) return {};
  return decode({text_.constData() + found.keyBegin, found.keyEnd - found.keyBegin});
}

std::string_view JsonText::raw(std::int32_t node) const {
  const JsonNode& found = at(node);
  return {text_.constData() + found.begin, found.end - found.begin};
}

std::string JsonText::stringOf(std::int32_t node) const { return decode(raw(node)); }

std::int32_t JsonText::member(std::int32_t object, std::string_view key) const {
  if (object < 0 || at(object).kind != JsonNode::Kind::object) return -1;
  for (std::int32_t child = at(object).firstChild; child >= 0; child = at(child).next) {
    const JsonNode& node = at(child);
    const std::string_view quoted(text_.constData() + node.keyBegin, node.keyEnd - node.keyBegin);
    const std::string_view inner = quoted.substr(1, quoted.size() - 2);
    if (inner == key && inner.find('\\') == std::string_view::npos) return child;
    if (inner.find('\\') != std::string_view::npos && decode(quoted) == key) return child;
  }
  return -1;
}

std::int32_t JsonText::element(std::int32_t array, std::size_t index) const {
  if (array < 0 || at(array).kind != JsonNode::Kind::array || index >= at(array).count) return -1;
  std::int32_t child = at(array).firstChild;
  for (; index > 0; --index) child = at(child).next;
  return child;
}

std::int32_t JsonText::findDeepest(const std::vector<sim::PathStep>& path,
                                   std::size_t& depth) const {
  std::int32_t node = root();
  for (depth = 0; depth < path.size(); ++depth) {
    const sim::PathStep& step = path[depth];
    const std::int32_t child = step.index ? element(node, *step.index) : member(node, step.key);
    if (child < 0) break;
    node = child;
  }
  return node;
}

std::int32_t JsonText::find(const std::vector<sim::PathStep>& path) const {
  std::size_t depth = 0;
  const std::int32_t node = findDeepest(path, depth);
  return depth == path.size() ? node : -1;
}

std::vector<sim::PathStep> JsonText::pathOf(std::int32_t node) const {
  std::vector<sim::PathStep> path;
  for (; node > 0; node = at(node).parent) {
    sim::PathStep step;
    if (at(node).isMember()) {
      step.key = key(node);
    } else {
      std::size_t index = 0;
      for (std::int32_t before = at(node).previous; before >= 0; before = at(before).previous) {
        ++index;
      }
      step.index = index;
    }
    path.push_back(std::move(step));
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::int32_t JsonText::nodeAt(qsizetype offset) const {
  std::int32_t node = root();
  while (true) {
    std::int32_t inside = -1;
    for (std::int32_t child = at(node).firstChild; child >= 0; child = at(child).next) {
      if (static_cast<qsizetype>(at(child).start()) > offset) break;
      if (offset <= static_cast<qsizetype>(at(child).end)) {
        inside = child;
        break;
      }
    }
    if (inside < 0) return node;
    node = inside;
  }
}

std::optional<std::vector<sim::PathStep>> pathSteps(const QString& path) {
  const QByteArray bytes = path.toUtf8();
  return sim::parse_path({bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

}  // namespace faultline::gui
