#include "gui/problems/problems_view.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include "gui/document/document.hpp"
#include "gui/problems/problems_model.hpp"

namespace faultline::gui {
namespace {

const char* const wrong =
    "{\n  \"faultline\": 1,\n  \"nodes\": {\n"
    "    \"c\": {\"type\": \"cache\", \"capcity\": 5},\n"
    "    \"u\": {\"type\": \"clients\", \"target\": \"nobody\", \"arrivals\": \"poisson(5/s)\"}\n  "
    "}\n}\n";

void settle(Document& document) {
  QElapsedTimer clock;
  clock.start();
  while (document.problemsPending() && clock.elapsed() < 20'000) {
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
  }
}

TEST(ProblemsView, ListsGoesAndCopies) {
  Document document;
  ProblemsView view(document);
  const QAbstractItemModelTester tester(view.model(),
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  view.show();
  QSignalSpy counted(&view, &ProblemsView::countChanged);
  document.createFrom(wrong);
  settle(document);
  ASSERT_EQ(view.count(), 3);
  EXPECT_EQ(counted.back().at(0).toInt(), 3);
  const auto text = [&](int row, int column) {
    return view.model()->index(row, column).data().toString().toStdString();
  };
  EXPECT_EQ(text(0, ProblemsModel::placeColumn), "nodes.c.capacity");
  EXPECT_EQ(text(1, ProblemsModel::messageColumn),
            "unknown parameter — did you mean \"capacity\"?");
  EXPECT_EQ(text(1, ProblemsModel::lineColumn), "4");
  EXPECT_EQ(text(2, ProblemsModel::messageColumn), "there is no node \"nobody\" — known: c, u");

  QSignalSpy went(&view, &ProblemsView::navigate);
  view.list()->setCurrentIndex(view.model()->index(2, 0));
  QTest::keyClick(view.list(), Qt::Key_Return);
  ASSERT_EQ(went.count(), 1);
  EXPECT_EQ(went[0][0].toString(), "nodes.u.target");
  EXPECT_EQ(went[0][1].toString(), "u");
  EXPECT_EQ(went[0][2].toInt(), 5);
  QTest::qWait(50);  // Rows get their heights when the columns have their widths.
  view.list()->scrollTo(view.model()->index(1, 0));
  const QRect row = view.list()->visualRect(view.model()->index(1, 0));
  QTest::mouseClick(view.list()->viewport(), Qt::LeftButton, {}, row.center());
  ASSERT_EQ(went.count(), 2);
  EXPECT_EQ(went[1][0].toString(), "nodes.c.capcity");
  view.list()->actions().front()->trigger();
  EXPECT_EQ(QGuiApplication::clipboard()->text(),
            "nodes.c.capcity: unknown parameter; did you mean \"capacity\"?");

  // Mended, one after the other.
  document.setValue("nodes.u.target", "c", "Set");
  settle(document);
  EXPECT_EQ(view.count(), 2);
  document.renameMember("nodes.c.capcity", "capacity", "Rename");
  settle(document);
  EXPECT_EQ(view.count(), 0);
  document.replaceText(0, 1, "", "Typing");
  settle(document);
  ASSERT_EQ(view.count(), 1);
  EXPECT_EQ(text(0, ProblemsModel::placeColumn), "the file");
}

TEST(ProblemsView, ALongProblemIsReadWholeInANarrowPanel) {
  Document document;
  ProblemsView view(document);
  view.resize(1400, 200);
  view.show();
  document.createFrom(wrong);
  settle(document);
  ASSERT_EQ(view.count(), 3);
  const auto height = [&](int row) {
    return view.list()->visualRect(view.model()->index(row, 0)).height();
  };
  QCoreApplication::processEvents();
  const int line = height(1);
  ASSERT_GT(line, 0);
  view.resize(330, 200);
  EXPECT_TRUE(QTest::qWaitFor([&] { return height(1) > line * 3 / 2; }, 2000))
      << height(1) << " of " << line;
}

}  // namespace
}  // namespace faultline::gui
