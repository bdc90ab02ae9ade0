#include "sim/measure/consistency/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {

namespace {

constexpr Value first_text = Value{1} << 61;
constexpr Value first_composite = Value{1} << 62;

/// FNV-1a over the words of a composite.
std::uint64_t digest_of(std::span<const Value> elements, bool is_map) {
  std::uint64_t digest = is_map ? 0xcbf29ce484222325U : 0x84222325cbf29ce4U;
  for (const Value element : elements) {
    digest = (digest ^ static_cast<std::uint64_t>(element)) * 0x100000001b3U;
    digest ^= digest >> 29;
  }
  return digest;
}

/// The text in double quotes, without anything that could play with a terminal; a long one is cut
/// between two characters of UTF-8.
void print_quoted(std::string_view text, std::size_t bytes_max, std::string& out) {
  const bool is_cut = text.size() > bytes_max;
  if (is_cut) {
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0U) == 0x80U) {
      --bytes_max;
    }
    text = text.substr(0, bytes_max);
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += is_cut ? "...\"" : "\"";
}

std::string name_of(std::uint64_t number, const std::vector<std::string>& names) {
  return number < names.size() ? names[number] : std::to_string(number);
}

}  // namespace

Value ValueTable::text(std::string_view text) {
  const auto [found, is_new] = text_index_.try_emplace(std::string(text), texts_.size());
  if (is_new) texts_.emplace_back(text);
  return first_text + static_cast<Value>(found->second);
}

Value ValueTable::list(std::span<const Value> elements) { return composite(elements, false); }

Value ValueTable::map(std::span<const Value> entries) {
  SIM_ASSERT(entries.size() % 2 == 0);
  return composite(entries, true);
}

Value ValueTable::composite(std::span<const Value> elements, bool is_map) {
  const std::uint64_t digest = digest_of(elements, is_map);
  const auto [begin, end] = composite_index_.equal_range(digest);
  for (auto candidate = begin; candidate != end; ++candidate) {
    const Composite& known = composites_[candidate->second];
    if (known.is_map == is_map && known.count == elements.size() &&
        std::equal(elements.begin(), elements.end(), elements_.begin() + known.begin)) {
      return first_composite + static_cast<Value>(candidate->second);
    }
  }
  composite_index_.emplace(digest, composites_.size());
  composites_.push_back({elements_.size(), elements.size(), is_map});
  elements_.insert(elements_.end(), elements.begin(), elements.end());
  return first_composite + static_cast<Value>(composites_.size() - 1);
}

ValueTable::Kind ValueTable::kind(Value value) const {
  if (value == nil) return Kind::nothing;
  if (is_number(value)) return Kind::number;
  if (value < first_composite) {
    SIM_ASSERT(value >= first_text);
    SIM_ASSERT(static_cast<std::size_t>(value - first_text) < texts_.size());
    return Kind::text;
  }
  SIM_ASSERT(static_cast<std::size_t>(value - first_composite) < composites_.size());
  return composites_[static_cast<std::size_t>(value - first_composite)].is_map ? Kind::map
                                                                               : Kind::list;
}

const std::string& ValueTable::text_of(Value value) const {
  SIM_ASSERT(kind(value) == Kind::text);
  return texts_[static_cast<std::size_t>(value - first_text)];
}

std::span<const Value> ValueTable::elements_of(Value value) const {
  const Kind what = kind(value);
  SIM_ASSERT(what == Kind::list || what == Kind::map);
  const Composite& composite = composites_[static_cast<std::size_t>(value - first_composite)];
  return std::span(elements_).subspan(composite.begin, composite.count);
}

std::string ValueTable::to_text(Value value, std::size_t characters_max) const {
  std::string out;
  print(value, characters_max, 0, out);
  return out;
}

void ValueTable::print(Value value, std::size_t characters_max, int depth, std::string& out) const {
  switch (kind(value)) {
    case Kind::nothing:
      out += "nil";
      return;
    case Kind::number:
      out += std::to_string(value);
      return;
    case Kind::text:
      print_quoted(text_of(value), characters_max, out);
      return;
    case Kind::list:
    case Kind::map:
      break;
  }
  const bool is_map = kind(value) == Kind::map;
  const std::span<const Value> elements = elements_of(value);
  out += is_map ? '{' : '[';
  for (std::size_t index = 0; index < elements.size(); ++index) {
    if (index > 0) out += is_map && index % 2 == 1 ? ": " : ", ";
    if (out.size() >= characters_max || depth > 8) {
      out += "...";
      break;
    }
    print(elements[index], characters_max, depth + 1, out);
  }
  out += is_map ? '}' : ']';
}

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::read:
      return "read";
    case Kind::write:
      return "write";
    case Kind::cas:
      return "cas";
    case Kind::differs:
      return "cas";
    case Kind::add:
      return "add";
    case Kind::append:
      return "append";
    case Kind::enqueue:
      return "enqueue";
    case Kind::dequeue:
      return "dequeue";
    case Kind::transfer:
      return "transfer";
  }
  return "";
}

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::violated:
      return "violated";
    case Verdict::unknown:
      return "unknown";
  }
  return "";
}

std::string History::key_name(std::uint64_t key) const { return name_of(key, key_names); }

std::string History::session_name(std::uint32_t session) const {
  return name_of(session, session_names);
}

std::string History::node_name(std::uint32_t node) const { return name_of(node, node_names); }

std::string History::to_text(const Operation& operation) const {
  const std::string key = key_name(operation.key);
  const std::string what(consistency::to_text(operation.kind));
  const std::string about = key.empty() ? what : what + " " + key;
  switch (operation.kind) {
    case Kind::read:
    case Kind::dequeue:
      if (operation.outcome != Outcome::ok) return about;
      return about + ": " + values.to_text(operation.value);
    case Kind::write:
      return about + " = " + values.to_text(operation.value);
    case Kind::cas:
      return about + ": " + values.to_text(operation.value) + " -> " +
             values.to_text(operation.second);
    case Kind::differs:
      return about + ": it is not " + values.to_text(operation.value);
    case Kind::add:
    case Kind::append:
    case Kind::enqueue:
    case Kind::transfer:
      return about + " " + values.to_text(operation.value);
  }
  return about;
}

}  // namespace faultline::sim::consistency
