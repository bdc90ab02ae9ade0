// The canvas while a run goes on: what it shows is what the run says.
#include <functional>
#include <nlohmann/json.hpp>
#include <QElapsedTimer>
#include <QMenu>

#include "gui/canvas/live_state.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "gui/shell/theme.hpp"
#include "tests/gui/canvas/canvas_fixture.hpp"

namespace faultline::gui {
namespace {

class CanvasLive : public CanvasTest {
 protected:
  void TearDown() override { Theme::instance().setMode(Theme::Mode::light); }

  bool waitFor(const std::function<bool()>& done) {
    QElapsedTimer timer;
    timer.start();
    while (!done() && timer.elapsed() < 60000) {
      QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    }
    return done();
  }
  /// Runs the document to `seconds` of virtual time and stands there.
  void runTo(double seconds) {
    run.setSpeed(0);
    run.startPaused(
        {document.text(), QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios/library"), 0});
    ASSERT_TRUE(waitFor([&] { return run.state() == RunController::State::paused; }));
    go(seconds);
  }
  void go(double seconds) {
    run.runUntil(seconds);
    ASSERT_TRUE(waitFor([&] {
      return run.state() == RunController::State::paused && run.snapshot() &&
             run.snapshot()->now_seconds >= seconds - 1e-6;
    }));
    QCoreApplication::processEvents();
  }
  void picture(const char* name) {
    const QString folder = qEnvironmentVariable("FAULTLINE_PICTURES");
    if (folder.isEmpty()) return;
    for (const auto mode : {Theme::Mode::light, Theme::Mode::dark}) {
      Theme::instance().setMode(mode);
      view.grab().save(QStringLiteral("%1/live-%2-%3.png")
                           .arg(folder, name, mode == Theme::Mode::dark ? "dark" : "light"));
    }
  }
};

TEST_F(CanvasLive, ShowsTheCrashOfOneReplicaAndThatItIsOver) {
  loadFile("scenarios/library/three_tier.json");
  view.fit();
  runTo(25);
  const CardLive* app = view.live().card("app");
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(app->replicas, 8);
  EXPECT_EQ(app->down, 1);
  EXPECT_EQ(badgeOf(*app).text, "1 of 8 down");
  EXPECT_FALSE(std::isnan(app->utilization));
  EXPECT_NEAR(view.live().card("cache")->hitRatio, 0.63, 0.1);
  EXPECT_NEAR(view.live().wire("users", "edge")->perSecond, 500, 120);
  EXPECT_TRUE(view.describeNode("app").contains("1 of 8 down"));
  EXPECT_EQ(view.live().card("users")->latencyP99, run.snapshot()->recent.latency_p99_seconds);
  picture("three_tier");
  // A past moment, and back.
  const auto history = run.snapshot()->history;
  ASSERT_TRUE(history && !history->empty());
  view.showFrame(*history->front());
  EXPECT_EQ(view.live().card("app")->down, 0);
  view.showLive();
  EXPECT_EQ(view.live().card("app")->down, 1);
  go(35);
  EXPECT_EQ(view.live().card("app")->down, 0);
}

TEST_F(CanvasLive, AChangedDesignMarksTheFiguresAsOldAndAMovedNodeDoesNot) {
  runTo(2);
  EXPECT_FALSE(view.isOldDesign());
  drag(at("edge"), at("edge") + QPointF(0, -60));
  EXPECT_FALSE(view.isOldDesign());
  document.setValue("nodes.app.workers", nlohmann::json(8), "Workers");
  EXPECT_TRUE(view.isOldDesign());
  picture("old");
  document.undoStack().undo();
  EXPECT_FALSE(view.isOldDesign());
}

TEST_F(CanvasLive, BreaksANodeFromItsMenuAndHealsIt) {
  runTo(2);
  click(at("db"));
  QContextMenuEvent event(QContextMenuEvent::Mouse, at("db").toPoint(),
                          view.mapToGlobal(at("db").toPoint()));
  QApplication::sendEvent(&view, &event);
  auto* menu = view.findChild<QMenu*>("canvasMenu");
  ASSERT_NE(menu, nullptr);
  QAction* crash = nullptr;
  for (QAction* action : menu->actions()) {
    if (action->data().toString() == "crash(db)") crash = action;
  }
  ASSERT_NE(crash, nullptr);
  crash->trigger();
  menu->close();
  ASSERT_TRUE(waitFor([&] { return run.handFaults().size() == 1; }));
  EXPECT_EQ(run.handFaults()[0].text, "crash(db)");
  go(4);
  EXPECT_TRUE(view.live().card("db")->servesNobody);
  EXPECT_EQ(badgeOf(*view.live().card("db")).text, "down");
  picture("dead");
  run.heal("db");
  go(6);
  EXPECT_FALSE(view.live().card("db")->servesNobody);
}

TEST_F(CanvasLive, ACutWireSaysSo) {
  runTo(2);
  QString error;
  ASSERT_TRUE(run.inject("link_down(app, db)", 0, &error)) << error.toStdString();
  ASSERT_TRUE(waitFor([&] { return run.state() == RunController::State::paused; }));
  go(5);
  const WireLive* wire = view.live().wire("app", "db");
  ASSERT_NE(wire, nullptr);
  EXPECT_TRUE(wire->cut);
  EXPECT_FALSE(view.live().wire("app", "cache")->cut);
  picture("cut");
}

TEST_F(CanvasLive, WiresOfTwoRolesShowEachItsOwnRate) {
  // Each request asks the database once as a store and twice by calls: one line is drawn.
  load(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "uniform(1000000000)"},
      "app": {"type": "app_server", "workers": 50, "endpoints": {"default": [
          {"type": "cache_aside", "cache": "cache", "store": "db"}, "call(db)", "call(db)"]}},
      "cache": {"type": "cache", "capacity": 10, "service_time": "1ms"},
      "db": {"type": "database", "connections": 50, "service_time": "1ms"}},
    "run": {"duration": "20s"}, "layout": {"users": [0, 0], "app": [240, 0], "cache": [480, -80], "db": [480, 80]}})json");
  runTo(10);
  const LiveState& live = view.live();
  ASSERT_NE(live.wire("app", "db", "store"), nullptr);
  ASSERT_NE(live.wire("app", "db", "any"), nullptr);
  EXPECT_NEAR(live.wire("app", "db", "store")->perSecond, 100, 5);
  EXPECT_NEAR(live.wire("app", "db", "any")->perSecond, 200, 10);
  EXPECT_NEAR(live.wire("app", "db")->perSecond, 300, 15);
}

TEST_F(CanvasLive, WithoutARunAFaultGoesIntoTheFile) {
  const QByteArray before = document.text();
  click(at("cache"));
  ASSERT_TRUE(waitFor([&] { return document.spec() != nullptr; }));
  QContextMenuEvent event(QContextMenuEvent::Mouse, at("cache").toPoint(),
                          view.mapToGlobal(at("cache").toPoint()));
  QApplication::sendEvent(&view, &event);
  auto* write = view.findChild<QMenu*>("writeFaults");
  ASSERT_NE(write, nullptr);
  QAction* flush = nullptr;
  for (QAction* action : write->actions()) {
    if (action->data().toString() == "cache_flush(cache)") flush = action;
  }
  ASSERT_NE(flush, nullptr);
  flush->trigger();
  EXPECT_TRUE(document.text().contains("cache_flush(cache)"));
  expectOneStep(before);
}

}  // namespace
}  // namespace faultline::gui
