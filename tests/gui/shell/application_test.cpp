#include "gui/shell/application.hpp"

#include <gtest/gtest.h>

#include <QFileInfo>
#include <QMessageBox>
#include <QTest>
#include <QTimer>
#include <stdexcept>

namespace faultline::gui {
namespace {

TEST(Application, IsTheOneOfItsDesktopFile) {
  const QString name = QGuiApplication::desktopFileName() + ".desktop";
  EXPECT_TRUE(QFileInfo::exists(FAULTLINE_SOURCE_DIR "/gui/packaging/" + name))
      << name.toStdString();
}

TEST(Application, AMistakeInASlotIsToldAndTheProgramLivesOn) {
  auto* application = qobject_cast<Application*>(QCoreApplication::instance());
  ASSERT_TRUE(application);
  bool told = false;
  QTimer::singleShot(0, application, [] { throw std::runtime_error("broken on purpose"); });
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        for (QWidget* widget : QApplication::topLevelWidgets()) {
          auto* box = qobject_cast<QMessageBox*>(widget);
          if (box && box->detailedText() == "broken on purpose") {
            told = true;
            box->close();
          }
        }
        return told;
      },
      5000));
  EXPECT_EQ(application->lastError(), "broken on purpose");
}

}  // namespace
}  // namespace faultline::gui
