#include "gui/inspector/node_json.hpp"

#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "gui/document/document.hpp"
#include "gui/document/json_text.hpp"
#include "gui/shell/theme.hpp"
#include "gui/source/json_highlighter.hpp"

namespace faultline::gui {

NodeJson::NodeJson(Document& document, QWidget* parent)
    : QWidget(parent),
      document_(document),
      editor_(new QPlainTextEdit(this)),
      error_(new QLabel(this)) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 4, 0, 0);
  rows->addWidget(editor_, 1);
  rows->addWidget(error_);
  error_->setWordWrap(true);
  error_->hide();
  editor_->setUndoRedoEnabled(false);
  editor_->setLineWrapMode(QPlainTextEdit::WidgetWidth);
  editor_->setFont(Theme::instance().monospace());
  editor_->setAccessibleName(tr("Text of the node"));
  auto* highlighter = new JsonHighlighter(editor_->document());
  connect(&Theme::instance(), &Theme::changed, this, [this, highlighter] {
    editor_->setFont(Theme::instance().monospace());
    taking_ = true;
    highlighter->setColours();
    highlighter->rehighlight();
    taking_ = false;
  });
  connect(editor_, &QPlainTextEdit::textChanged, this, &NodeJson::typed);
  connect(&document_, &Document::textChanged, this, &NodeJson::take);
  setFocusProxy(editor_);
}

void NodeJson::setPath(const QString& path) {
  path_ = path;
  take();
}

void NodeJson::take() {
  if (writing_ || !document_.isJson()) return;
  const auto range = path_.isEmpty() ? std::nullopt : document_.rangeOf(path_);
  QString text =
      range ? QString::fromUtf8(document_.text().mid(range->begin, range->end - range->begin))
            : QString();
  text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
  editor_->setEnabled(range.has_value());
  if (editor_->toPlainText() == text) return;
  taking_ = true;
  const int position = editor_->textCursor().position();
  editor_->setPlainText(text);
  QTextCursor cursor = editor_->textCursor();
  cursor.setPosition(std::min(position, editor_->document()->characterCount() - 1));
  editor_->setTextCursor(cursor);
  error_->hide();
  taking_ = false;
}

void NodeJson::typed() {
  if (taking_) return;
  QByteArray text = editor_->toPlainText().toUtf8();
  const bool right = JsonText::scan(text).has_value();
  error_->setVisible(!right);
  error_->setText(tr("This is no JSON yet; it is taken over as soon as it is."));
  error_->setStyleSheet(QStringLiteral("color: %1").arg(Theme::instance().bad().name()));
  if (!right) return;
  const auto range = document_.rangeOf(path_);
  if (!range) return;
  if (document_.text().contains("\r\n")) text.replace("\n", "\r\n");
  writing_ = true;
  document_.replaceText(range->begin, range->end, text, tr("Typing"),
                        QStringLiteral("node json ") + path_);
  writing_ = false;
}

}  // namespace faultline::gui
