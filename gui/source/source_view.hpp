/// The scenario's text, kept in step with everything else: typing edits the document, edits made
/// elsewhere move the text under the cursor.
#pragma once

#include <QWidget>

class QLabel;

namespace faultline::gui {

class Document;
class JsonEditor;

class SourceView : public QWidget {
  Q_OBJECT
 public:
  explicit SourceView(Document& document, QWidget* parent = nullptr);
  JsonEditor* editor() const { return editor_; }

  /// Puts the cursor to a line (from 1) or to the value at a path, and shows it.
  void goToLine(int line, int column = 1);
  bool goToPath(const QString& path);
  /// Lights up the entry of this node; empty: none.
  void setCurrentNode(const QString& name);

 Q_SIGNALS:
  /// The cursor went into the entry of a node; empty: out of all.
  void currentNodeChanged(const QString& name);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void cursorMoved();
  Document& document_;
  JsonEditor* editor_;
  QLabel* place_;
  QString node_;
};

}  // namespace faultline::gui
