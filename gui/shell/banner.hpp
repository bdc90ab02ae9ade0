/// A line above the canvas that says what a person should know and offers what to do about it: the
/// design has changed since the run, the run could not go on.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace faultline::gui {

class Banner : public QFrame {
  Q_OBJECT
 public:
  enum class Tone { note, warning, error };
  explicit Banner(QWidget* parent = nullptr);

  /// Shows it; without `action` there is no button, with `other` there are two.
  void say(Tone tone, const QString& text, const QString& action = {}, const QString& other = {});
  void dismiss();
  QString text() const;

 Q_SIGNALS:
  void actionChosen();
  void otherChosen();
  void dismissed();  ///< By hand.

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void paint();
  Tone tone_ = Tone::note;
  QLabel* icon_;
  QLabel* label_;
  QPushButton* button_;
  QPushButton* other_;
  QToolButton* close_;
};

}  // namespace faultline::gui
