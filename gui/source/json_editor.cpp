#include "gui/source/json_editor.hpp"

#include <QAbstractItemView>
#include <QCompleter>
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStringListModel>
#include <QTextBlock>
#include <QToolTip>

#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "gui/source/completions.hpp"
#include "gui/source/json_highlighter.hpp"

namespace faultline::gui {
namespace {

constexpr int problemsShownMax = 300;

/// Beside the text: numbers of lines, problems, the lit range.
class NumberArea : public QWidget {
 public:
  explicit NumberArea(JsonEditor* editor) : QWidget(editor), editor_(editor) {}
  QSize sizeHint() const override { return {editor_->numberAreaWidth(), 0}; }

 protected:
  void paintEvent(QPaintEvent* event) override { editor_->paintNumbers(event); }
  bool event(QEvent* event) override {
    if (event->type() == QEvent::ToolTip) {
      // The same as on the line itself.
      const auto* help = static_cast<QHelpEvent*>(event);
      QHelpEvent moved(QEvent::ToolTip, QPoint(0, help->pos().y()), help->globalPos());
      QCoreApplication::sendEvent(editor_->viewport(), &moved);
      return true;
    }
    return QWidget::event(event);
  }

 private:
  JsonEditor* editor_;
};

/// How many UTF-16 units the bytes of one line up to `bytes` make.
int unitsOf(QByteArrayView line) { return static_cast<int>(QString::fromUtf8(line).size()); }

/// How many bytes the first `units` UTF-16 units of a line take.
qsizetype bytesOf(QByteArrayView line, int units) {
  qsizetype at = 0;
  while (units > 0 && at < line.size()) {
    const auto lead = static_cast<unsigned char>(line[at]);
    qsizetype length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (at + length > line.size()) length = 1;
    const int made = unitsOf(line.sliced(at, length));
    if (made > units) break;
    units -= made;
    at += length;
  }
  return at;
}

QString plain(const QByteArray& bytes) {
  QString text = QString::fromUtf8(bytes);
  text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
  text.replace('\r', '\n');
  text.replace(QChar(0), QChar::ReplacementCharacter);
  text.replace(QChar::ParagraphSeparator, QChar::ReplacementCharacter);
  text.replace(QChar::LineSeparator, QChar::ReplacementCharacter);
  return text;
}

}  // namespace

JsonEditor::JsonEditor(Document& document, QWidget* parent)
    : QPlainTextEdit(parent),
      document_(document),
      highlighter_(new JsonHighlighter(QPlainTextEdit::document())),
      numbers_(new NumberArea(this)),
      completer_(new QCompleter(this)),
      words_(new QStringListModel(this)) {
  setUndoRedoEnabled(false);
  setLineWrapMode(NoWrap);
  setFrameShape(QFrame::NoFrame);
  completer_->setWidget(this);
  completer_->setModel(words_);
  completer_->setCaseSensitivity(Qt::CaseInsensitive);
  completer_->setFilterMode(Qt::MatchContains);
  applyColours();
  connect(completer_, qOverload<const QString&>(&QCompleter::activated), this,
          &JsonEditor::insertCompletion);
  connect(this, &QPlainTextEdit::blockCountChanged, this,
          [this] { setViewportMargins(numberAreaWidth(), 0, 0, 0); });
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
    if (dy != 0)
      numbers_->scroll(0, dy);
    else
      numbers_->update(0, rect.y(), numbers_->width(), rect.height());
  });
  connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
    markBrackets();
    numbers_->update();
    viewport()->update();
  });
  connect(QPlainTextEdit::document(), &QTextDocument::contentsChange, this,
          [this](int, int, int) { edited(); });
  connect(&document_, &Document::textSpliced, this, &JsonEditor::documentSpliced);
  connect(&document_, &Document::problemsChanged, this, &JsonEditor::markProblems);
  connect(&Theme::instance(), &Theme::changed, this, &JsonEditor::applyColours);
}

void JsonEditor::applyColours() {
  setFont(Theme::instance().monospace());
  setTabStopDistance(fontMetrics().horizontalAdvance(' ') * 4);
  taking_ = true;
  highlighter_->setColours();
  if (!stale_) highlighter_->rehighlight();
  taking_ = false;
  setViewportMargins(numberAreaWidth(), 0, 0, 0);
  markProblems();
}

// From the document.

int JsonEditor::positionOf(qsizetype offset) const {
  const QByteArray& text = document_.text();
  offset = std::clamp<qsizetype>(offset, 0, text.size());
  const qsizetype lineBegin = offset == 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const auto line = std::count(text.constData(), text.constData() + lineBegin, '\n');
  const QTextBlock block = QPlainTextEdit::document()->findBlockByNumber(static_cast<int>(line));
  if (!block.isValid()) return QPlainTextEdit::document()->characterCount() - 1;
  const int column = unitsOf(QByteArrayView(text).sliced(lineBegin, offset - lineBegin));
  return block.position() + std::min(column, block.length() - 1);
}

/// The byte of the document's text at a position of `text`, which shows the same.
qsizetype JsonEditor::offsetOf(const QString& text, int position) const {
  const QByteArray& bytes = document_.text();
  const auto line = std::count(text.cbegin(), text.cbegin() + position, QChar('\n'));
  const qsizetype begin = position == 0 ? 0 : text.lastIndexOf('\n', position - 1) + 1;
  const char* at = bytes.constData();
  const char* end = at + bytes.size();
  for (std::ptrdiff_t i = 0; i < line && at < end; ++i) {
    at = std::find(at, end, '\n');
    if (at < end) ++at;
  }
  const char* lineEnd = std::find(at, end, '\n');
  const QByteArrayView content(at, lineEnd - at);
  return (at - bytes.constData()) + bytesOf(content, position - static_cast<int>(begin));
}

void JsonEditor::synchronise() {
  if (!stale_) return;
  stale_ = false;
  const int scroll = verticalScrollBar()->value();
  const qsizetype offset = 0;
  taking_ = true;
  mirror_ = plain(document_.text());
  setPlainText(mirror_);
  taking_ = false;
  goToOffset(offset);
  verticalScrollBar()->setValue(scroll);
  markProblems();
  updateLit();
}

void JsonEditor::documentSpliced(const std::vector<Splice>& splices) {
  if (writing_) return;
  if (splices.empty()) {
    // Another file.
    stale_ = true;
    litBegin_ = -1;
    if (isVisible()) synchronise();
    return;
  }
  if (stale_) return;
  if (!isVisible()) {
    stale_ = true;
    return;
  }
  const QString now = plain(document_.text());
  // The part that differs, as the editor counts.
  const qsizetype least = std::min(mirror_.size(), now.size());
  qsizetype head = 0;
  while (head < least && mirror_[head] == now[head]) ++head;
  qsizetype tail = 0;
  while (tail < least - head && mirror_[mirror_.size() - 1 - tail] == now[now.size() - 1 - tail]) {
    ++tail;
  }
  taking_ = true;
  QTextCursor cursor(QPlainTextEdit::document());
  cursor.setPosition(static_cast<int>(head));
  cursor.setPosition(static_cast<int>(mirror_.size() - tail), QTextCursor::KeepAnchor);
  cursor.insertText(now.mid(head, now.size() - tail - head));
  taking_ = false;
  mirror_ = now;
  // Undoing what was typed here: the cursor goes where that was.
  if (hasFocus()) {
    QTextCursor place = textCursor();
    place.setPosition(static_cast<int>(now.size() - tail));
    setTextCursor(place);
  }
  updateLit();
}

// To the document.

void JsonEditor::edited() {
  if (taking_ || stale_) return;
  const QString now = toPlainText();
  if (now == mirror_) return;
  const qsizetype least = std::min(mirror_.size(), now.size());
  qsizetype head = 0;
  while (head < least && mirror_[head] == now[head]) ++head;
  qsizetype tail = 0;
  while (tail < least - head && mirror_[mirror_.size() - 1 - tail] == now[now.size() - 1 - tail]) {
    ++tail;
  }
  // Never between the halves of one character.
  const auto isLow = [](QChar c) { return c.isLowSurrogate(); };
  if (head > 0 && ((head < now.size() && isLow(now[head])) ||
                   (head < mirror_.size() && isLow(mirror_[head])))) {
    --head;
  }
  if (tail > 0 && (isLow(now[now.size() - tail]) || isLow(mirror_[mirror_.size() - tail]))) --tail;
  const qsizetype begin = offsetOf(mirror_, static_cast<int>(head));
  const qsizetype end = offsetOf(mirror_, static_cast<int>(mirror_.size() - tail));
  QString inserted = now.mid(head, now.size() - tail - head);
  if (document_.text().contains("\r\n")) inserted.replace('\n', QStringLiteral("\r\n"));
  mirror_ = now;
  writing_ = true;
  document_.replaceText(begin, end, inserted.toUtf8(), tr("Typing"), QStringLiteral("source"));
  writing_ = false;
  updateLit();
}

// Places.

void JsonEditor::goToOffset(qsizetype offset) {
  synchronise();
  QTextCursor cursor = textCursor();
  cursor.setPosition(positionOf(offset));
  setTextCursor(cursor);
  ensureCursorVisible();
}

void JsonEditor::goToLine(int line, int column) {
  synchronise();
  const QTextBlock block = QPlainTextEdit::document()->findBlockByNumber(std::max(0, line - 1));
  if (!block.isValid()) return;
  QTextCursor cursor(block);
  cursor.setPosition(block.position() + std::clamp(column - 1, 0, block.length() - 1));
  setTextCursor(cursor);
  centerCursor();
}

qsizetype JsonEditor::cursorOffset() const {
  return stale_ ? 0
                : offsetOf(mirror_, std::min<int>(textCursor().position(),
                                                  static_cast<int>(mirror_.size())));
}

void JsonEditor::setLitRange(qsizetype begin, qsizetype end) {
  litBegin_ = begin;
  litEnd_ = end;
  updateLit();
}

void JsonEditor::clearLitRange() { setLitRange(-1, -1); }

void JsonEditor::updateLit() {
  int first = -1;
  int last = -1;
  if (litBegin_ >= 0 && !stale_) {
    first = QPlainTextEdit::document()->findBlock(positionOf(litBegin_)).blockNumber();
    last = QPlainTextEdit::document()->findBlock(positionOf(litEnd_)).blockNumber();
  }
  if (first == litFirst_ && last == litLast_) return;
  litFirst_ = first;
  litLast_ = last;
  viewport()->update();
  numbers_->update();
}

// Marks.

void JsonEditor::markProblems() {
  if (stale_) return;
  shown_ = document_.problems();
  problemMarks_.clear();
  QTextCharFormat format;
  format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
  format.setUnderlineColor(Theme::instance().bad());
  int count = 0;
  for (const LocatedProblem& problem : shown_) {
    if (problem.line <= 0 || count++ > problemsShownMax) continue;
    const QTextBlock block = QPlainTextEdit::document()->findBlockByNumber(problem.line - 1);
    if (!block.isValid()) continue;
    const QString line = block.text();
    int begin = std::clamp(problem.column - 1, 0, static_cast<int>(line.size()));
    int end = begin;
    // A name or a text as a whole, else a word.
    if (begin < line.size() && line[begin] == '"') {
      end = static_cast<int>(line.indexOf('"', begin + 1));
      end = end < 0 ? static_cast<int>(line.size()) : end + 1;
    } else {
      while (end < line.size() && !line[end].isSpace() && line[end] != ',' && line[end] != '}' &&
             line[end] != ']') {
        ++end;
      }
    }
    if (end == begin) {
      begin = std::max(0, begin - 1);
      end = std::min<int>(begin + 1, static_cast<int>(line.size()));
    }
    QTextEdit::ExtraSelection mark;
    mark.format = format;
    mark.cursor = QTextCursor(block);
    mark.cursor.setPosition(block.position() + begin);
    mark.cursor.setPosition(block.position() + end, QTextCursor::KeepAnchor);
    problemMarks_ << mark;
  }
  applyMarks();
  numbers_->update();
}

void JsonEditor::markBrackets() {
  bracketMarks_.clear();
  const int position = textCursor().position();
  for (const int at : {position, position - 1}) {
    if (at < 0) continue;
    const int match = matchingBracket(*QPlainTextEdit::document(), at);
    if (match < 0) continue;
    QTextCharFormat format;
    QColor ground = Theme::instance().accent();
    ground.setAlpha(60);
    format.setBackground(ground);
    format.setFontWeight(QFont::Bold);
    for (const int place : {at, match}) {
      QTextEdit::ExtraSelection mark;
      mark.format = format;
      mark.cursor = QTextCursor(QPlainTextEdit::document());
      mark.cursor.setPosition(place);
      mark.cursor.setPosition(place + 1, QTextCursor::KeepAnchor);
      bracketMarks_ << mark;
    }
    break;
  }
  applyMarks();
}

void JsonEditor::applyMarks() { setExtraSelections(problemMarks_ + bracketMarks_); }

int JsonEditor::numberAreaWidth() const {
  const int digits = std::max(3, static_cast<int>(QString::number(blockCount()).size()));
  return fontMetrics().horizontalAdvance('9') * digits + 26;
}

void JsonEditor::paintNumbers(QPaintEvent* event) {
  const Theme& theme = Theme::instance();
  QPainter painter(numbers_);
  painter.fillRect(event->rect(), theme.surface());
  painter.setFont(font());
  const int current = textCursor().blockNumber();
  QTextBlock block = firstVisibleBlock();
  qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
  while (block.isValid() && top <= event->rect().bottom()) {
    const qreal height = blockBoundingRect(block).height();
    const int number = block.blockNumber();
    if (block.isVisible() && top + height >= event->rect().top()) {
      if (number >= litFirst_ && number <= litLast_ && litFirst_ >= 0) {
        painter.fillRect(QRectF(numbers_->width() - 4, top, 3, height), theme.accent());
      }
      const bool wrong = std::any_of(shown_.begin(), shown_.end(), [&](const auto& problem) {
        return problem.line == number + 1;
      });
      if (wrong) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.bad());
        painter.drawEllipse(QPointF(9, top + height / 2), 4, 4);
      }
      painter.setPen(wrong ? theme.bad() : number == current ? theme.text() : theme.mutedText());
      painter.drawText(QRectF(0, top, numbers_->width() - 9, height),
                       Qt::AlignRight | Qt::AlignVCenter, QString::number(number + 1));
    }
    top += height;
    block = block.next();
  }
  painter.setPen(theme.border());
  painter.drawLine(numbers_->width() - 1, event->rect().top(), numbers_->width() - 1,
                   event->rect().bottom());
}

void JsonEditor::paintEvent(QPaintEvent* event) {
  {
    QPainter painter(viewport());
    QColor lit = Theme::instance().accent();
    lit.setAlpha(18);
    QColor line = Theme::instance().text();
    line.setAlpha(12);
    const int current = textCursor().blockNumber();
    QTextBlock block = firstVisibleBlock();
    qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= event->rect().bottom()) {
      const qreal height = blockBoundingRect(block).height();
      const int number = block.blockNumber();
      const QRectF row(0, top, viewport()->width(), height);
      if (litFirst_ >= 0 && number >= litFirst_ && number <= litLast_) painter.fillRect(row, lit);
      if (number == current && hasFocus()) painter.fillRect(row, line);
      top += height;
      block = block.next();
    }
  }
  QPlainTextEdit::paintEvent(event);
}

void JsonEditor::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  const QRect inside = contentsRect();
  numbers_->setGeometry(inside.left(), inside.top(), numberAreaWidth(), inside.height());
}

void JsonEditor::showEvent(QShowEvent* event) {
  synchronise();
  QPlainTextEdit::showEvent(event);
}

void JsonEditor::focusInEvent(QFocusEvent* event) {
  synchronise();
  QPlainTextEdit::focusInEvent(event);
}

bool JsonEditor::event(QEvent* event) {
  // Undoing is the document's: the window's actions get the keys.
  if (event->type() == QEvent::ShortcutOverride) {
    auto* key = static_cast<QKeyEvent*>(event);
    if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
      event->ignore();
      return true;
    }
  }
  return QPlainTextEdit::event(event);
}

bool JsonEditor::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int line = cursorForPosition(help->pos()).blockNumber() + 1;
    QStringList texts;
    for (const LocatedProblem& problem : shown_) {
      if (problem.line != line) continue;
      QString text = shownSentence(problem.message);
      if (!problem.path.isEmpty()) text.prepend(problem.path + QStringLiteral(": "));
      if (!problem.hint.isEmpty()) text += QStringLiteral("\n") + shownSentence(problem.hint);
      texts << text;
    }
    if (texts.isEmpty())
      QToolTip::hideText();
    else
      QToolTip::showText(help->globalPos(), texts.join(QStringLiteral("\n\n")), this);
    return true;
  }
  return QPlainTextEdit::viewportEvent(event);
}

void JsonEditor::keyPressEvent(QKeyEvent* event) {
  if (completer_->popup()->isVisible()) {
    switch (event->key()) {
      case Qt::Key_Enter:
      case Qt::Key_Return:
      case Qt::Key_Escape:
      case Qt::Key_Tab:
      case Qt::Key_Backtab:
        event->ignore();  // The completer's.
        return;
      default:
        break;
    }
  }
  if (event->matches(QKeySequence::Undo)) {
    document_.undoStack().undo();
    return;
  }
  if (event->matches(QKeySequence::Redo)) {
    document_.undoStack().redo();
    return;
  }
  if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier) {
    complete(true);
    return;
  }
  if (event->key() == Qt::Key_Tab && event->modifiers() == Qt::NoModifier) {
    if (textCursor().hasSelection())
      indentLines(false);
    else
      insertPlainText(QStringLiteral("  "));
    return;
  }
  if (event->key() == Qt::Key_Backtab) {
    indentLines(true);
    return;
  }
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
      !(event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier))) {
    // The new line begins as the last one did, one step deeper behind an opening bracket.
    QTextCursor cursor = textCursor();
    const QString before = cursor.block().text().left(cursor.positionInBlock());
    const QString behind = cursor.block().text().mid(cursor.positionInBlock());
    qsizetype blanks = 0;
    while (blanks < before.size() && (before[blanks] == ' ' || before[blanks] == '\t')) ++blanks;
    const QString prefix = before.left(blanks);
    const QString trimmed = before.trimmed();
    const bool opens = trimmed.endsWith('{') || trimmed.endsWith('[');
    const QString rest = behind.trimmed();
    const bool closes = opens && (rest.startsWith('}') || rest.startsWith(']'));
    cursor.beginEditBlock();
    cursor.insertText(QStringLiteral("\n") + prefix + (opens ? QStringLiteral("  ") : QString()));
    const int place = cursor.position();
    if (closes) cursor.insertText(QStringLiteral("\n") + prefix);
    cursor.endEditBlock();
    cursor.setPosition(place);
    setTextCursor(cursor);
    ensureCursorVisible();
    return;
  }
  QPlainTextEdit::keyPressEvent(event);
  const QString typed = event->text();
  if (typed == QLatin1String("\"") || completer_->popup()->isVisible()) complete(false);
}

void JsonEditor::indentLines(bool out) {
  QTextCursor cursor = textCursor();
  const QTextBlock last = QPlainTextEdit::document()->findBlock(cursor.selectionEnd());
  QTextBlock block = QPlainTextEdit::document()->findBlock(cursor.selectionStart());
  cursor.beginEditBlock();
  while (block.isValid()) {
    QTextCursor line(block);
    if (!out) {
      line.insertText(QStringLiteral("  "));
    } else {
      for (int i = 0; i < 2 && QPlainTextEdit::document()->characterAt(block.position()) == ' ';
           ++i) {
        line.deleteChar();
      }
    }
    if (block == last) break;
    block = block.next();
  }
  cursor.endEditBlock();
}

// Completion.

void JsonEditor::complete(bool asked) {
  const int position = textCursor().position();
  const Completions found = completionsAt(toPlainText().left(position), document_.json());
  if (found.words.isEmpty() || (!asked && !found.inQuotes)) {
    completer_->popup()->hide();
    return;
  }
  words_->setStringList(found.words);
  completer_->setCompletionPrefix(found.prefix);
  if (completer_->completionCount() == 0 ||
      (completer_->completionCount() == 1 && completer_->currentCompletion() == found.prefix)) {
    completer_->popup()->hide();
    return;
  }
  completer_->popup()->setCurrentIndex(completer_->completionModel()->index(0, 0));
  QRect place = cursorRect();
  place.translate(numberAreaWidth(), 0);
  place.setWidth(completer_->popup()->sizeHintForColumn(0) +
                 completer_->popup()->verticalScrollBar()->sizeHint().width() + 12);
  completer_->complete(place);
}

void JsonEditor::insertCompletion(const QString& word) {
  QTextCursor cursor = textCursor();
  const Completions found = completionsAt(toPlainText().left(cursor.position()), document_.json());
  cursor.beginEditBlock();
  for (qsizetype i = 0; i < found.prefix.size(); ++i) cursor.deletePreviousChar();
  QString text = word;
  const QString behind = cursor.block().text().mid(cursor.positionInBlock());
  if (!found.inQuotes) text.prepend('"');
  const bool closed = found.inQuotes && behind.startsWith('"');
  if (!closed) text += '"';
  cursor.insertText(text);
  if (found.isKey && !closed) cursor.insertText(QStringLiteral(": "));
  cursor.endEditBlock();
  setTextCursor(cursor);
}

}  // namespace faultline::gui
