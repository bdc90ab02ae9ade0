/// A window to be tested, with a scenario in a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "gui/canvas/canvas_view.hpp"
#include "gui/document/document.hpp"
#include "gui/run/run_controller.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/main_window.hpp"

namespace faultline::gui {

inline QString scenarioPath(const QString& name) {
  return QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios/") + name;
}

inline QByteArray bytesOf(const QString& fileName) {
  QFile file(fileName);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

class WindowTest : public testing::Test {
 protected:
  void SetUp() override {
    QSettings().clear();
    window = new MainWindow;
    window->resize(1280, 800);
    window->show();
  }

  void TearDown() override {
    // Whatever is open is thrown away without a question.
    for (MainWindow* open : std::vector<MainWindow*>(MainWindow::windows())) delete open;
  }

  /// A copy of a shipped scenario, opened.
  QString open(const QString& name = "library/three_tier.json") {
    const QString path = folder.filePath(QFileInfo(name).fileName());
    QFile::remove(path);
    EXPECT_TRUE(QFile::copy(scenarioPath(name), path));
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
    window->openFile(path);
    settle();
    return path;
  }

  /// Until the problems are of the present text.
  void settle() {
    EXPECT_TRUE(QTest::qWaitFor([this] { return !window->document().problemsPending(); }, 20000));
  }

  /// Makes a run shorter, as an edit.
  void shorten(double seconds) {
    window->document().setText(
        QByteArray(window->document().text())
            .replace(
                "\"duration\": \"60s\", \"warmup\": \"5s\"",
                QStringLiteral("\"duration\": \"%1s\", \"warmup\": \"0s\"").arg(seconds).toUtf8()),
        "shorten");
    settle();
  }

  bool waitFor(RunController::State state, int milliseconds = 60000) {
    return QTest::qWaitFor([&] { return window->run().state() == state; }, milliseconds);
  }

  /// Answers the next question with this button.
  static void answer(QMessageBox::StandardButton button, int* asked) {
    auto* timer = new QTimer;
    QObject::connect(timer, &QTimer::timeout, timer, [timer, button, asked] {
      auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      if (!box || !box->button(button)) return;
      ++*asked;
      timer->deleteLater();
      timer->stop();
      box->button(button)->click();
    });
    timer->start(20);
  }

  QTemporaryDir folder;
  QPointer<MainWindow> window;
};

}  // namespace faultline::gui
