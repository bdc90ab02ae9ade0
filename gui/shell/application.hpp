/// The program `faultline-gui`: its command line, its settings, its language, and the first window.
#pragma once

#include <QApplication>

namespace faultline::gui {

/// The application, which outlives a mistake in a slot: an exception that reaches the event loop is
/// told to the person, and the windows stay.
class Application : public QApplication {
  Q_OBJECT
 public:
  Application(int& count, char** arguments);
  bool notify(QObject* receiver, QEvent* event) override;

  /// What was told last of such a mistake; for tests.
  QString lastError() const { return last_error_; }

 private:
  void tell(const QString& what);
  QString last_error_;
  bool telling_ = false;
};

/// Gives the exit status.
int runApplication(int count, char** arguments);

}  // namespace faultline::gui
