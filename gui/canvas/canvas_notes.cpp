// Notes on the canvas: written in place.
#include <nlohmann/json.hpp>
#include <QKeyEvent>
#include <QPlainTextEdit>

#include "gui/canvas/canvas_private.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

/// Ends at Escape and Ctrl+Enter, and when the focus leaves it.
class NoteEditor final : public QPlainTextEdit {
 public:
  NoteEditor(QWidget* parent, std::function<void()> done)
      : QPlainTextEdit(parent), done_(std::move(done)) {}

 protected:
  void keyPressEvent(QKeyEvent* event) override {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape || (enter && event->modifiers() & Qt::ControlModifier)) {
      done_();
      return;
    }
    QPlainTextEdit::keyPressEvent(event);
  }
  void focusOutEvent(QFocusEvent* event) override {
    QPlainTextEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) done_();
  }

 private:
  std::function<void()> done_;
};

}  // namespace

void CanvasView::Private::editNote(int note) {
  commitNote();
  if (note < 0 || note >= static_cast<int>(scene.notes().size())) return;
  const SceneNote& shown = scene.notes()[static_cast<std::size_t>(note)];
  reveal(shown.rect);
  editedNote = note;
  // The text is committed a moment later, when the event that ends it is over.
  noteEditor = new NoteEditor(&view, [this] { commitNote(); });
  noteEditor->setObjectName(QStringLiteral("noteEditor"));
  noteEditor->setAccessibleName(CanvasView::tr("Text of the note"));
  noteEditor->setFrameShape(QFrame::NoFrame);
  noteEditor->setTabChangesFocus(true);
  QFont font = Theme::instance().font();
  font.setPixelSize(std::max(9, static_cast<int>(11 * zoom)));
  noteEditor->setFont(font);
  noteEditor->setPlainText(shown.text);
  noteEditor->selectAll();
  const QRectF rect(view.toView(shown.rect.topLeft()), view.toView(shown.rect.bottomRight()));
  noteEditor->setGeometry(rect.toAlignedRect().adjusted(3, 2, -3, -2));
  noteEditor->show();
  noteEditor->setFocus();
  invalidate();
}

void CanvasView::Private::commitNote() {
  if (noteEditor == nullptr) return;
  QPlainTextEdit* editor = noteEditor;
  const int note = editedNote;
  noteEditor = nullptr;
  editedNote = -1;
  const QString text = editor->toPlainText();
  const bool focused = editor->hasFocus();
  editor->hide();
  editor->deleteLater();
  if (focused) view.setFocus();
  std::vector<DesignNote> notes = document.design().notes;
  if (note >= 0 && note < static_cast<int>(notes.size()) &&
      notes[static_cast<std::size_t>(note)].text != text) {
    notes[static_cast<std::size_t>(note)].text = text;
    document.setNotes(notes, CanvasView::tr("Edit note"));
  }
  invalidate();
}

void CanvasView::Private::setNoteRect(int note, const QRectF& rect, const QString& name) {
  std::vector<DesignNote> notes = document.design().notes;
  if (note < 0 || note >= static_cast<int>(notes.size())) return;
  if (notes[static_cast<std::size_t>(note)].rect == rect) return;
  notes[static_cast<std::size_t>(note)].rect = rect;
  document.setNotes(notes, name);
}

}  // namespace faultline::gui
