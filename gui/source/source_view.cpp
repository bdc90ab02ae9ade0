#include "gui/source/source_view.hpp"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "gui/document/document.hpp"
#include "gui/shell/theme.hpp"
#include "gui/source/json_editor.hpp"
#include "sim/param/json_path.hpp"

namespace faultline::gui {

SourceView::SourceView(Document& document, QWidget* parent)
    : QWidget(parent),
      document_(document),
      editor_(new JsonEditor(document, this)),
      place_(new QLabel(this)) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(0);
  rows->addWidget(editor_, 1);
  rows->addWidget(place_);
  place_->setContentsMargins(8, 2, 8, 3);
  place_->setFont(Theme::instance().smallFont());
  place_->setForegroundRole(QPalette::PlaceholderText);
  place_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  setFocusProxy(editor_);
  connect(editor_, &QPlainTextEdit::cursorPositionChanged, this, &SourceView::cursorMoved);
  connect(&document_, &Document::textChanged, this, [this] {
    setCurrentNode(node_);
    cursorMoved();
  });
  connect(&Theme::instance(), &Theme::changed, this,
          [this] { place_->setFont(Theme::instance().smallFont()); });
  QEvent language(QEvent::LanguageChange);
  changeEvent(&language);
}

void SourceView::goToLine(int line, int column) {
  editor_->goToLine(line, column);
  editor_->setFocus();
}

bool SourceView::goToPath(const QString& path) {
  // As far along the way as it is there.
  auto steps = sim::parse_path(path.toStdString());
  while (steps && !steps->empty()) {
    const QString part = QString::fromStdString(sim::to_path(*steps).text());
    if (const auto range = document_.memberRangeOf(part)) {
      editor_->goToOffset(range->begin);
      editor_->centerCursor();
      editor_->setFocus();
      return true;
    }
    steps->pop_back();
  }
  return false;
}

void SourceView::setCurrentNode(const QString& name) {
  node_ = name;
  const auto range = name.isEmpty() ? std::nullopt
                                    : document_.memberRangeOf(QString::fromStdString(
                                          (sim::Path() / "nodes" / name.toStdString()).text()));
  if (range)
    editor_->setLitRange(range->begin, range->end);
  else
    editor_->clearLitRange();
}

void SourceView::cursorMoved() {
  if (!isVisible()) return;
  const QString path = document_.pathAt(editor_->cursorOffset());
  const QTextCursor cursor = editor_->textCursor();
  const QString where =
      tr("Line %1, column %2").arg(cursor.blockNumber() + 1).arg(cursor.positionInBlock() + 1);
  place_->setText(path.isEmpty() ? where : where + QStringLiteral("   ") + path);
  if (!document_.isJson()) {
    place_->setText(where + QStringLiteral("   ") + tr("not JSON at the moment"));
    return;
  }
  const auto steps = sim::parse_path(path.toStdString());
  QString node;
  if (steps && steps->size() > 1 && (*steps)[0].key == "nodes" && !(*steps)[1].index) {
    node = QString::fromStdString((*steps)[1].key);
  }
  // Only who works here moves the selection.
  if (!editor_->hasFocus() || node == node_) return;
  setCurrentNode(node);
  Q_EMIT currentNodeChanged(node);
}

void SourceView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) {
    editor_->setAccessibleName(tr("Text of the scenario"));
    cursorMoved();
  }
  QWidget::changeEvent(event);
}

}  // namespace faultline::gui
