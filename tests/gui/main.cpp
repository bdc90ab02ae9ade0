/// Runs the tests of the window: one application for all of them, without a screen unless one is
/// asked for, in English, with settings of its own that are thrown away.
#include <gmock/gmock.h>

#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "gui/shell/application.hpp"

int main(int count, char** arguments) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  testing::InitGoogleMock(&count, arguments);
  // Each process has a home of its own, so that tests can run side by side; a program that a test
  // starts shares it.
  QTemporaryDir settings;
  if (qEnvironmentVariableIsEmpty("FAULTLINE_TEST_HOME")) {
    qputenv("FAULTLINE_TEST_HOME", settings.path().toLocal8Bit());
    qputenv("HOME", settings.path().toLocal8Bit());
  }
  QStandardPaths::setTestModeEnabled(true);
  QSettings::setDefaultFormat(QSettings::IniFormat);
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
  faultline::gui::Application application(count, arguments);
  QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
  return RUN_ALL_TESTS();
}
