#include "gui/document/file_watch.hpp"

#include <QFile>
#include <QFileInfo>

namespace faultline::gui {
namespace {

constexpr int settleTime = 150;
constexpr qint64 sizeMax = qint64{64} << 20;  ///< Of a file that is read at all.

}  // namespace

FileWatch::FileWatch(QObject* parent) : QObject(parent) {
  timer_.setSingleShot(true);
  timer_.setInterval(settleTime);
  const auto soon = [this] { timer_.start(); };
  connect(&watcher_, &QFileSystemWatcher::fileChanged, this, soon);
  // A file that is replaced by another of its name is the folder's to tell.
  connect(&watcher_, &QFileSystemWatcher::directoryChanged, this, soon);
  connect(&timer_, &QTimer::timeout, this, &FileWatch::look);
}

void FileWatch::follow(const QString& fileName, const QByteArray& known) {
  known_ = known;
  if (fileName != file_name_) {
    const QStringList before = watcher_.files() + watcher_.directories();
    if (!before.isEmpty()) watcher_.removePaths(before);
    file_name_ = fileName;
    if (!file_name_.isEmpty()) watcher_.addPath(QFileInfo(file_name_).path());
  }
  look();
}

void FileWatch::accept() {
  if (!found_) return;
  known_ = *found_;
  found_.reset();
  Q_EMIT changed();
}

void FileWatch::look() {
  std::optional<QByteArray> now;
  if (QFile file(file_name_);
      !file_name_.isEmpty() && file.size() <= sizeMax && file.open(QIODevice::ReadOnly)) {
    // The watcher forgets a file that was replaced.
    if (!watcher_.files().contains(file_name_)) watcher_.addPath(file_name_);
    QByteArray bytes = file.readAll();
    if (file.error() == QFileDevice::NoError && bytes != known_) now = std::move(bytes);
  }
  if (now == found_) return;
  found_ = std::move(now);
  Q_EMIT changed();
}

}  // namespace faultline::gui
