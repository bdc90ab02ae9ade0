/// The concrete syntax of a JSON text: where every member and element stands, with comments, blanks
/// and the order of keys left as they are. What edits of a scenario are planned on.
#pragma once

#include <cstdint>
#include <optional>
#include <QByteArray>
#include <QString>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/json_path.hpp"

namespace faultline::gui {

/// A value in the text. Offsets are bytes from the beginning of the text.
struct JsonNode {
  enum class Kind : std::uint8_t { object, array, string, number, word };
  Kind kind = Kind::word;
  std::int32_t parent = -1;
  std::int32_t firstChild = -1;
  std::int32_t lastChild = -1;
  std::int32_t next = -1;      ///< The sibling after it.
  std::int32_t previous = -1;  ///< The sibling before it.
  std::uint32_t count = 0;     ///< Of children.
  std::uint32_t keyBegin = 0;  ///< Of a member: its name, quotes included.
  std::uint32_t keyEnd = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool isContainer() const { return kind == Kind::object || kind == Kind::array; }
  bool isMember() const { return keyEnd > keyBegin; }
  /// Where the member or element begins: at its name, if it has one.
  std::uint32_t start() const { return isMember() ? keyBegin : begin; }
};

/// A scanned text. It holds a reference to the text's bytes (QByteArray's sharing), so it stays
/// valid when the text is changed elsewhere.
class JsonText {
 public:
  /// Standard JSON with `//` and `/* */` comments and a byte order mark, as sim::read_json takes
  /// it; names and duplicates are not looked at. Nothing if it is not that. At most 256 levels.
  static std::optional<JsonText> scan(const QByteArray& text);

  const QByteArray& text() const { return text_; }
  std::int32_t root() const { return 0; }
  const JsonNode& at(std::int32_t node) const { return nodes_[static_cast<std::size_t>(node)]; }
  std::size_t size() const { return nodes_.size(); }

  std::int32_t member(std::int32_t object, std::string_view key) const;  ///< -1: none.
  std::int32_t element(std::int32_t array, std::size_t index) const;     ///< -1: none.
  std::int32_t find(const std::vector<sim::PathStep>& path) const;       ///< -1: none.
  /// As far along `path` as it goes; `depth`: how many steps that are.
  std::int32_t findDeepest(const std::vector<sim::PathStep>& path, std::size_t& depth) const;
  /// The way to `node`.
  std::vector<sim::PathStep> pathOf(std::int32_t node) const;
  /// The innermost value whose member or element `offset` lies in.
  std::int32_t nodeAt(qsizetype offset) const;
  std::string key(std::int32_t node) const;       ///< Decoded.
  std::string_view raw(std::int32_t node) const;  ///< The value's text.
  std::string stringOf(std::int32_t node) const;  ///< Decoded. Requires: a string.

 private:
  friend class JsonScanner;
  QByteArray text_;
  std::vector<JsonNode> nodes_;
};

/// A path in the notation of sim::Path as steps; nothing if it is not one.
std::optional<std::vector<sim::PathStep>> pathSteps(const QString& path);

}  // namespace faultline::gui
