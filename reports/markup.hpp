/// Writes well-formed markup that is HTML and XML alike: every element closed, every text and
/// attribute escaped.
///
///   Markup page;
///   {
///     auto row = page.scope("tr");
///     page.element("th", {{"scope", "row"}}, node.name);
///   }
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/plain_text.hpp"

namespace faultline::reports {

/// `text` with control characters made visible (see visible_text) and & < > " ' as entities: safe
/// as content and as the value of an attribute.
std::string escaped(std::string_view text, LineBreaks line_breaks = LineBreaks::escape);

/// A growing piece of markup. Tag and attribute names are the program's own and go out as they are;
/// attribute values and text are escaped. An attribute with an empty value is left out.
class Markup {
 public:
  using Attribute = std::pair<std::string_view, std::string>;
  using Attributes = std::initializer_list<Attribute>;

  /// Closes its element when it goes out of scope. Scopes end in reverse order of their beginning.
  class [[nodiscard]] Scope {
   public:
    explicit Scope(Markup& markup) : markup_(markup) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { markup_.close(); }

   private:
    Markup& markup_;
  };

  /// Opens an element until the returned scope ends. `tag` must outlive the scope, as a literal
  /// does.
  Scope scope(std::string_view tag, Attributes attributes = {});
  /// A whole element with text in it; without text an open and a closing tag, as HTML wants of all
  /// but void elements.
  void element(std::string_view tag, Attributes attributes, std::string_view text);
  /// An element that ends in itself: a void element of HTML, or a shape of SVG.
  void empty(std::string_view tag, Attributes attributes = {});
  /// Text between tags.
  void text(std::string_view text, LineBreaks line_breaks = LineBreaks::escape);
  /// Markup of the program's own, unescaped: a style sheet, a document type.
  void raw(std::string_view markup) { out_ += markup; }

  const std::string& str() const { return out_; }

 private:
  void open_tag(std::string_view tag, Attributes attributes);
  void close();

  std::string out_;
  std::vector<std::string_view> open_;  ///< Tags to be closed, innermost last.
};

/// A coordinate or length of a picture, one decimal place at most: "12", "12.5".
std::string coordinate(double value);

}  // namespace faultline::reports
