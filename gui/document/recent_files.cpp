#include "gui/document/recent_files.hpp"

#include <QFileInfo>
#include <QSettings>

namespace faultline::gui {
namespace {
const QString key = QStringLiteral("document/recent");
}

QStringList recentFiles() {
  QStringList existing;
  for (const QString& file : QSettings().value(key).toStringList()) {
    if (QFileInfo::exists(file)) existing << file;
  }
  return existing;
}

void addRecentFile(const QString& fileName) {
  QSettings settings;
  QStringList files = settings.value(key).toStringList();
  const QString path = QFileInfo(fileName).absoluteFilePath();
  files.removeAll(path);
  files.prepend(path);
  settings.setValue(key, files.mid(0, recentFilesMax));
}

void clearRecentFiles() { QSettings().remove(key); }

}  // namespace faultline::gui
