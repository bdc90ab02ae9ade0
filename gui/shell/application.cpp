#include "gui/shell/application.hpp"

#include <QApplication>
#include <QLocale>
#include <QMainWindow>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

int runApplication(int count, char** arguments) {
  QApplication application(count, arguments);
  QApplication::setOrganizationName("faultline");
  QApplication::setApplicationName("faultline-gui");
  QApplication::setApplicationVersion(FAULTLINE_VERSION);
  Theme::instance().setMode(Theme::Mode::system);
  QMainWindow window;
  window.show();
  return QApplication::exec();
}

}  // namespace faultline::gui
