/// Colours JSON with comments, and notes where its brackets are.
#pragma once

#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <vector>

namespace faultline::gui {

/// The brackets of one line, outside of texts and comments.
class LineBrackets : public QTextBlockUserData {
 public:
  struct Bracket {
    QChar character;
    int column = 0;
  };
  std::vector<Bracket> brackets;
  static const LineBrackets* of(const QTextBlock& block) {
    return static_cast<const LineBrackets*>(block.userData());
  }
};

/// The bracket that belongs to the one at `position` of the document, or -1.
int matchingBracket(const QTextDocument& document, int position);

class JsonHighlighter : public QSyntaxHighlighter {
  Q_OBJECT
 public:
  explicit JsonHighlighter(QTextDocument* document);
  void setColours();

 protected:
  void highlightBlock(const QString& text) override;

 private:
  QTextCharFormat key_;
  QTextCharFormat string_;
  QTextCharFormat number_;
  QTextCharFormat word_;
  QTextCharFormat comment_;
  QTextCharFormat wrong_;
};

}  // namespace faultline::gui
