/// The text of one value of the scenario, to be read and changed where it stands.
#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace faultline::gui {

class Document;

class NodeJson : public QWidget {
  Q_OBJECT
 public:
  explicit NodeJson(Document& document, QWidget* parent = nullptr);
  /// Of the value at `path`; empty: nothing.
  void setPath(const QString& path);
  QPlainTextEdit* editor() const { return editor_; }

 private:
  void take();
  void typed();
  Document& document_;
  QString path_;
  QPlainTextEdit* editor_;
  QLabel* error_;
  bool taking_ = false;
  bool writing_ = false;
};

}  // namespace faultline::gui
