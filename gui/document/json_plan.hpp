/// Changes of a JSON text that leave everything around them as it was written: planned on a scanned
/// text, all at once, and given out as splices.
///
/// New members stand where they would if the author had written them: on lines of their own where
/// the neighbours do, else on the neighbour's line, with the file's own indentation and line ends.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <QByteArray>
#include <set>
#include <string>
#include <vector>

#include "gui/document/json_text.hpp"

namespace faultline::gui {

/// Replaces `removed` bytes at `offset` of the text.
struct Splice {
  qsizetype offset = 0;
  QByteArray removed;
  QByteArray inserted;
};

/// How a file is written.
struct JsonStyle {
  QByteArray indent = "  ";  ///< One level.
  QByteArray lineEnd = "\n";
  qsizetype width = 120;  ///< Columns after which a value goes over several lines.
  static JsonStyle of(const JsonText& text);
};

/// `value` on one line: `{"type": "lru", "sizes": [1, 2]}`, the type first.
QByteArray jsonLine(const nlohmann::json& value);
/// `value` on one line if it fits behind `column` columns, else on several. `prefix`: the blanks at
/// the beginning of the line it stands on.
QByteArray jsonLines(const nlohmann::json& value, const QByteArray& prefix, qsizetype column,
                     const JsonStyle& style);

class JsonPlan {
 public:
  explicit JsonPlan(const JsonText& text);

  /// Makes the value at `node` equal to `value`, touching only what differs: members of objects one
  /// by one, of lists the elements that changed.
  void set(std::int32_t node, const nlohmann::json& value);
  /// Sets the value at a path; objects on the way are made. False if the way leads through
  /// something that is no object or list, or to an element beyond a list's end by more than one.
  bool setPath(const std::vector<sim::PathStep>& path, const nlohmann::json& value);
  /// The member or element, with its comma, the comment behind it and those right above it.
  void remove(std::int32_t node);
  /// Behind the last member. Requires: no member of that name.
  void append(std::int32_t object, const std::string& key, const nlohmann::json& value);
  /// Behind the last element.
  void append(std::int32_t array, const nlohmann::json& value);
  /// Before element `index`, or behind the last.
  void insert(std::int32_t array, std::size_t index, const nlohmann::json& value);
  void renameKey(std::int32_t node, const std::string& key);
  void replaceRaw(std::int32_t node, const QByteArray& text);

  bool isEmpty() const;
  /// The splices, each on the text that those before it left.
  std::vector<Splice> splices();

 private:
  struct Edit {
    qsizetype begin = 0;
    qsizetype end = 0;
    QByteArray text;
  };
  struct Added {
    std::string key;
    bool hasKey = false;
    QByteArray line;  ///< The value as JSON, for `jsonLines` to lay out.
  };

  QByteArray itemText(const Added& added, const QByteArray& prefix, qsizetype column) const;
  void planContainer(std::int32_t container, const std::set<std::int32_t>& removed,
                     const std::vector<Added>& added);
  bool startsLine(qsizetype offset) const;
  qsizetype lineBegin(qsizetype offset) const;
  QByteArray linePrefix(qsizetype offset) const;
  qsizetype columnOf(qsizetype offset) const;
  qsizetype skipSameLine(qsizetype offset) const;
  qsizetype commaAfter(qsizetype offset) const;
  qsizetype attachedBegin(std::int32_t node) const;
  bool isDropped(std::int32_t node) const;
  void edit(qsizetype begin, qsizetype end, const QByteArray& text);

  const JsonText& json_;
  const QByteArray text_;
  JsonStyle style_;
  std::vector<Edit> edits_;
  std::map<std::int32_t, std::set<std::int32_t>> removed_;  ///< By container.
  std::map<std::int32_t, std::vector<Added>> added_;        ///< By container, at the end.
  std::map<std::int32_t, std::vector<Added>> before_;       ///< By element.
  std::vector<std::pair<std::int32_t, Edit>> values_;       ///< Replaced values and names.
};

}  // namespace faultline::gui
