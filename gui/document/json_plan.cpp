#include "gui/document/json_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faultline::gui {
namespace {

using nlohmann::json;

QByteArray bytesOf(const std::string& text) {
  return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

QByteArray scalarText(const json& value) {
  // A whole number in a floating-point value stands without ".0", as a person writes it.
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::abs(number) < 1e15 && static_cast<double>(static_cast<std::int64_t>(number)) == number)
      return QByteArray::number(static_cast<qint64>(number));
  }
  return bytesOf(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// The members in the order in which they are written: what it is called first.
std::vector<std::pair<std::string, const json*>> membersOf(const json& object) {
  std::vector<std::pair<std::string, const json*>> members;
  constexpr const char* front[] = {"name", "type", "text", "from", "to", "at", "every", "for"};
  for (const char* first : front) {
    if (const auto found = object.find(first); found != object.end()) {
      members.emplace_back(first, &*found);
    }
  }
  for (const auto& [key, value] : object.items()) {
    if (std::find(std::begin(front), std::end(front), key) == std::end(front)) {
      members.emplace_back(key, &value);
    }
  }
  return members;
}

/// Characters, as columns: continuation bytes of UTF-8 count nothing.
qsizetype columns(QByteArrayView text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

}  // namespace

JsonStyle JsonStyle::of(const JsonText& text) {
  JsonStyle style;
  const QByteArray& bytes = text.text();
  if (const qsizetype end = bytes.indexOf('\n'); end > 0 && bytes[end - 1] == '\r') {
    style.lineEnd = "\r\n";
  }
  // The first value that stands alone at the beginning of its line, one level down.
  for (std::size_t i = 0; i < std::min<std::size_t>(text.size(), 4000); ++i) {
    const JsonNode& node = text.at(static_cast<std::int32_t>(i));
    if (node.parent != 0) continue;
    qsizetype begin = node.start();
    while (begin > 0 && (bytes[begin - 1] == ' ' || bytes[begin - 1] == '\t')) --begin;
    if (begin == node.start() || (begin > 0 && bytes[begin - 1] != '\n')) continue;
    style.indent = bytes.mid(begin, node.start() - begin);
    break;
  }
  return style;
}

QByteArray jsonLine(const json& value) {
  if (value.is_object()) {
    QByteArray out = "{";
    for (const auto& [key, member] : membersOf(value)) {
      if (out.size() > 1) out += ", ";
      out += scalarText(json(key)) + ": " + jsonLine(*member);
    }
    return out + "}";
  }
  if (value.is_array()) {
    QByteArray out = "[";
    for (const json& item : value) {
      if (out.size() > 1) out += ", ";
      out += jsonLine(item);
    }
    return out + "]";
  }
  return scalarText(value);
}

QByteArray jsonLines(const json& value, const QByteArray& prefix, qsizetype column,
                     const JsonStyle& style) {
  const QByteArray line = jsonLine(value);
  const bool isContainer = value.is_structured() && !value.empty();
  if (!isContainer || column + columns(line) <= style.width) return line;
  const QByteArray inner = prefix + style.indent;
  QByteArray out = value.is_object() ? "{" : "[";
  bool first = true;
  const auto add = [&](const QByteArray& name, const json& item) {
    if (!first) out += ",";
    first = false;
    out += style.lineEnd + inner + name;
    out += jsonLines(item, inner, columns(inner) + columns(name) + 1, style);
  };
  if (value.is_object()) {
    for (const auto& [key, member] : membersOf(value)) add(scalarText(json(key)) + ": ", *member);
  } else {
    for (const json& item : value) add({}, item);
  }
  return out + style.lineEnd + prefix + (value.is_object() ? "}" : "]");
}

JsonPlan::JsonPlan(const JsonText& text)
    : json_(text), text_(text.text()), style_(JsonStyle::of(text)) {}

qsizetype JsonPlan::lineBegin(qsizetype offset) const {
  const qsizetype end = offset == 0 ? -1 : text_.lastIndexOf('\n', offset - 1);
  return end + 1;
}

bool JsonPlan::startsLine(qsizetype offset) const {
  qsizetype at = offset;
  while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at;
  return at > 0 && text_[at - 1] == '\n';
}

QByteArray JsonPlan::linePrefix(qsizetype offset) const {
  const qsizetype begin = lineBegin(offset);
  qsizetype end = begin;
  while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t')) ++end;
  return text_.mid(begin, end - begin);
}

qsizetype JsonPlan::columnOf(qsizetype offset) const {
  const qsizetype begin = lineBegin(offset);
  return columns(QByteArrayView(text_).sliced(begin, offset - begin));
}

qsizetype JsonPlan::skipSameLine(qsizetype offset) const {
  qsizetype end = offset;
  qsizetype at = offset;
  while (at < text_.size()) {
    if (text_[at] == ' ' || text_[at] == '\t') {
      ++at;
    } else if (text_[at] == '/' && at + 1 < text_.size() && text_[at + 1] == '/') {
      while (at < text_.size() && text_[at] != '\n' && text_[at] != '\r') ++at;
      return at;
    } else if (text_[at] == '/' && at + 1 < text_.size() && text_[at + 1] == '*') {
      const qsizetype close = text_.indexOf("*/", at + 2);
      if (close < 0 || QByteArrayView(text_).sliced(at, close - at).contains('\n')) return end;
      end = at = close + 2;
    } else {
      break;
    }
  }
  return end;
}

/// Behind the comma that follows the value ending at `offset`, or -1 if none does.
qsizetype JsonPlan::commaAfter(qsizetype offset) const {
  qsizetype at = offset;
  while (at < text_.size()) {
    const char c = text_[at];
    if (c == ',') return at + 1;
    if (c == '/' && at + 1 < text_.size()) {
      const bool line = text_[at + 1] == '/';
      const qsizetype end = line ? text_.indexOf('\n', at) : text_.indexOf("*/", at + 2);
      if (end < 0) return -1;
      at = end + (line ? 1 : 2);
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else {
      return -1;
    }
  }
  return -1;
}

/// Where what belongs to the member begins: at its line's beginning if it begins a line, with the
/// comment lines right above it; else at itself.
qsizetype JsonPlan::attachedBegin(std::int32_t node) const {
  const qsizetype start = json_.at(node).start();
  if (!startsLine(start)) return start;
  qsizetype begin = lineBegin(start);
  if (json_.at(node).previous < 0) return begin;
  while (begin > 0) {
    const qsizetype above = lineBegin(begin - 1);
    const QByteArray line = text_.mid(above, begin - 1 - above).trimmed();
    if (!line.startsWith("//")) break;
    begin = above;
  }
  return begin;
}

bool JsonPlan::isDropped(std::int32_t node) const {
  for (; node >= 0; node = json_.at(node).parent) {
    const std::int32_t parent = json_.at(node).parent;
    const auto found = removed_.find(parent);
    if (found != removed_.end() && found->second.contains(node)) return true;
  }
  return false;
}

void JsonPlan::edit(qsizetype begin, qsizetype end, const QByteArray& text) {
  if (begin == end && text.isEmpty()) return;
  edits_.push_back({begin, end, text});
}

void JsonPlan::remove(std::int32_t node) {
  const std::int32_t parent = json_.at(node).parent;
  if (parent >= 0) removed_[parent].insert(node);
}

void JsonPlan::append(std::int32_t object, const std::string& key, const json& value) {
  added_[object].push_back({key, true, bytesOf(value.dump())});
}

void JsonPlan::append(std::int32_t array, const json& value) {
  added_[array].push_back({{}, false, bytesOf(value.dump())});
}

void JsonPlan::insert(std::int32_t array, std::size_t index, const json& value) {
  const std::int32_t element = json_.element(array, index);
  if (element < 0) return append(array, value);
  before_[element].push_back({{}, false, bytesOf(value.dump())});
}

void JsonPlan::renameKey(std::int32_t node, const std::string& key) {
  const JsonNode& found = json_.at(node);
  values_.push_back({node, {found.keyBegin, found.keyEnd, scalarText(json(key))}});
}

void JsonPlan::replaceRaw(std::int32_t node, const QByteArray& text) {
  const JsonNode& found = json_.at(node);
  values_.push_back({node, {found.begin, found.end, text}});
}

void JsonPlan::set(std::int32_t node, const json& value) {
  const JsonNode& found = json_.at(node);
  const json present = json::parse(json_.raw(node), nullptr, false, true);
  if (present == value && present.type() == value.type()) return;
  if (found.kind == JsonNode::Kind::object && value.is_object()) {
    for (std::int32_t child = found.firstChild; child >= 0; child = json_.at(child).next) {
      const auto member = value.find(json_.key(child));
      if (member == value.end())
        remove(child);
      else
        set(child, *member);
    }
    for (const auto& [key, member] : membersOf(value)) {
      if (!present.contains(key)) append(node, key, *member);
    }
    return;
  }
  if (found.kind == JsonNode::Kind::array && value.is_array() && !present.empty() &&
      !value.empty()) {
    std::size_t same = 0;
    const std::size_t least = std::min(present.size(), value.size());
    while (same < least && present[same] == value[same]) ++same;
    std::size_t tail = 0;
    while (tail < least - same &&
           present[present.size() - 1 - tail] == value[value.size() - 1 - tail]) {
      ++tail;
    }
    // Between what is the same at both ends, elements stand for each other as far as they go.
    const std::size_t pairs = least - same - tail;
    for (std::size_t i = same; i < same + pairs; ++i) set(json_.element(node, i), value[i]);
    for (std::size_t i = same + pairs; i < present.size() - tail; ++i) {
      remove(json_.element(node, i));
    }
    for (std::size_t i = same + pairs; i < value.size() - tail; ++i) {
      insert(node, same + pairs, value[i]);
    }
    return;
  }
  const qsizetype column = columnOf(found.begin) + 1;
  replaceRaw(node, jsonLines(value, linePrefix(found.begin), column, style_));
}

bool JsonPlan::setPath(const std::vector<sim::PathStep>& path, const json& value) {
  std::size_t depth = 0;
  const std::int32_t node = json_.findDeepest(path, depth);
  if (depth == path.size()) {
    set(node, value);
    return true;
  }
  // The missing objects on the way, from the inside out.
  json made = value;
  for (std::size_t i = path.size(); i > depth + 1; --i) {
    if (path[i - 1].index) {
      if (*path[i - 1].index != 0) return false;
      made = json::array({std::move(made)});
    } else {
      json object = json::object();
      object[path[i - 1].key] = std::move(made);
      made = std::move(object);
    }
  }
  const sim::PathStep& step = path[depth];
  const JsonNode& found = json_.at(node);
  if (step.index) {
    if (found.kind != JsonNode::Kind::array || *step.index != found.count) return false;
    append(node, made);
    return true;
  }
  if (found.kind == JsonNode::Kind::word && json_.raw(node) == "null") {
    json object = json::object();
    object[step.key] = std::move(made);
    set(node, object);
    return true;
  }
  if (found.kind != JsonNode::Kind::object) return false;
  append(node, step.key, made);
  return true;
}

bool JsonPlan::isEmpty() const {
  return values_.empty() && removed_.empty() && added_.empty() && before_.empty();
}

QByteArray JsonPlan::itemText(const Added& added, const QByteArray& prefix,
                              qsizetype column) const {
  const json value = json::parse(added.line.constData(), added.line.constData() + added.line.size(),
                                 nullptr, false);
  const QByteArray name = added.hasKey ? scalarText(json(added.key)) + ": " : QByteArray();
  return name + jsonLines(value, prefix, column + columns(name) + 1, style_);
}

/// The removals and what is added at the end, in one container.
void JsonPlan::planContainer(std::int32_t container, const std::set<std::int32_t>& removed,
                             const std::vector<Added>& added) {
  const JsonNode& box = json_.at(container);
  // The last child that stays, and the first of those behind it, which all go.
  std::int32_t last = box.lastChild;
  while (last >= 0 && removed.contains(last)) last = json_.at(last).previous;
  const std::int32_t tail = last >= 0 ? json_.at(last).next : box.firstChild;

  // Those that go before a child that stays, each with its comma.
  for (std::int32_t child = box.firstChild; child >= 0 && child != tail;
       child = json_.at(child).next) {
    if (!removed.contains(child)) continue;
    const qsizetype comma = commaAfter(json_.at(child).end);
    const qsizetype next = json_.at(json_.at(child).next).start();
    qsizetype begin = attachedBegin(child);
    const bool ownLine = startsLine(json_.at(child).start());
    qsizetype end = skipSameLine(comma);
    const bool lineEnds = end < text_.size() && (text_[end] == '\n' || text_[end] == '\r');
    if (ownLine && lineEnds) {
      if (text_[end] == '\r') ++end;
      if (end < text_.size() && text_[end] == '\n') ++end;
    } else if (ownLine) {
      begin = json_.at(child).start();
      end = next;
    } else if (lineEnds) {
      while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
    } else {
      end = std::min(next, end + (end < text_.size() && text_[end] == ' ' ? 1 : 0));
      if (end < comma) end = comma;
    }
    edit(begin, end, {});
  }

  // The place at the end: [begin, end) makes room, `text` is what comes there.
  const bool hadChildren = box.firstChild >= 0;
  const std::int32_t model = last >= 0 ? last : box.firstChild;  // Whose way of writing is taken.
  const bool lines = hadChildren && startsLine(json_.at(model).start());
  const QByteArray prefix = lines ? linePrefix(json_.at(model).start()) : linePrefix(box.begin);

  QByteArray text;
  if (!hadChildren || last < 0) {
    // Nothing stays: between the brackets only comments may be left.
    qsizetype begin = static_cast<qsizetype>(box.begin) + 1;
    qsizetype end = static_cast<qsizetype>(box.end) - 1;
    if (hadChildren) {
      const qsizetype first = attachedBegin(box.firstChild);
      const qsizetype behind = skipSameLine(json_.at(box.lastChild).end);
      const bool blankBefore = text_.mid(begin, first - begin).trimmed().isEmpty();
      const bool blankBehind = text_.mid(behind, end - behind).trimmed().isEmpty();
      if (!blankBefore || !blankBehind) {
        begin = json_.at(box.firstChild).start();
        end = behind;
      }
    } else if (!text_.mid(begin, end - begin).trimmed().isEmpty()) {
      // A container with nothing but comments: what is new stands on lines behind them.
      if (added.empty()) return;
      const QByteArray inner = linePrefix(box.begin) + style_.indent;
      begin = end;
      while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
      text = style_.lineEnd;
      if (begin > 0 && text_[begin - 1] == '\n') text.clear();
      for (std::size_t i = 0; i < added.size(); ++i) {
        text += inner + itemText(added[i], inner, columns(inner));
        text += (i + 1 < added.size() ? QByteArray(",") : QByteArray()) + style_.lineEnd;
      }
      edit(begin, end, text + linePrefix(box.begin));
      return;
    }
    if (added.empty()) {
      edit(begin, end, {});
      return;
    }
    if (begin != static_cast<qsizetype>(box.begin) + 1) {
      for (std::size_t i = 0; i < added.size(); ++i) {
        if (i > 0) text += "," + style_.lineEnd + prefix;
        text += itemText(added[i], prefix, columns(prefix));
      }
      edit(begin, end, text);
      return;
    }
    // On one line if that fits and the neighbourhood is not written line by line.
    qsizetype column = columnOf(box.begin) + 1;
    QByteArray line;
    for (const Added& each : added) {
      if (!line.isEmpty()) line += ", ";
      line += itemText(each, prefix, 0);
    }
    // Whole objects at the top of a file stand on lines of their own.
    const bool wasLines = lines || box.parent < 0 ||
                          (box.parent == 0 && box.kind == JsonNode::Kind::object &&
                           added.front().line.startsWith('{'));
    if (!wasLines && !line.contains('\n') && column + columns(line) + 2 <= style_.width) {
      edit(begin, end, line);
      return;
    }
    const QByteArray outer = linePrefix(box.begin);
    const QByteArray inner = lines ? prefix : outer + style_.indent;
    for (std::size_t i = 0; i < added.size(); ++i) {
      text += i > 0 ? "," : "";
      text += style_.lineEnd + inner + itemText(added[i], inner, columns(inner));
    }
    edit(begin, end, text + style_.lineEnd + outer);
    return;
  }

  // Behind the last child that stays.
  const qsizetype after = json_.at(last).end;
  if (tail >= 0) {
    const qsizetype comma = commaAfter(after);  // There is one: something stood behind it.
    edit(comma - 1, comma, {});
    qsizetype begin = attachedBegin(tail);
    if (startsLine(json_.at(tail).start())) {
      if (begin > 0) --begin;
      if (begin > 0 && text_[begin - 1] == '\r') --begin;
    } else {
      begin = std::max(comma, skipSameLine(comma));
    }
    begin = std::max(begin, comma);
    edit(begin, std::max(begin, skipSameLine(json_.at(box.lastChild).end)), {});
  }
  if (added.empty()) return;
  const qsizetype lineEnd = tail >= 0 ? after : skipSameLine(after);
  if (lines) {
    for (const Added& each : added) {
      text += style_.lineEnd + prefix + itemText(each, prefix, columns(prefix));
      if (&each != &added.back()) text += ",";
    }
    if (lineEnd == after) {
      edit(after, after, "," + text);
    } else {
      edit(after, after, ",");
      edit(lineEnd, lineEnd, text);
    }
    return;
  }
  // On the line of the last one, broken where it would become too long.
  qsizetype column = columnOf(after);
  std::int32_t first = box.firstChild;
  while (removed.contains(first)) first = json_.at(first).next;
  // Under the first one, as people write; where that stands far to the right, a step further in
  // than its line.
  const qsizetype under = columnOf(json_.at(first).start());
  const QByteArray indent =
      under <= style_.width / 3 ? QByteArray(under, ' ') : linePrefix(after) + style_.indent;
  const bool sameLine = lineBegin(json_.at(first).start()) == lineBegin(after);
  const QByteArray broken = sameLine ? indent : linePrefix(after);
  for (const Added& each : added) {
    const QByteArray item = itemText(each, broken, 0);
    const qsizetype breaks = item.indexOf('\n');
    const qsizetype width = breaks < 0 ? columns(item) : columns(item.left(breaks));
    if (column + 2 + width + 2 > style_.width && column > columns(broken) + 8) {
      text += "," + style_.lineEnd + broken + item;
      column = columns(broken) + width;
    } else {
      text += ", " + item;
      column += 2 + width;
    }
  }
  edit(after, after, text);
}

std::vector<Splice> JsonPlan::splices() {
  edits_.clear();
  std::set<std::int32_t> containers;
  for (const auto& entry : removed_) containers.insert(entry.first);
  for (const auto& entry : added_) containers.insert(entry.first);
  for (const std::int32_t container : containers) {
    if (isDropped(container)) continue;
    static const std::set<std::int32_t> none;
    static const std::vector<Added> nothing;
    const auto removed = removed_.find(container);
    const auto added = added_.find(container);
    planContainer(container, removed == removed_.end() ? none : removed->second,
                  added == added_.end() ? nothing : added->second);
  }
  for (const auto& [element, items] : before_) {
    if (isDropped(element)) continue;
    const qsizetype start = json_.at(element).start();
    QByteArray text;
    if (startsLine(start)) {
      const QByteArray prefix = linePrefix(start);
      for (const Added& each : items) {
        text += prefix + itemText(each, prefix, columns(prefix)) + "," + style_.lineEnd;
      }
      const qsizetype at = attachedBegin(element);
      edit(at, at, text);
    } else {
      const QByteArray prefix = linePrefix(start);
      for (const Added& each : items) text += itemText(each, prefix, columnOf(start)) + ", ";
      edit(start, start, text);
    }
  }
  for (const auto& [node, change] : values_) {
    if (!isDropped(node)) edit(change.begin, change.end, change.text);
  }
  std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  // Neighbours that both go may share the blank between them.
  qsizetype behind = 0;
  for (Edit& each : edits_) {
    each.begin = std::max(each.begin, behind);
    each.end = std::max(each.end, each.begin);
    behind = each.end;
  }
  // What comes later in the text is done first, so that offsets stay right.
  std::vector<Splice> out;
  for (auto each = edits_.rbegin(); each != edits_.rend(); ++each) {
    out.push_back({each->begin, text_.mid(each->begin, each->end - each->begin), each->text});
  }
  return out;
}

}  // namespace faultline::gui
