/// A text editor bound to a document's text: line numbers, problems underlined with their message
/// on hover, matching brackets, the present node lit up, completion of keys and values.
#pragma once

#include <QPlainTextEdit>

#include "gui/document/document.hpp"

class QCompleter;
class QStringListModel;

namespace faultline::gui {

class JsonHighlighter;

class JsonEditor : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit JsonEditor(Document& document, QWidget* parent = nullptr);

  void goToOffset(qsizetype offset);
  /// Selects nothing; the cursor stands at the line and column, counted from 1.
  void goToLine(int line, int column);
  /// The bytes of the text whose lines are lit up; the whole from `begin` to `end`.
  void setLitRange(qsizetype begin, qsizetype end);
  void clearLitRange();
  qsizetype cursorOffset() const;  ///< Of the cursor, in bytes of the document's text.
  int numberAreaWidth() const;
  void paintNumbers(QPaintEvent* event);
  /// Takes the document's text now rather than when it is shown.
  void synchronise();

 protected:
  bool event(QEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;

 private:
  void edited();
  void documentSpliced(const std::vector<Splice>& splices);
  void markProblems();
  void markBrackets();
  void applyMarks();
  void applyColours();
  void updateLit();
  int positionOf(qsizetype offset) const;
  qsizetype offsetOf(const QString& text, int position) const;
  void complete(bool asked);
  void insertCompletion(const QString& word);
  void indentLines(bool out);

  Document& document_;
  JsonHighlighter* highlighter_;
  QWidget* numbers_;
  QCompleter* completer_;
  QStringListModel* words_;
  QString mirror_;  ///< The editor's text as the document has it.
  bool stale_ = true;
  bool writing_ = false;  ///< The document is being told; what comes back is known.
  bool taking_ = false;   ///< The document's text is being taken over.
  std::vector<LocatedProblem> shown_;
  QList<QTextEdit::ExtraSelection> problemMarks_;
  QList<QTextEdit::ExtraSelection> bracketMarks_;
  qsizetype litBegin_ = -1;
  qsizetype litEnd_ = -1;
  int litFirst_ = -1;  ///< Blocks.
  int litLast_ = -1;
};

}  // namespace faultline::gui
