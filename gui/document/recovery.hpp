/// What is left of unsaved work when the program ends before it was saved: a file beside the
/// others of the program, written a few seconds after a change and removed at a clean end.
#pragma once

#include <memory>
#include <QByteArray>
#include <QDateTime>
#include <QLockFile>
#include <QObject>
#include <QString>
#include <QTimer>
#include <vector>

namespace faultline::gui {

/// Unsaved work that was found.
struct RecoveredWork {
  QString id;        ///< For discardRecovery().
  QString fileName;  ///< Of the scenario; empty: it had none yet.
  QString title;
  QDateTime time;  ///< When it was written.
  QByteArray text;
};

/// The unsaved work of programs that are no more, newest first.
std::vector<RecoveredWork> recoverableWork();
void discardRecovery(const QString& id);
/// Where the files are.
QString recoveryDirectory();

/// Keeps the work of one document.
class Recovery : public QObject {
  Q_OBJECT
 public:
  /// How long after the first change that is not kept it is written; a setting of the program, from
  /// 2000 to 10000.
  static inline int delayMilliseconds = 4000;

  explicit Recovery(QObject* parent = nullptr);
  ~Recovery() override;  ///< A clean end: the file goes.
  void setEnabled(bool enabled);
  bool isEnabled() const { return enabled_; }
  /// The work changed, and is or is not to be kept.
  void changed(bool unsaved);
  void writeNow();

 Q_SIGNALS:
  void wanted();  ///< Give the work by keep().

 public:
  void keep(const QString& fileName, const QString& title, const QByteArray& text);

 private:
  void remove();
  bool enabled_ = false;
  QString id_;
  std::unique_ptr<QLockFile> lock_;
  QTimer timer_;
};

}  // namespace faultline::gui
