#include "gui/shell/settings.hpp"

#include <algorithm>
#include <QMetaEnum>
#include <QSettings>

#include "gui/document/recovery.hpp"

namespace faultline::gui::settings {

namespace {

template <typename Value>
Value read(const char* key, const Value& otherwise) {
  return QSettings()
      .value(QLatin1String(key), QVariant::fromValue(otherwise))
      .template value<Value>();
}

template <typename Value>
void write(const char* key, const Value& value) {
  QSettings().setValue(QLatin1String(key), QVariant::fromValue(value));
}

}  // namespace

QString language() {
  const QString chosen = read<QString>("language", QStringLiteral("system"));
  const bool known = chosen == QLatin1String("en") || chosen == QLatin1String("ru");
  return known ? chosen : QStringLiteral("system");
}
void setLanguage(const QString& language) { write("language", language); }

Theme::Mode theme() {
  const QString chosen = read<QString>("theme", QStringLiteral("system"));
  if (chosen == QLatin1String("light")) return Theme::Mode::light;
  if (chosen == QLatin1String("dark")) return Theme::Mode::dark;
  return Theme::Mode::system;
}
void setTheme(Theme::Mode mode) {
  write("theme", QString::fromLatin1(QMetaEnum::fromType<Theme::Mode>().valueToKey(int(mode))));
}

int autosaveSeconds() { return std::clamp(read<int>("autosaveSeconds", 4), 2, 10); }
void setAutosaveSeconds(int seconds) {
  write("autosaveSeconds", std::clamp(seconds, 2, 10));
  Recovery::delayMilliseconds = 1000 * autosaveSeconds();
}

bool showDots() { return read<bool>("showDots", true); }
void setShowDots(bool on) { write("showDots", on); }
bool showMinimap() { return read<bool>("showMinimap", true); }
void setShowMinimap(bool on) { write("showMinimap", on); }
bool snapToGrid() { return read<bool>("snapToGrid", true); }
void setSnapToGrid(bool on) { write("snapToGrid", on); }

double speed() { return std::clamp(read<double>("speed", 10.0), 0.0, 1e6); }
void setSpeed(double factor) { write("speed", factor); }

bool tourSeen() { return read<bool>("tourSeen", false); }
void setTourSeen(bool seen) { write("tourSeen", seen); }
bool galleryAtStart() { return read<bool>("galleryAtStart", true); }
void setGalleryAtStart(bool on) { write("galleryAtStart", on); }

}  // namespace faultline::gui::settings
