/// The scenarios that were opened or saved last, newest first, kept in the settings.
#pragma once

#include <QString>
#include <QStringList>

namespace faultline::gui {

inline constexpr int recentFilesMax = 12;
QStringList recentFiles();  ///< Those that still exist.
void addRecentFile(const QString& fileName);
void clearRecentFiles();

}  // namespace faultline::gui
