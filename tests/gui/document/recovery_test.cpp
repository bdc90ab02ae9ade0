/// Unsaved work survives the end of the program, also the most sudden one.
#include "gui/document/recovery.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>

#include "gui/document/document.hpp"
#include "gui/document/recent_files.hpp"

namespace faultline::gui {
namespace {

class RecoveryFiles : public ::testing::Test {
 protected:
  RecoveryFiles() { QDir(recoveryDirectory()).removeRecursively(); }
  ~RecoveryFiles() override { QDir(recoveryDirectory()).removeRecursively(); }
  static int files() {
    return static_cast<int>(
        QDir(recoveryDirectory()).entryList({"*.recovery"}, QDir::Files).size());
  }
  static void waitForFile() {
    QElapsedTimer clock;
    clock.start();
    while (files() == 0 && clock.elapsed() < 10'000) {
      QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    }
  }
};

TEST_F(RecoveryFiles, WorkIsKeptWithinSecondsAndGoesWhenSavedOrClosed) {
  QTemporaryDir folder;
  Document document;
  document.keepRecovery(true);
  document.addNode("cache", {});
  EXPECT_EQ(files(), 0);
  QElapsedTimer clock;
  clock.start();
  // Changing on and on does not put it off.
  while (files() == 0 && clock.elapsed() < 12'000) {
    document.moveNodes({{"cache1", QPointF(static_cast<double>(clock.elapsed()), 0)}});
    QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
    ::usleep(20'000);
  }
  EXPECT_EQ(files(), 1);
  EXPECT_LT(clock.elapsed(), 10'000);
  // Who lives keeps his own.
  EXPECT_TRUE(recoverableWork().empty());
  QString error;
  ASSERT_TRUE(document.saveAs(folder.filePath("x.json"), &error));
  EXPECT_EQ(files(), 0);
}

TEST_F(RecoveryFiles, KilledWhileEditingTheWorkIsFound) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // The test's own program once more, editing until it is killed.
    ::setenv("FAULTLINE_TEST_EDIT", "1", 1);
    const QByteArray program = QCoreApplication::applicationFilePath().toLocal8Bit();
    ::execl(program.constData(), program.constData(), "--gtest_filter=RecoveryChild.*",
            "--gtest_also_run_disabled_tests", static_cast<char*>(nullptr));
    ::_exit(1);
  }
  waitForFile();
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const std::vector<RecoveredWork> work = recoverableWork();
  ASSERT_EQ(work.size(), 1U);
  EXPECT_EQ(work[0].title, "Work of a life");
  EXPECT_LT(work[0].time.secsTo(QDateTime::currentDateTime()), 15);
  Document document;
  document.keepRecovery(true);
  EXPECT_TRUE(document.restore(work[0]));
  EXPECT_TRUE(document.isModified());
  EXPECT_TRUE(document.design().find("cache1"));
  // It is this document's work now, and kept as such.
  EXPECT_EQ(files(), 1);
  EXPECT_TRUE(recoverableWork().empty());
}

TEST(RecoveryChild, DISABLED_Edits) {
  if (qEnvironmentVariableIsEmpty("FAULTLINE_TEST_EDIT")) GTEST_SKIP();
  Document document;
  document.createFrom("{\"faultline\": 1, \"title\": \"Work of a life\"}");
  document.keepRecovery(true);
  document.addNode("cache", {});
  for (int i = 0; i < 1000; ++i)
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 100), ::usleep(20'000);
}

TEST_F(RecoveryFiles, ATornFileIsWorthNothing) {
  QDir().mkpath(recoveryDirectory());
  QFile file(recoveryDirectory() + "/x.recovery");
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write("{\"size\": 100, \"title\": \"x\"}\n{}");
  file.close();
  EXPECT_TRUE(recoverableWork().empty());
}

TEST(RecentFiles, TheNewestFirstAndOnlyWhatExists) {
  QTemporaryDir folder;
  clearRecentFiles();
  QString error;
  Document document;
  ASSERT_TRUE(document.saveAs(folder.filePath("a.json"), &error));
  ASSERT_TRUE(document.saveAs(folder.filePath("b.json"), &error));
  ASSERT_TRUE(document.open(folder.filePath("a.json"), &error));
  EXPECT_EQ(recentFiles(), (QStringList{folder.filePath("a.json"), folder.filePath("b.json")}));
  QFile::remove(folder.filePath("b.json"));
  EXPECT_EQ(recentFiles(), (QStringList{folder.filePath("a.json")}));
}

}  // namespace
}  // namespace faultline::gui
