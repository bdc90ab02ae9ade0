/// A strict reader of markup for tests: says what is wrong with a page, or nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::reports {

/// Empty if every element is closed in order, every attribute quoted and every & begins an entity;
/// else what is wrong first and where. The document type and comments are skipped.
inline std::string markup_problem(std::string_view page) {
  std::vector<std::string> open;
  const auto problem = [&](std::size_t at, const std::string& what) {
    return what + " at: " + std::string(page.substr(at, 60));
  };
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == ':';
  };
  std::size_t at = 0;
  const auto entity_ok = [&](std::size_t from) {
    const std::string_view rest = page.substr(from);
    for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
      if (rest.starts_with(entity)) return true;
    }
    return false;
  };
  while (at < page.size()) {
    const char c = page[at];
    if (c == '&' && !entity_ok(at)) return problem(at, "bare ampersand");
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      return problem(at, "control character");
    if (c != '<') {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    if (page.substr(at).starts_with("<!DOCTYPE")) {
      at = page.find('>', at) + 1;
      continue;
    }
    const bool closing = page.substr(at).starts_with("</");
    at += closing ? 2 : 1;
    std::string name;
    while (at < page.size() && is_name(page[at])) name += page[at++];
    if (name.empty()) return problem(begin, "bare <");
    if (closing) {
      if (at >= page.size() || page[at] != '>') return problem(begin, "unfinished closing tag");
      if (open.empty() || open.back() != name) return problem(begin, "closes what is not open");
      open.pop_back();
      ++at;
      continue;
    }
    bool self_closed = false;
    while (true) {
      if (at >= page.size()) return problem(begin, "unfinished tag");
      if (page[at] == '>') break;
      if (page.substr(at).starts_with("/>")) {
        self_closed = true;
        ++at;
        break;
      }
      if (page[at] != ' ') return problem(begin, "unexpected character in a tag");
      ++at;
      std::string attribute;
      while (at < page.size() && is_name(page[at])) attribute += page[at++];
      if (attribute.empty() || !page.substr(at).starts_with("=\""))
        return problem(begin, "attribute without value");
      at += 2;
      while (at < page.size() && page[at] != '"') {
        if (page[at] == '<') return problem(begin, "bare < in an attribute");
        if (page[at] == '&' && !entity_ok(at))
          return problem(begin, "bare ampersand in an attribute");
        ++at;
      }
      if (at >= page.size()) return problem(begin, "unfinished attribute");
      ++at;
    }
    ++at;
    if (!self_closed) open.push_back(name);
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

}  // namespace faultline::reports
