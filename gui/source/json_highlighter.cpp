#include "gui/source/json_highlighter.hpp"

#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int inComment = 1;
/// A line of more characters is left plain: it would be slow, and nobody reads it.
constexpr qsizetype lineMax = 20'000;

bool isOpening(QChar c) { return c == '{' || c == '['; }

QChar partner(QChar c) {
  switch (c.unicode()) {
    case '{':
      return '}';
    case '}':
      return '{';
    case '[':
      return ']';
    case ']':
      return '[';
    default:
      return {};
  }
}

}  // namespace

int matchingBracket(const QTextDocument& document, int position) {
  QTextBlock block = document.findBlock(position);
  if (!block.isValid()) return -1;
  const QChar character = document.characterAt(position);
  const QChar wanted = partner(character);
  if (wanted.isNull()) return -1;
  const bool forward = isOpening(character);
  int column = position - block.position();
  int depth = 0;
  int lines = 0;
  while (block.isValid() && lines++ < 100'000) {
    if (const LineBrackets* line = LineBrackets::of(block)) {
      const int count = static_cast<int>(line->brackets.size());
      for (int i = 0; i < count; ++i) {
        const auto& each = line->brackets[static_cast<std::size_t>(forward ? i : count - 1 - i)];
        if (column >= 0 && (forward ? each.column < column : each.column > column)) continue;
        if (isOpening(each.character) == forward)
          ++depth;
        else
          --depth;
        if (depth == 0) return each.character == wanted ? block.position() + each.column : -1;
      }
    }
    column = -1;
    block = forward ? block.next() : block.previous();
  }
  return -1;
}

JsonHighlighter::JsonHighlighter(QTextDocument* document) : QSyntaxHighlighter(document) {
  setColours();
}

void JsonHighlighter::setColours() {
  const Theme& theme = Theme::instance();
  key_.setForeground(theme.accent());
  string_.setForeground(theme.good());
  number_.setForeground(theme.warning());
  word_.setForeground(theme.series(3));
  word_.setFontWeight(QFont::DemiBold);
  comment_.setForeground(theme.mutedText());
  comment_.setFontItalic(true);
  wrong_.setForeground(theme.bad());
}

void JsonHighlighter::highlightBlock(const QString& text) {
  auto* brackets = new LineBrackets;
  setCurrentBlockUserData(brackets);
  setCurrentBlockState(previousBlockState() == inComment ? inComment : 0);
  if (text.size() > lineMax) return;
  int at = 0;
  const int size = static_cast<int>(text.size());
  if (previousBlockState() == inComment) {
    const int end = static_cast<int>(text.indexOf(QLatin1String("*/")));
    if (end < 0) {
      setFormat(0, size, comment_);
      return;
    }
    setFormat(0, end + 2, comment_);
    setCurrentBlockState(0);
    at = end + 2;
  }
  while (at < size) {
    const QChar c = text[at];
    if (c == '"') {
      int end = at + 1;
      while (end < size && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      const bool closed = end < size;
      end = std::min(end + 1, size);
      int behind = end;
      while (behind < size && text[behind].isSpace()) ++behind;
      const bool isKey = behind < size && text[behind] == ':';
      setFormat(at, end - at, !closed ? wrong_ : isKey ? key_ : string_);
      at = end;
    } else if (c == '/' && at + 1 < size && text[at + 1] == '/') {
      setFormat(at, size - at, comment_);
      return;
    } else if (c == '/' && at + 1 < size && text[at + 1] == '*') {
      const int end = static_cast<int>(text.indexOf(QLatin1String("*/"), at + 2));
      if (end < 0) {
        setFormat(at, size - at, comment_);
        setCurrentBlockState(inComment);
        return;
      }
      setFormat(at, end + 2 - at, comment_);
      at = end + 2;
    } else if (!partner(c).isNull()) {
      brackets->brackets.push_back({c, at});
      ++at;
    } else if (c.isLetterOrNumber() || c == '-') {
      int end = at;
      while (end < size &&
             (text[end].isLetterOrNumber() || QStringLiteral("+-._").contains(text[end]))) {
        ++end;
      }
      const QString word = text.mid(at, end - at);
      bool isNumber = false;
      word.toDouble(&isNumber);
      const bool isWord = word == QLatin1String("true") || word == QLatin1String("false") ||
                          word == QLatin1String("null");
      setFormat(at, end - at, isNumber ? number_ : isWord ? word_ : wrong_);
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace faultline::gui
