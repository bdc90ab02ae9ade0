#include "gui/report/report_page.hpp"

#include <algorithm>
#include <QRegularExpression>
#include <QXmlStreamWriter>

#include "reports/html.hpp"
#include "reports/page_style.hpp"

namespace faultline::gui {
namespace {

/// Reads the page, which is well-formed XML of our own making, with the place of every element in
/// the text: what XML readers of Qt say of places does not hold for letters beyond ASCII.
class PageReader {
 public:
  explicit PageReader(const QString& text) : text_(text) {}

  PageElement read() {
    PageElement root;
    children(root);
    return root;
  }

 private:
  void children(PageElement& parent) {
    while (at_ < text_.size()) {
      if (text_[at_] != '<') {
        PageElement element;
        element.begin = at_;
        const qsizetype next = text_.indexOf('<', at_);
        at_ = next < 0 ? text_.size() : next;
        element.end = at_;
        element.text = plain(text_.mid(element.begin, at_ - element.begin));
        parent.children.push_back(std::move(element));
        continue;
      }
      const qsizetype begin = at_;
      const qsizetype close = closeOfTag();
      const QStringView tag = QStringView(text_).mid(begin + 1, close - begin - 1);
      at_ = close + 1;
      if (tag.startsWith('!') || tag.startsWith('?')) continue;
      if (tag.startsWith('/')) {
        parent.end = at_;
        return;
      }
      PageElement element;
      element.begin = begin;
      const bool empty = tag.endsWith('/');
      attributes(empty ? tag.chopped(1) : tag, element);
      if (empty) {
        element.end = at_;
      } else {
        children(element);
      }
      parent.children.push_back(std::move(element));
    }
  }

  /// Of the tag that begins here: a ">" in quotes is none.
  qsizetype closeOfTag() const {
    bool quoted = false;
    for (qsizetype i = at_; i < text_.size(); ++i) {
      if (text_[i] == '"') quoted = !quoted;
      if (text_[i] == '>' && !quoted) return i;
    }
    return text_.size() - 1;
  }

  void attributes(QStringView tag, PageElement& element) const {
    qsizetype i = 0;
    while (i < tag.size() && !tag[i].isSpace()) ++i;
    element.tag = tag.left(i).toString();
    while (i < tag.size()) {
      const qsizetype equals = tag.indexOf(u'=', i);
      if (equals < 0 || equals + 1 >= tag.size()) break;
      const qsizetype end = tag.indexOf(u'"', equals + 2);
      if (end < 0) break;
      element.attributes.insert(tag.mid(i, equals - i).trimmed().toString(),
                                plain(tag.mid(equals + 2, end - equals - 2).toString()));
      i = end + 1;
    }
  }

  static QString plain(QString text) {
    if (!text.contains('&')) return text;
    static const QRegularExpression number(QStringLiteral("&#(x?)([0-9a-fA-F]+);"));
    for (auto match = number.match(text); match.hasMatch(); match = number.match(text)) {
      const uint code = match.captured(2).toUInt(nullptr, match.captured(1).isEmpty() ? 10 : 16);
      const char32_t character = code;
      text.replace(match.capturedStart(), match.capturedLength(), QString::fromUcs4(&character, 1));
    }
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
  }

  const QString& text_;
  qsizetype at_ = 0;
};

const PageElement* find(const PageElement& element, const QString& tag) {
  for (const PageElement& child : element.children) {
    if (child.tag == tag) return &child;
    if (const PageElement* found = find(child, tag)) return found;
  }
  return nullptr;
}

/// A figure or titled card, and its title; null if it is none.
const PageElement* titleOfCard(const PageElement& element) {
  if (element.tag != "figure" && !(element.tag == "div" && element.hasClass("card")))
    return nullptr;
  return find(element, "h3");
}

/// Calls visit(id, element, title, isFigure) for each section's heading and each figure, in order.
template <class Visit>
void visitFigures(const PageElement& element, int section, int& figure, Visit& visit) {
  for (const PageElement& child : element.children) {
    if (const PageElement* title = titleOfCard(child)) {
      visit(QStringLiteral("%1.%2").arg(section).arg(++figure), child, title->allText(), true);
    } else if (child.tag == "div") {
      visitFigures(child, section, figure, visit);
    }
  }
}
template <class Visit>
void visitParts(const PageElement& main, Visit visit) {
  int section = 0;
  int figure = 0;
  for (const PageElement& child : main.children) {
    if (child.tag == "h2") {
      figure = 0;
      visit(QString::number(++section), child, child.allText(), false);
    } else if (const PageElement* title = titleOfCard(child)) {
      visit(QStringLiteral("%1.%2").arg(section).arg(++figure), child, title->allText(), true);
    } else if (child.tag == "div") {
      visitFigures(child, section, figure, visit);
    }
  }
}

/// What the page gives an element of a picture on paper.
struct StyleRule {
  QString tag;  ///< Empty: any.
  QStringList classes;
  QHash<QString, QString> values;
};

struct StyleSheet {
  QHash<QString, QString> variables;
  std::vector<StyleRule> rules;
};

/// The rules outside of @media, and the variables of the light look. Only the selectors of pictures
/// are kept: "svg .tick", ".band.fault", "line.phase", "svg text".
StyleSheet readStyle() {
  StyleSheet sheet;
  const std::string_view css = reports::page_style();
  const QString text = QString::fromUtf8(css.data(), static_cast<qsizetype>(css.size()));
  qsizetype at = 0;
  while (at < text.size()) {
    const qsizetype open = text.indexOf('{', at);
    if (open < 0) break;
    const QString selectors = text.mid(at, open - at).trimmed();
    if (selectors.startsWith('@')) {
      // A block of blocks: to its end.
      int depth = 1;
      qsizetype end = open + 1;
      while (end < text.size() && depth > 0) {
        if (text[end] == '{') ++depth;
        if (text[end] == '}') --depth;
        ++end;
      }
      at = end;
      continue;
    }
    const qsizetype close = text.indexOf('}', open);
    if (close < 0) break;
    QHash<QString, QString> values;
    for (const QString& part : text.mid(open + 1, close - open - 1).split(';')) {
      const qsizetype colon = part.indexOf(':');
      if (colon < 0) continue;
      values.insert(part.left(colon).trimmed(), part.mid(colon + 1).trimmed());
    }
    at = close + 1;
    if (selectors == ":root") {
      for (auto value = values.cbegin(); value != values.cend(); ++value) {
        if (value.key().startsWith("--")) sheet.variables.insert(value.key(), value.value());
      }
      continue;
    }
    static const QRegularExpression simple(QStringLiteral("^([a-z]*)((?:\\.[A-Za-z0-9_-]+)*)$"));
    for (QString selector : selectors.split(',')) {
      selector = selector.trimmed();
      if (selector.startsWith("svg ")) selector = selector.mid(4);
      const auto match = simple.match(selector);
      if (!match.hasMatch()) continue;
      StyleRule rule{match.captured(1), match.captured(2).split('.', Qt::SkipEmptyParts), values};
      sheet.rules.push_back(std::move(rule));
    }
  }
  return sheet;
}

const StyleSheet& styleSheet() {
  static const StyleSheet sheet = readStyle();
  return sheet;
}

QString resolved(QString value) {
  static const QRegularExpression variable(QStringLiteral("var\\((--[a-z-]+)\\)"));
  for (int i = 0; i < 4; ++i) {
    const auto match = variable.match(value);
    if (!match.hasMatch()) break;
    value.replace(match.capturedStart(), match.capturedLength(),
                  styleSheet().variables.value(match.captured(1)));
  }
  return value;
}

/// "rgba(230, 159, 0, 0.22)" is a colour and an opacity of its own in SVG.
void writeColor(QXmlStreamWriter& xml, const QString& name, const QString& value) {
  static const QRegularExpression rgba(
      QStringLiteral("^rgba\\((\\d+),\\s*(\\d+),\\s*(\\d+),\\s*([0-9.]+)\\)$"));
  const auto match = rgba.match(value);
  if (match.hasMatch()) {
    xml.writeAttribute(name, QStringLiteral("#%1%2%3")
                                 .arg(match.captured(1).toInt(), 2, 16, QLatin1Char('0'))
                                 .arg(match.captured(2).toInt(), 2, 16, QLatin1Char('0'))
                                 .arg(match.captured(3).toInt(), 2, 16, QLatin1Char('0')));
    xml.writeAttribute(name + "-opacity", match.captured(4));
  } else if (value.startsWith("url(")) {
    // The hatching of the warm-up: a grey veil says the same.
    xml.writeAttribute(name, styleSheet().variables.value("--soft", "#888888"));
    xml.writeAttribute(name + "-opacity", "0.14");
  } else {
    xml.writeAttribute(name, value);
  }
}

void writeStyle(QXmlStreamWriter& xml, const PageElement& element) {
  QHash<QString, QString> values;
  for (const StyleRule& rule : styleSheet().rules) {
    if (!rule.tag.isEmpty() && rule.tag != element.tag) continue;
    if (rule.tag.isEmpty() && rule.classes.isEmpty()) continue;
    const bool applies = std::all_of(rule.classes.begin(), rule.classes.end(),
                                     [&](const QString& each) { return element.hasClass(each); });
    if (!applies) continue;
    for (auto value = rule.values.cbegin(); value != rule.values.cend(); ++value) {
      values.insert(value.key(), value.value());
    }
  }
  static const QStringList known = {
      "fill",           "stroke",  "stroke-width", "stroke-dasharray", "stroke-linejoin",
      "stroke-linecap", "opacity", "fill-opacity", "font-size",        "font-weight"};
  const bool text = element.tag == "text";
  for (const QString& name : known) {
    if (!values.contains(name)) continue;
    // A halo behind letters is a stroke that only browsers paint below them.
    if (text && name.startsWith("stroke")) continue;
    QString value = resolved(values.value(name));
    if (name == "font-size" || name == "stroke-width") value.remove("px");
    if (name == "font-weight") value = value.toInt() >= 600 ? "bold" : "normal";
    if (name == "fill" || name == "stroke") {
      writeColor(xml, name, value);
    } else if (name == "stroke-dasharray") {
      xml.writeAttribute(name, value.replace(' ', ','));
    } else {
      xml.writeAttribute(name, value);
    }
  }
  if (text) xml.writeAttribute("font-family", "DejaVu Sans, Noto Sans, sans-serif");
}

void writeSvgElement(QXmlStreamWriter& xml, const PageElement& element) {
  if (element.tag.isEmpty()) {
    xml.writeCharacters(element.text);
    return;
  }
  if (element.tag == "title" || element.tag == "desc" || element.tag == "pattern") return;
  xml.writeStartElement(element.tag);
  for (auto attribute = element.attributes.cbegin(); attribute != element.attributes.cend();
       ++attribute) {
    static const QStringList left_out = {"class", "style", "role", "aria-hidden",
                                         "aria-labelledby"};
    if (!left_out.contains(attribute.key())) {
      xml.writeAttribute(attribute.key(), attribute.value());
    }
  }
  writeStyle(xml, element);
  for (const PageElement& child : element.children) writeSvgElement(xml, child);
  xml.writeEndElement();
}

}  // namespace

bool PageElement::hasClass(const QString& name) const {
  return attributes.value("class").split(' ', Qt::SkipEmptyParts).contains(name);
}

const PageElement* PageElement::child(const QString& wanted) const { return find(*this, wanted); }

QString PageElement::allText() const {
  if (tag.isEmpty()) return text;
  if (tag == "title" || tag == "desc") return {};
  QString all;
  for (const PageElement& child : children) all += child.allText();
  return tag == "pre" ? all : all.simplified();
}

ReportPage::ReportPage(const sim::Result& result, const QString& language) : language_(language) {
  reports::HtmlOptions options;
  options.language = language.toStdString();
  html_ = QString::fromStdString(reports::html_report(result, options));
  root_ = PageReader(html_).read();
}

std::vector<ReportPart> ReportPage::parts() const {
  std::vector<ReportPart> all;
  if (const PageElement* main = root_.child("main")) {
    visitParts(*main,
               [&](const QString& id, const PageElement&, const QString& title, bool figure) {
                 all.push_back({id, title, figure});
               });
  }
  return all;
}

namespace {

/// Where what is left out stands in the page. Of a section everything up to the next heading.
std::vector<std::pair<qsizetype, qsizetype>> rangesOf(const PageElement& main,
                                                      const QStringList& leftOut) {
  std::vector<std::pair<qsizetype, qsizetype>> ranges;
  visitParts(main, [&](const QString& id, const PageElement& element, const QString&, bool figure) {
    if (!leftOut.contains(id)) return;
    if (figure) {
      ranges.emplace_back(element.begin, element.end);
      return;
    }
    qsizetype end = element.end;
    bool inside = false;
    for (const PageElement& child : main.children) {
      if (child.begin == element.begin) {
        inside = true;
        continue;
      }
      if (inside && child.tag == "h2") break;
      if (inside) end = child.end;
    }
    ranges.emplace_back(element.begin, end);
  });
  // A figure of a section that goes is gone with it.
  std::sort(ranges.begin(), ranges.end());
  std::vector<std::pair<qsizetype, qsizetype>> joined;
  for (const auto& range : ranges) {
    if (!joined.empty() && range.first < joined.back().second) {
      joined.back().second = std::max(joined.back().second, range.second);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

bool removed(const PageElement& element,
             const std::vector<std::pair<qsizetype, qsizetype>>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
    return element.begin >= range.first && element.end <= range.second;
  });
}

PageElement without(const PageElement& element,
                    const std::vector<std::pair<qsizetype, qsizetype>>& ranges) {
  PageElement kept = element;
  kept.children.clear();
  for (const PageElement& child : element.children) {
    if (!removed(child, ranges)) kept.children.push_back(without(child, ranges));
  }
  return kept;
}

}  // namespace

QString ReportPage::html(const QStringList& leftOut, const QString& extra) const {
  const PageElement* main = root_.child("main");
  if (main == nullptr) return html_;
  QString page;
  qsizetype at = 0;
  for (const auto& [begin, end] : rangesOf(*main, leftOut)) {
    page += html_.mid(at, begin - at);
    at = end;
  }
  const qsizetype close = html_.indexOf("</main>", at);
  page += html_.mid(at, close - at) + extra + html_.mid(close);
  return page;
}

PageElement ReportPage::body(const QStringList& leftOut) const {
  const PageElement* body = root_.child("body");
  const PageElement* main = root_.child("main");
  if (body == nullptr || main == nullptr) return {};
  return without(*body, rangesOf(*main, leftOut));
}

QString ReportPage::title() const {
  const PageElement* heading = root_.child("h1");
  return heading == nullptr ? QString() : heading->allText();
}

QByteArray standaloneSvg(const PageElement& svg) {
  QByteArray out;
  QXmlStreamWriter xml(&out);
  xml.writeStartElement("svg");
  xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
  for (const char* name : {"viewBox", "width", "height"}) {
    if (svg.attributes.contains(name)) xml.writeAttribute(name, svg.attributes.value(name));
  }
  // A small picture without a view box is as large as it says.
  if (!svg.attributes.contains("viewBox")) {
    xml.writeAttribute("viewBox",
                       QStringLiteral("0 0 %1 %2")
                           .arg(svg.attributes.value("width"), svg.attributes.value("height")));
  }
  for (const PageElement& child : svg.children) writeSvgElement(xml, child);
  xml.writeEndElement();
  return out;
}

}  // namespace faultline::gui
