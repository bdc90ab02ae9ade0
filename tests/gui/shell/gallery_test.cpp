#include "gui/shell/gallery.hpp"

#include <gtest/gtest.h>

#include <QApplication>
#include <QLineEdit>
#include <QListView>
#include <QRegularExpression>
#include <QTest>

#include "gui/shell/language.hpp"

namespace faultline::gui {
namespace {

TEST(Gallery, EveryShippedScenarioHasATitleAndALine) {
  const auto files = templateFiles(QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios"));
  ASSERT_GT(files.size(), 60U);
  EXPECT_TRUE(files.front().path.endsWith("three_tier.json"));
  for (const TemplateFile& file : files) {
    EXPECT_FALSE(file.title.isEmpty()) << file.path.toStdString();
    EXPECT_FALSE(file.description.isEmpty()) << file.path.toStdString();
  }
}

TEST(Gallery, EveryShippedScenarioIsToldInRussianToo) {
  LanguageChoice::instance().choose("ru");
  static const QRegularExpression cyrillic("[А-Яа-яЁё]");
  for (const TemplateFile& file :
       templateFiles(QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios"))) {
    EXPECT_TRUE(shownTitle(file).contains(cyrillic) || file.title == "CAP: Raft")
        << file.title.toStdString();
    EXPECT_TRUE(shownDescription(file).contains(cyrillic)) << file.description.toStdString();
  }
  LanguageChoice::instance().choose("en");
}

TEST(Gallery, FindsTheScenariosOfTheSourceTree) { EXPECT_FALSE(scenarioFolder().isEmpty()); }

TEST(Gallery, TheSearchNarrowsAndTheChoiceIsTaken) {
  Gallery gallery;
  gallery.show();
  const int all = gallery.shownCount();
  ASSERT_GT(all, 60);
  gallery.searchField()->setText("three-tier");
  EXPECT_LT(gallery.shownCount(), 5);
  EXPECT_GE(gallery.shownCount(), 1);
  auto* view = gallery.findChild<QListView*>("cards");
  view->setCurrentIndex(view->model()->index(0, 0));
  Q_EMIT view->activated(view->currentIndex());
  EXPECT_EQ(gallery.result(), QDialog::Accepted);
  EXPECT_TRUE(gallery.chosenPath().endsWith(".json"));
}

TEST(Gallery, LettersAmongTheCardsSearchAndDownLeadsBackToThem) {
  Gallery gallery;
  gallery.show();
  auto* view = gallery.findChild<QListView*>("cards");
  ASSERT_TRUE(QTest::qWaitForWindowActive(&gallery));
  ASSERT_TRUE(view->hasFocus());
  for (const QChar letter : QString("stampede")) {
    QTest::keyClick(QApplication::focusWidget(), letter.toLatin1());
  }
  EXPECT_TRUE(gallery.searchField()->hasFocus());
  EXPECT_EQ(gallery.searchField()->text(), "stampede");
  EXPECT_LT(gallery.shownCount(), 10);
  EXPECT_GE(gallery.shownCount(), 1);
  QTest::keyClick(gallery.searchField(), Qt::Key_Down);
  EXPECT_TRUE(view->hasFocus());
}

}  // namespace
}  // namespace faultline::gui
