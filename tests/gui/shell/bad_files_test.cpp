/// Files that are wrong in every way, opened in the window: their problems are listed, nothing
/// crashes, and what was there is neither changed nor lost.
#include <QDirIterator>
#include <QLineEdit>
#include <QTabBar>
#include <random>

#include "gui/inspector/inspector.hpp"
#include "gui/shell/settings.hpp"
#include "tests/gui/shell/window_fixture.hpp"

namespace faultline::gui {
namespace {

class BadFiles : public WindowTest {
 protected:
  /// Opens the bytes as a file and sees that they are still what they were.
  void tryBytes(const QByteArray& bytes, const std::string& what) {
    const QString path = folder.filePath("bad.json");
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    QString error;
    // What no text can be is refused with a sentence; everything else is opened.
    if (!window->document().open(path, &error)) {
      EXPECT_FALSE(error.isEmpty()) << what;
      return;
    }
    settle();
    window->canvas().grab();
    if (!window->document().isJson()) EXPECT_FALSE(window->document().problems().empty()) << what;
    EXPECT_EQ(window->document().spec() == nullptr, !window->document().problems().empty()) << what;
    EXPECT_FALSE(window->document().isModified()) << what;
    ASSERT_TRUE(window->document().save(&error)) << error.toStdString();
    EXPECT_EQ(bytesOf(path), bytes) << what;
  }
};

TEST_F(BadFiles, OfTheFuzzersCorpus) {
  int count = 0;
  QDirIterator files(QStringLiteral(FAULTLINE_SOURCE_DIR "/tests/fuzz/corpus"), QDir::Files);
  while (files.hasNext()) {
    const QString path = files.next();
    const QByteArray bytes = bytesOf(path);
    if (bytes.size() > 200'000) continue;
    tryBytes(bytes, path.toStdString());
    ++count;
  }
  EXPECT_GT(count, 20);
}

TEST_F(BadFiles, ScenariosCutAndDamagedAtRandomPlaces) {
  const QByteArray good = bytesOf(scenarioPath("library/three_tier.json"));
  std::mt19937 random(20261126);
  for (int round = 0; round < 60; ++round) {
    QByteArray bad = good;
    const auto place = qsizetype(random() % std::size_t(bad.size()));
    switch (random() % 5) {
      case 0:
        bad.truncate(place);
        break;
      case 1:
        bad.remove(place, 1 + qsizetype(random() % 20));
        break;
      case 2:
        bad.insert(place, char(random() % 256));
        break;
      case 3:
        bad.insert(place, bad.mid(qsizetype(random() % std::size_t(bad.size())), 60));
        break;
      default:
        bad[place] = "{}[],:\"0x"[random() % 9];
        break;
    }
    tryBytes(bad, "round " + std::to_string(round));
    if (HasFatalFailure()) return;
  }
}

TEST_F(BadFiles, OfOddShapes) {
  QByteArray deep;
  for (int i = 0; i < 100'000; ++i) deep += '[';
  for (const QByteArray& bytes :
       {QByteArray(), QByteArray("\0\0\0", 3), QByteArray("null"), QByteArray("[]"),
        QByteArray("{}"), QByteArray("{\"nodes\": []}"), QByteArray("{\"nodes\": {\"\": 1}}"),
        QByteArray("\xEF\xBB\xBF{}"), QByteArray("{\"faultline\": 99}"),
        QByteArray("{\"nodes\": {\"a\": {\"type\": [\"x\"]}}}"),
        QByteArray("{\"layout\": {\"a\": [1e999, 0]}, \"nodes\": {\"a\": {\"type\": \"cache\"}}}"),
        QByteArray(
            "{\"layout\": {\"a\": [1e300, -1e300]}, \"nodes\": {\"a\": {\"type\": \"cache\"}}}"),
        QByteArray("\xff\xfe\xfa"), deep}) {
    tryBytes(bytes, bytes.left(40).toStdString());
  }
}

TEST_F(BadFiles, WhatIsWrongLiesOnTopAndNothingOfAnotherDesignIsShown) {
  const QString path = folder.filePath("cut.json");
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(bytesOf(scenarioPath("library/three_tier.json")).left(900));
  file.close();
  ASSERT_EQ(window->openFile(path), window);
  settle();
  const QString title = window->docks()["problems"]->windowTitle();
  const auto lies_on_top = [&] {
    for (const QTabBar* bar : window->findChildren<QTabBar*>()) {
      if (bar->isVisible() && bar->tabText(bar->currentIndex()) == title) return true;
    }
    return false;
  };
  EXPECT_TRUE(QTest::qWaitFor(lies_on_top, 2000)) << title.toStdString();
  for (const QLineEdit* field : window->findChild<Inspector*>()->findChildren<QLineEdit*>()) {
    EXPECT_NE(field->text(), "New system") << "of the design that was there before";
  }
  EXPECT_FALSE(window->actions()["run.toggle"]->isEnabled());
  EXPECT_FALSE(window->actions()["run.step"]->isEnabled());
}

TEST_F(BadFiles, AMissingFileChangesNothing) {
  const QString path = open();
  QString error;
  EXPECT_FALSE(window->document().open(folder.filePath("nowhere.json"), &error));
  EXPECT_FALSE(error.isEmpty());
  EXPECT_EQ(window->document().fileName(), path);
}

}  // namespace
}  // namespace faultline::gui
