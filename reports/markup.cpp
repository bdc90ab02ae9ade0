#include "reports/markup.hpp"

#include <cmath>

#include "reports/units_text.hpp"
#include "sim/param/assert.hpp"

namespace faultline::reports {

std::string escaped(std::string_view text, LineBreaks line_breaks) {
  const std::string visible = visible_text(text, line_breaks);
  std::string out;
  out.reserve(visible.size());
  for (const char c : visible) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Markup::Scope Markup::scope(std::string_view tag, Attributes attributes) {
  open_tag(tag, attributes);
  out_ += '>';
  open_.push_back(tag);
  return Scope(*this);
}

void Markup::element(std::string_view tag, Attributes attributes, std::string_view text) {
  open_tag(tag, attributes);
  out_ += '>';
  out_ += escaped(text);
  out_ += "</";
  out_ += tag;
  out_ += '>';
}

void Markup::empty(std::string_view tag, Attributes attributes) {
  open_tag(tag, attributes);
  out_ += "/>";
}

void Markup::text(std::string_view text, LineBreaks line_breaks) {
  out_ += escaped(text, line_breaks);
}

void Markup::open_tag(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    out_ += escaped(value);
    out_ += '"';
  }
}

void Markup::close() {
  SIM_ASSERT(!open_.empty());
  out_ += "</";
  out_ += open_.back();
  out_ += ">";
  // A line an element keeps the page readable in an editor and small enough in a difference.
  const std::string_view tag = open_.back();
  if (tag != "span" && tag != "td" && tag != "th" && tag != "pre" && tag != "code") out_ += '\n';
  open_.pop_back();
}

std::string coordinate(double value) {
  SIM_ASSERT(std::isfinite(value));
  std::string text = trimmed_text(value, 1);
  std::erase(text, ',');
  return text;
}

}  // namespace faultline::reports
