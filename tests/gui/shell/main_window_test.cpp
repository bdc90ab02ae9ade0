#include "gui/shell/main_window.hpp"

#include <nlohmann/json.hpp>
#include <QDirIterator>
#include <QDropEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QUrl>

#include "gui/canvas/component_types.hpp"
#include "gui/charts/chart_panel.hpp"
#include "gui/charts/distribution_chart.hpp"
#include "gui/charts/heat_map.hpp"
#include "gui/problems/problems_model.hpp"
#include "gui/problems/problems_view.hpp"
#include "gui/shell/language.hpp"
#include "gui/timeline/time_cursor.hpp"
#include "tests/gui/shell/window_fixture.hpp"

namespace faultline::gui {
namespace {

using State = RunController::State;

TEST_F(WindowTest, TheTitleShowsFileAndEdits) {
  open();
  EXPECT_EQ(window->windowTitle(), "three_tier.json[*] – Faultline")
      << window->windowTitle().toStdString();
  EXPECT_FALSE(window->isWindowModified());
  window->document().setValue("run.seed", 7, "seed");
  EXPECT_TRUE(window->isWindowModified());
  window->document().undoStack().undo();
  EXPECT_FALSE(window->isWindowModified());
}

TEST_F(WindowTest, IsWholeOnTheScreenAtTheFirstStart) {
  const std::unique_ptr<MainWindow> fresh(new MainWindow);
  const QSize room = fresh->screen()->availableSize();
  ASSERT_LT(room.height(), 900) << "on a screen as large as this one the test says nothing";
  EXPECT_LE(fresh->width(), room.width());
  EXPECT_LT(fresh->height(), room.height());
}

TEST_F(WindowTest, UndoIsNamedInTheMenu) {
  open();
  EXPECT_FALSE(window->actions()["edit.undo"]->isEnabled());
  window->document().setValue("run.seed", 7, "change the seed");
  EXPECT_TRUE(window->actions()["edit.undo"]->text().contains("change the seed"));
  window->actions()["edit.undo"]->trigger();
  EXPECT_TRUE(window->actions()["edit.redo"]->text().contains("change the seed"));
}

TEST_F(WindowTest, WhatIsOnOrOffHasItsTickInTheMenus) {
  int seen = 0;
  for (const QMenu* menu : window->menuBar()->findChildren<QMenu*>()) {
    for (const QAction* action : menu->actions()) {
      if (!action->isCheckable()) continue;
      ++seen;
      EXPECT_TRUE(action->icon().isNull() || !action->isIconVisibleInMenu())
          << action->text().toStdString() << ": its picture takes the place of the tick";
    }
  }
  EXPECT_GT(seen, 15);
}

TEST_F(WindowTest, AFileThatIsDroppedIsOpenedHereAndASecondOneInANewWindow) {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(scenarioPath("library/three_tier.json"))});
  const auto enter = [&] {
    QDragEnterEvent event(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window, &event);
    EXPECT_TRUE(event.isAccepted());
  };
  enter();
  QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window, &drop);
  EXPECT_EQ(window->document().design().nodes.size(), 5U);
  EXPECT_EQ(MainWindow::windows().size(), 1U);
  data.setUrls({QUrl::fromLocalFile(scenarioPath("basics/mm1.json"))});
  enter();
  QDropEvent second(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window, &second);
  EXPECT_EQ(MainWindow::windows().size(), 2U);
  // The same file again is no third window.
  enter();
  QApplication::sendEvent(window, &second);
  EXPECT_EQ(MainWindow::windows().size(), 2U);
}

TEST_F(WindowTest, ClosingAsksBeforeEditsAreLost) {
  const QString path = open();
  window->document().setValue("run.seed", 7, "seed");
  int asked = 0;
  answer(QMessageBox::Cancel, &asked);
  EXPECT_FALSE(window->close());
  EXPECT_EQ(asked, 1);
  ASSERT_TRUE(window);
  answer(QMessageBox::Save, &asked);
  EXPECT_TRUE(window->close());
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(bytesOf(path).contains("\"seed\": 7"));
}

TEST_F(WindowTest, ClosingWithoutEditsAsksNothing) {
  const QString path = open();
  const QByteArray before = bytesOf(path);
  EXPECT_TRUE(window->close());
  EXPECT_EQ(bytesOf(path), before);
}

TEST_F(WindowTest, SavingAFileThatAnotherProgramWroteAsksFirst) {
  const QString path = open();
  window->document().setValue("run.seed", 7, "seed");
  QTest::qWait(20);
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write("{\"by\": \"another\"}");
  file.setFileTime(QDateTime::currentDateTime().addSecs(5), QFileDevice::FileModificationTime);
  file.close();
  int asked = 0;
  answer(QMessageBox::Cancel, &asked);
  window->actions()["file.save"]->trigger();
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(bytesOf(path), "{\"by\": \"another\"}");
  EXPECT_TRUE(window->document().isModified());
}

TEST_F(WindowTest, AFileThatChangesOnDiskIsOfferedAgain) {
  const QString path = open();
  Banner* banner = nullptr;
  for (Banner* each : window->findChildren<Banner*>()) {
    if (each != &window->banner()) banner = each;
  }
  ASSERT_NE(banner, nullptr);
  EXPECT_EQ(banner->text(), "");
  const QByteArray theirs = bytesOf(path).replace("Three-tier shop", "Their shop");
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(theirs);
  file.close();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !banner->text().isEmpty(); }, 5000));
  EXPECT_TRUE(banner->text().contains("three_tier.json")) << banner->text().toStdString();
  Q_EMIT banner->actionChosen();
  EXPECT_EQ(window->document().text(), theirs);
  EXPECT_EQ(banner->text(), "");
  EXPECT_FALSE(window->isWindowModified());
}

TEST_F(WindowTest, ChartsAreAsTheyWereLeftWithTheFile) {
  const QString path = open();
  auto* chart = qobject_cast<ChartPanel*>(window->docks()["throughput"]->findChild<ChartPanel*>());
  ASSERT_NE(chart, nullptr);
  chart->setSeriesHidden("unknown_per_second", true);
  window->cursor().setRange(10, 20);
  EXPECT_TRUE(window->close());
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  window = new MainWindow;
  window->show();
  window->openFile(path);
  chart = window->docks()["throughput"]->findChild<ChartPanel*>();
  EXPECT_TRUE(chart->isSeriesHidden("unknown_per_second"));
  EXPECT_FALSE(chart->isSeriesHidden("throughput_per_second"));
  EXPECT_EQ(window->cursor().rangeFrom(), 10);
  EXPECT_EQ(window->cursor().rangeTo(), 20);
  // Another file has its own.
  open("basics/mm1.json");
  MainWindow* other = MainWindow::windows().back();
  EXPECT_TRUE(other->cursor().showsAll());
  EXPECT_FALSE(
      other->docks()["throughput"]->findChild<ChartPanel*>()->isSeriesHidden("unknown_per_second"));
}

TEST_F(WindowTest, AxesAndZoomOfChartsAreAsTheyWereLeftWithTheFile) {
  const QString path = open();
  const auto chart = [this](const char* dock) {
    return window->docks()[dock]->findChild<ChartPanel*>();
  };
  const auto distribution = [this] {
    return window->docks()["distribution"]->findChild<DistributionChart*>();
  };
  EXPECT_FALSE(chart("latency")->isLogY());
  EXPECT_TRUE(distribution()->isLogX());
  EXPECT_TRUE(chart("latency")->isSeriesHidden("latency_max_seconds"));  // It would hide the p99.
  chart("latency")->setSeriesHidden("latency_max_seconds", false);
  chart("latency")->setLogY(true);
  chart("latency")->zoomValues(0.002, 0.5);
  chart("throughput")->zoomValues(100, 300);
  distribution()->setForm(DistributionForm::complementary);
  distribution()->setLogX(false);
  EXPECT_TRUE(window->close());
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  window = new MainWindow;
  window->show();
  window->openFile(path);
  settle();
  EXPECT_TRUE(chart("latency")->isLogY());
  EXPECT_FALSE(chart("latency")->isSeriesHidden("latency_max_seconds"));
  EXPECT_DOUBLE_EQ(chart("latency")->valuesFrom(), 0.002);
  EXPECT_DOUBLE_EQ(chart("latency")->valuesTo(), 0.5);
  EXPECT_FALSE(chart("throughput")->isLogY());
  EXPECT_DOUBLE_EQ(chart("throughput")->valuesFrom(), 100);
  EXPECT_DOUBLE_EQ(chart("throughput")->valuesTo(), 300);
  EXPECT_EQ(distribution()->form(), DistributionForm::complementary);
  EXPECT_FALSE(distribution()->isLogX());
  EXPECT_TRUE(distribution()->isLogY());
  // The figures of a run come into what is shown, and do not change it.
  shorten(5);
  window->run().start({window->document().text(), window->document().baseDirectory(), 0});
  ASSERT_TRUE(waitFor(RunController::State::finished));
  EXPECT_DOUBLE_EQ(chart("throughput")->valuesFrom(), 100);
  EXPECT_DOUBLE_EQ(chart("throughput")->valuesTo(), 300);
  chart("throughput")->showAll();
  EXPECT_EQ(chart("throughput")->valuesFrom(), 0);
  // Another file has its own.
  open("basics/mm1.json");
  MainWindow* other = MainWindow::windows().back();
  auto* fresh = other->docks()["distribution"]->findChild<DistributionChart*>();
  EXPECT_EQ(fresh->form(), DistributionForm::histogram);
  EXPECT_TRUE(fresh->isLogX());
  const auto* latency = other->docks()["latency"]->findChild<ChartPanel*>();
  EXPECT_FALSE(latency->isLogY());
  EXPECT_TRUE(latency->isSeriesHidden("latency_max_seconds"));
}

TEST_F(WindowTest, ANodeOfTheHeatMapIsSelectedOnTheCanvas) {
  open();
  auto* heat = window->findChild<HeatMapPanel*>();
  ASSERT_NE(heat, nullptr);
  Q_EMIT heat->nodeActivated("app[3]");
  EXPECT_EQ(window->canvas().selection().nodes, QStringList{"app"});
  Q_EMIT heat->nodeActivated("db");
  EXPECT_EQ(window->canvas().selection().nodes, QStringList{"db"});
}

TEST_F(WindowTest, WhatTheEngineSaysIsInTheWindowsLanguage) {
  open();
  LanguageChoice::instance().choose("ru");
  window->document().setValue("nodes.edge.backends", nlohmann::json::array({"nobody"}), "break");
  settle();
  auto* problems = window->findChild<ProblemsView*>();
  ASSERT_NE(problems, nullptr);
  ASSERT_GT(problems->count(), 0);
  const QModelIndex message = problems->model()->index(0, ProblemsModel::messageColumn);
  EXPECT_TRUE(message.data().toString().startsWith("нет узла \"nobody\""))
      << message.data().toString().toStdString();
  window->startRun();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->banner().text().isEmpty(); }, 20000));
  EXPECT_TRUE(window->banner().text().contains("нет узла"))
      << window->banner().text().toStdString();
  EXPECT_FALSE(window->banner().text().contains("there is"))
      << window->banner().text().toStdString();
  // The list follows when the language does.
  LanguageChoice::instance().choose("en");
  EXPECT_TRUE(message.data().toString().startsWith("there is no node \"nobody\""));
}

TEST_F(WindowTest, EveryScenarioIsSavedAsItWasRead) {
  QDirIterator files(scenarioPath(""), {"*.json"}, QDir::Files, QDirIterator::Subdirectories);
  int count = 0;
  while (files.hasNext()) {
    const QString path = files.next();
    if (path.contains("/schema/")) continue;
    Document document;
    QString error;
    ASSERT_TRUE(document.open(path, &error)) << error.toStdString();
    const QString copy = folder.filePath("copy.json");
    ASSERT_TRUE(document.saveAs(copy, &error)) << error.toStdString();
    EXPECT_EQ(bytesOf(copy), bytesOf(path)) << path.toStdString();
    Document again;
    ASSERT_TRUE(again.open(copy, &error));
    ASSERT_TRUE(again.saveAs(copy, &error));
    EXPECT_EQ(bytesOf(copy), bytesOf(path)) << path.toStdString();
    ++count;
  }
  EXPECT_GT(count, 60);
}

TEST_F(WindowTest, WhyAWireCannotBeIsSaidOfEveryPairOfTypes) {
  for (const char* language : {"ru", "en"}) {
    LanguageChoice::instance().choose(language);
    for (const ComponentType& from : componentTypes()) {
      for (const ComponentType& to : componentTypes()) wireProblem(from.name, to.name);
    }
  }
  EXPECT_FALSE(wireProblem("clients", "clients").isEmpty());
  EXPECT_TRUE(wireProblem("clients", "l7_balancer").isEmpty());
}

TEST_F(WindowTest, RunsFromStartToEnd) {
  open();
  shorten(2);
  window->actions()["run.toggle"]->trigger();
  window->run().setSpeed(0);
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_TRUE(window->run().result());
  EXPECT_TRUE(window->banner().text().isEmpty());
  EXPECT_TRUE(window->actions()["report.pin"]->isEnabled());
}

TEST_F(WindowTest, SaysWhenTheDesignHasChangedSinceTheRun) {
  open();
  shorten(2);
  window->run().setSpeed(0);
  window->startRun();
  ASSERT_TRUE(waitFor(State::finished));
  // Moving a card changes nothing.
  window->document().moveNodes({{"app", QPointF(500, 300)}}, "move");
  EXPECT_TRUE(window->banner().text().isEmpty());
  window->document().setValue("nodes.app.workers", 2, "workers");
  EXPECT_TRUE(window->banner().text().contains("old design"))
      << window->banner().text().toStdString();
  // Taken back, the figures are right again.
  window->document().undoStack().undo();
  EXPECT_TRUE(window->banner().text().isEmpty());
}

TEST_F(WindowTest, FaultsDoneByHandGoIntoTheFileAsOneStep) {
  open();
  shorten(20);
  window->run().setSpeed(0);
  window->run().startPaused({window->document().text(), window->document().baseDirectory(), 0});
  ASSERT_TRUE(waitFor(State::paused));
  window->run().runUntil(2);
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        return window->run().state() == State::paused && window->run().snapshot() &&
               window->run().snapshot()->now_seconds >= 2;
      },
      30000));
  QString error;
  ASSERT_TRUE(window->run().inject("crash(app[1])", 3, &error)) << error.toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->run().handFaults().empty(); }, 10000));
  const int steps = window->document().undoStack().count();
  const QByteArray before = window->document().text();
  window->actions()["run.keepFaults"]->trigger();
  EXPECT_EQ(window->document().undoStack().count(), steps + 1);
  EXPECT_TRUE(window->document().text().contains("crash(app[1])"));
  settle();
  EXPECT_TRUE(window->document().problems().empty());
  window->document().undoStack().undo();
  EXPECT_EQ(window->document().text(), before);
}

TEST_F(WindowTest, ARunThatCannotBeginLeavesTheWindowAsItWas) {
  open();
  window->document().setValue("nodes.edge.backends", nlohmann::json::array({"nobody"}), "break");
  settle();
  EXPECT_FALSE(window->document().problems().empty());
  window->startRun();
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->banner().text().isEmpty(); }, 20000));
  window->document().undoStack().undo();
  settle();
  shorten(1);
  window->run().setSpeed(0);
  window->startRun();
  EXPECT_TRUE(waitFor(State::finished));
}

TEST_F(WindowTest, ARunThatCannotGoOnSaysWhenAndWhereInTheWindowsLanguage) {
  LanguageChoice::instance().choose("ru");
  window->openTemplate(R"json({"faultline": 1, "nodes": {
    "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(1s)"]}}},
    "run": {"duration": "60s", "in_service_limit": 500}})json",
                       "over");
  settle();
  window->run().setSpeed(0);
  window->startRun();
  ASSERT_TRUE(waitFor(State::failed));
  ASSERT_TRUE(QTest::qWaitFor([&] { return !window->banner().text().isEmpty(); }, 20000));
  // Numbers and units are kept together by a blank of their own.
  const QString said = window->banner().text().replace(QChar(0xa0), ' ');
  LanguageChoice::instance().choose("en");
  EXPECT_TRUE(
      said.startsWith(QStringLiteral("Прогон не смог продолжаться: 0,50 с, app: здесь запросов, "
                                     "ждущих или в работе: 500,")))
      << said.toStdString();
  // The window lives on.
  open();
  for (MainWindow* each : MainWindow::windows()) {
    if (each->document().fileName().isEmpty()) continue;
    each->run().setSpeed(0);
    each->document().setValue("run.duration", "1s", "shorten");
    each->document().setValue("run.warmup", "0s", "shorten");
    each->startRun();
    EXPECT_TRUE(QTest::qWaitFor([&] { return each->run().state() == State::finished; }, 60000));
  }
}

TEST_F(WindowTest, SpaceWritesABlankInAFieldAndRunsElsewhere) {
  open();
  QApplication::setActiveWindow(window);
  auto* field = new QLineEdit(window->centralWidget());
  field->show();
  field->setFocus();
  ASSERT_TRUE(field->hasFocus());
  QTest::keyClick(field, Qt::Key_Space);
  QTest::keyClick(field, Qt::Key_F);
  EXPECT_EQ(field->text(), " f");
  EXPECT_EQ(window->run().state(), State::idle);
  window->canvas().setFocus();
  QTest::keyClick(&window->canvas(), Qt::Key_Space);
  EXPECT_NE(window->run().state(), State::idle);
}

TEST_F(WindowTest, EveryPanelCanBeHiddenAndTheLayoutBroughtBack) {
  ASSERT_GE(window->docks().all().size(), 10U);
  for (Dock* dock : window->docks().all()) dock->hide();
  window->actions()["view.resetLayout"]->trigger();
  for (Dock* dock : window->docks().all())
    EXPECT_FALSE(dock->isHidden()) << dock->objectName().toStdString();
}

TEST_F(WindowTest, TheLayoutIsRemembered) {
  window->docks()["palette"]->hide();
  EXPECT_TRUE(window->close());
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  window = new MainWindow;
  window->show();
  EXPECT_TRUE(window->docks()["palette"]->isHidden());
}

}  // namespace
}  // namespace faultline::gui
