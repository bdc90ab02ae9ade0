/// Notices when another program writes the file of a document. What counts is what the file holds,
/// not its time: a file that was written as it was has not changed.
#pragma once

#include <optional>
#include <QByteArray>
#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QTimer>

namespace faultline::gui {

class FileWatch : public QObject {
  Q_OBJECT
 public:
  explicit FileWatch(QObject* parent = nullptr);

  /// From now on the file is this one, of which `known` is known; empty: none.
  void follow(const QString& fileName, const QByteArray& known);
  /// What the file holds now counts as known.
  void accept();
  /// Looks at once, rather than when the system tells: not every file system does.
  void look();
  /// What the file holds, if that is not what is known. A file that is gone or cannot be read holds
  /// nothing new.
  const std::optional<QByteArray>& found() const { return found_; }

 Q_SIGNALS:
  void changed();  ///< found() is another than before.

 private:
  QFileSystemWatcher watcher_;
  QTimer timer_;  ///< A program may write a file in several pieces.
  QString file_name_;
  QByteArray known_;
  std::optional<QByteArray> found_;
};

}  // namespace faultline::gui
