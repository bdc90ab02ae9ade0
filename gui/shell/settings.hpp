/// What a person has chosen about the program, kept between its runs (QSettings).
#pragma once

#include <QString>
#include <QStringList>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace settings {

QString language();  ///< "en", "ru", or "system".
void setLanguage(const QString& language);
Theme::Mode theme();
void setTheme(Theme::Mode mode);
/// How often an edited scenario is put aside against a crash, seconds: 2 to 10.
int autosaveSeconds();
void setAutosaveSeconds(int seconds);
bool showDots();  ///< Dots on the wires while a run goes on.
void setShowDots(bool on);
bool showMinimap();
void setShowMinimap(bool on);
bool snapToGrid();
void setSnapToGrid(bool on);
/// Virtual seconds in a second at the start of a window; 0: as fast as possible.
double speed();
void setSpeed(double factor);
bool tourSeen();
void setTourSeen(bool seen);
bool galleryAtStart();  ///< The gallery of templates when the program starts without a file.
void setGalleryAtStart(bool on);

}  // namespace settings

}  // namespace faultline::gui
