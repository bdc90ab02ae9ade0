#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <QLineEdit>
#include <QMimeData>
#include <QTest>

#include "../charts/sample_run.hpp"
#include "gui/document/document.hpp"
#include "gui/run/run_controller.hpp"
#include "gui/timeline/fault_bars.hpp"
#include "gui/timeline/timeline_view.hpp"

namespace faultline::gui {
namespace {

using nlohmann::json;

constexpr const char* scenario = R"json({
  "faultline": 1,
  // A comment that stays.
  "nodes": {"app": {"type": "app_server", "replicas": 2}},
  "faults": [
    {"at": "10s", "for": "5s", "fault": "crash(app[0])"},
    {"at": "12s", "for": "5s", "fault": {"type": "slow", "node": "app[1]", "factor": 4}},
    {"at": "40s", "fault": "crash(app[1])"},
    {"at": "30s", "every": "10s", "for": "2s", "fault": "crash(app[0])"},
    {"mtbf": "30s", "mttr": "1s", "fault": "crash(app)"}
  ],
  "incidents": [{"name": "evening", "at": "20s", "phases": [
    {"name": "one", "for": "5s", "faults": ["crash(app[0])"]},
    {"name": "two", "after": "1s", "for": "4s", "faults": []}]}],
  "run": {"duration": "60s"}
})json";

const FaultBar* barOf(const std::vector<FaultBar>& bars, const QString& path) {
  for (const FaultBar& bar : bars) {
    if (bar.path == path && !bar.repeats) return &bar;
  }
  return nullptr;
}

TEST(FaultBars, AreReadFromTheScenario) {
  const json parsed = json::parse(scenario, nullptr, true, true);
  EXPECT_EQ(durationOf(parsed), 60);
  const auto bars = faultBarsOf(parsed, {{"slow(app[0], factor=2)", 33, 0}}, 60);
  const FaultBar* crash = barOf(bars, "faults[0]");
  ASSERT_NE(crash, nullptr);
  EXPECT_EQ(crash->text, "crash(app[0])");
  EXPECT_EQ(crash->from, 10);
  EXPECT_EQ(crash->to, 15);
  EXPECT_EQ(barOf(bars, "faults[1]")->text, "slow(factor=4, node=app[1])");
  EXPECT_NE(barOf(bars, "faults[1]")->lane, crash->lane);  // They overlap.
  EXPECT_TRUE(barOf(bars, "faults[2]")->openEnd);
  EXPECT_EQ(barOf(bars, "faults[2]")->to, 60);
  int repeats = 0;
  for (const FaultBar& bar : bars) repeats += bar.repeats ? 1 : 0;
  EXPECT_EQ(repeats, 2);  // At 40 s and 50 s.
  EXPECT_EQ(barOf(bars, "faults[4]")->kind, FaultBar::Kind::random);
  EXPECT_FALSE(barOf(bars, "faults[4]")->movable());
  const FaultBar* incident = barOf(bars, "incidents[0]");
  EXPECT_EQ(incident->from, 20);
  EXPECT_EQ(incident->to, 30);
  EXPECT_EQ(barOf(bars, "incidents[0].phases[1]")->from, 26);
  EXPECT_EQ(barOf(bars, "incidents[0].phases[1]")->to, 30);
  const FaultBar& hand = bars.back();
  EXPECT_EQ(hand.kind, FaultBar::Kind::hand);
  EXPECT_TRUE(hand.openEnd);
  // No two bars of one lane lie on each other.
  for (std::size_t i = 0; i < bars.size(); ++i) {
    for (std::size_t j = i + 1; j < bars.size(); ++j) {
      if (bars[i].lane != bars[j].lane) continue;
      EXPECT_TRUE(bars[i].to <= bars[j].from || bars[j].to <= bars[i].from)
          << bars[i].path.toStdString() << " " << bars[j].path.toStdString();
    }
  }
}

TEST(FaultBars, WhatCameByChanceStandsWhereItCame) {
  const json parsed = json::parse(R"json({
    "faults": [{"at": "10s", "for": "5s", "fault": "crash(app[0])"},
               {"mtbf": "20s", "mttr": "2s", "fault": "crash(app)"},
               {"mtbf": "20s", "for": "2s", "fault": {"type": "slow", "node": "zone:a", "factor": 2}}],
    "run": {"duration": "60s"}})json");
  const std::vector<sim::Band> happened{
      {"crash(app[0])", "fault", 10, 15},  // The first entry's.
      {"crash(app[1])", "fault", 20, 23},      {"slow(db)", "fault", 30, 32},
      {"crash(application)", "fault", 40, 41},  // Nobody's.
      {"crash(app[2])", "fault", 50, 51},      {"fast: breach", "breach", 10, 20}};
  const auto bars = faultBarsOf(parsed, {}, 60, happened);
  std::vector<QString> came;
  for (const FaultBar& bar : bars) {
    if (!bar.repeats) continue;
    EXPECT_EQ(bar.kind, FaultBar::Kind::random);
    EXPECT_FALSE(bar.movable());
    EXPECT_EQ(bar.lane, barOf(bars, bar.path)->lane);
    came.push_back(
        QStringLiteral("%1 %2 %3 to %4").arg(bar.path, bar.text).arg(bar.from).arg(bar.to));
  }
  EXPECT_EQ(came, (std::vector<QString>{"faults[1] crash(app[1]) 20 to 23",
                                        "faults[1] crash(app[2]) 50 to 51",
                                        "faults[2] slow(db) 30 to 32"}));
  // Before a run there is the entry alone.
  EXPECT_EQ(faultBarsOf(parsed, {}, 60).size(), 3U);
}

TEST(FaultBars, BrokenScenariosAreReadAsFarAsTheyGo) {
  for (const char* text :
       {"{}", "[]", "null", R"({"faults": 3})", R"({"faults": [1, null, {}]})",
        R"({"faults": [{"at": 5, "fault": "x"}]})",
        R"({"incidents": [{"phases": [{}, 2]}, "x"], "run": {"duration": 7}})"}) {
    const json parsed = json::parse(text);
    const auto bars = faultBarsOf(parsed, {}, durationOf(parsed));
    for (const FaultBar& bar : bars) EXPECT_LE(bar.from, bar.to) << text;
  }
}

TEST(FaultBars, TimesSnapExactly) {
  EXPECT_EQ(snapped(0.30000000000000004, 0.1), 0.3);
  EXPECT_EQ(snapped(12.34, 0.5), 12.5);
  EXPECT_EQ(durationText(12.5), "12.5s");
  EXPECT_EQ(durationText(snapped(0.7000000001, 0.1)), "700ms");
}

class Timeline : public testing::Test {
 protected:
  Timeline() : source(cursor), view(document, run, source) {
    document.createFrom(scenario);
    view.resize(1024, 260);
    view.show();
    QTest::qWait(20);
  }
  /// The end of a bar, or its middle, in the viewport.
  QPoint middle(const QString& path) {
    return view.rectOf(*barOf(view.bars(), path)).center().toPoint();
  }
  void drag(QPoint from, QPoint to, Qt::KeyboardModifiers keys = {}) {
    QWidget* viewport = view.viewport();
    QTest::mousePress(viewport, Qt::LeftButton, keys, from);
    // In steps, as a hand does it.
    for (int i = 1; i <= 4; ++i) {
      const QPoint at = from + (to - from) * i / 4;
      QMouseEvent move(QEvent::MouseMove, at, viewport->mapToGlobal(at), Qt::NoButton,
                       Qt::LeftButton, keys);
      QApplication::sendEvent(viewport, &move);
    }
    QTest::mouseRelease(viewport, Qt::LeftButton, keys, to);
  }
  json fault(int index) const { return document.json()["faults"][static_cast<std::size_t>(index)]; }

  TimeCursor cursor;
  ChartSource source;
  Document document;
  RunController run;
  TimelineView view;
};

TEST_F(Timeline, ADragMovesAFaultInOneStepOfUndo) {
  const QByteArray before = document.text();
  const int steps = document.undoStack().index();
  const QPoint from = middle("faults[0]");
  const QPoint to(static_cast<int>(view.xOf(22.5)), from.y());
  drag(from, to);
  EXPECT_EQ(document.undoStack().index(), steps + 1);
  // The middle was at 12.5 s: ten seconds later, to the nearest snap.
  const json moved = fault(0);
  EXPECT_NEAR(barOf(view.bars(), "faults[0]")->from, 20, view.snapStep() * 1.01);
  EXPECT_EQ(moved["for"], "5s");  // As long as before, and not written anew.
  EXPECT_TRUE(document.text().contains("// A comment that stays."));
  const double at = barOf(view.bars(), "faults[0]")->from;
  EXPECT_EQ(snapped(at, view.snapStep()), at);
  document.undoStack().undo();
  EXPECT_EQ(document.text(), before);
  EXPECT_EQ(barOf(view.bars(), "faults[0]")->from, 10);
}

TEST_F(Timeline, BothEndsStretch) {
  const int steps = document.undoStack().index();
  QRectF rect = view.rectOf(*barOf(view.bars(), "faults[0]"));
  drag(QPoint(static_cast<int>(rect.right()) - 1, static_cast<int>(rect.center().y())),
       QPoint(static_cast<int>(view.xOf(18)), static_cast<int>(rect.center().y())));
  EXPECT_EQ(document.undoStack().index(), steps + 1);
  EXPECT_EQ(fault(0)["at"], "10s");
  EXPECT_NEAR(barOf(view.bars(), "faults[0]")->to, 18, view.snapStep() * 1.01);
  const double end = barOf(view.bars(), "faults[0]")->to;
  rect = view.rectOf(*barOf(view.bars(), "faults[0]"));
  drag(QPoint(static_cast<int>(rect.left()) + 1, static_cast<int>(rect.center().y())),
       QPoint(static_cast<int>(view.xOf(8)), static_cast<int>(rect.center().y())));
  EXPECT_EQ(document.undoStack().index(), steps + 2);  // Beginning and length are one step.
  EXPECT_NEAR(barOf(view.bars(), "faults[0]")->from, 8, view.snapStep() * 1.01);
  EXPECT_DOUBLE_EQ(barOf(view.bars(), "faults[0]")->to, end);
}

TEST_F(Timeline, WhatLastsToTheEndStaysSoUntilItIsStretched) {
  const QPoint from = middle("faults[2]");
  drag(from, from - QPoint(static_cast<int>(view.xOf(10) - view.xOf(0)), 0));
  EXPECT_NEAR(barOf(view.bars(), "faults[2]")->from, 30, view.snapStep() * 1.01);
  EXPECT_FALSE(fault(2).contains("for"));
  EXPECT_TRUE(barOf(view.bars(), "faults[2]")->openEnd);
}

TEST_F(Timeline, AnIncidentMovesWithItsPhases) {
  const QPoint from = middle("incidents[0]");
  drag(from, QPoint(static_cast<int>(view.xOf(35)), from.y()));
  EXPECT_NEAR(barOf(view.bars(), "incidents[0]")->from, 30, view.snapStep() * 1.01);
  EXPECT_NEAR(barOf(view.bars(), "incidents[0].phases[1]")->from, 36, view.snapStep() * 1.01);
  EXPECT_EQ(document.json()["incidents"][0]["phases"][1]["after"], "1s");
}

TEST_F(Timeline, APhaseMovesByItsPause) {
  const QPoint from = middle("incidents[0].phases[1]");
  drag(from, from + QPoint(static_cast<int>(view.xOf(3) - view.xOf(0)), 0));
  const FaultBar* phase = barOf(view.bars(), "incidents[0].phases[1]");
  EXPECT_NEAR(phase->from, 29, view.snapStep() * 1.01);
  EXPECT_NEAR(phase->to - phase->from, 4, 1e-9);
}

TEST_F(Timeline, EscapeLeavesADragUndone) {
  const QByteArray before = document.text();
  const QPoint from = middle("faults[0]");
  QTest::mousePress(view.viewport(), Qt::LeftButton, {}, from);
  const QPoint to = from + QPoint(100, 0);
  QMouseEvent move(QEvent::MouseMove, to, view.viewport()->mapToGlobal(to), Qt::NoButton,
                   Qt::LeftButton, {});
  QApplication::sendEvent(view.viewport(), &move);
  QTest::keyClick(&view, Qt::Key_Escape);
  QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, to);
  EXPECT_EQ(document.text(), before);
}

TEST_F(Timeline, KeysMoveStretchAndDelete) {
  view.setFocus();
  QTest::keyClick(&view, Qt::Key_Down);
  ASSERT_EQ(view.selected(), 0);
  const int steps = document.undoStack().index();
  const double step = view.snapStep();
  QTest::keyClick(&view, Qt::Key_Right);
  QTest::keyClick(&view, Qt::Key_Right);
  EXPECT_NEAR(barOf(view.bars(), "faults[0]")->from, 10 + 2 * step, 1e-9);
  EXPECT_EQ(document.undoStack().index(), steps + 1);  // In quick succession: one step.
  QTest::keyClick(&view, Qt::Key_Left, Qt::ShiftModifier);
  EXPECT_NEAR(barOf(view.bars(), "faults[0]")->to, 15 + step, 1e-9);
  QTest::keyClick(&view, Qt::Key_Delete);
  EXPECT_EQ(document.json()["faults"].size(), 4U);
  document.undoStack().undo();
  EXPECT_EQ(document.json()["faults"].size(), 5U);
}

TEST_F(Timeline, ADoubleClickEditsTheText) {
  const QPoint at = middle("faults[0]");
  QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, at);
  auto* editor = view.findChild<QLineEdit*>("faultEditor");
  ASSERT_NE(editor, nullptr);
  EXPECT_EQ(editor->text(), "crash(app[0])");
  editor->setText("pause(app[0])");
  QTest::keyClick(editor, Qt::Key_Return);
  EXPECT_EQ(fault(0)["fault"], "pause(app[0])");
  EXPECT_EQ(fault(0)["at"], "10s");
  const QByteArray before = document.text();
  QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, middle("faults[0]"));
  editor = view.findChild<QLineEdit*>("faultEditor");
  ASSERT_NE(editor, nullptr);
  editor->setText("nothing");
  QTest::keyClick(editor, Qt::Key_Escape);
  EXPECT_EQ(document.text(), before);
}

TEST_F(Timeline, AFaultIsDroppedWhereTheMouseIs) {
  QMimeData data;
  data.setData(TimelineView::fault_mime, "crash(app[1])");
  const QPointF at(view.xOf(50), 120);
  QDragEnterEvent enter(at.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, {});
  QApplication::sendEvent(view.viewport(), &enter);
  QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, {});
  QApplication::sendEvent(view.viewport(), &drop);
  ASSERT_EQ(document.json()["faults"].size(), 6U);
  const FaultBar* added = barOf(view.bars(), "faults[5]");
  ASSERT_NE(added, nullptr);
  EXPECT_EQ(added->text, "crash(app[1])");
  EXPECT_NEAR(added->from, 50, view.snapStep() * 1.01);
  EXPECT_LE(added->to, 60);
  EXPECT_EQ(view.selected() >= 0 ? view.bars()[static_cast<std::size_t>(view.selected())].path
                                 : QString(),
            "faults[5]");
}

TEST_F(Timeline, TheScaleScrubsThePast) {
  auto half = std::make_shared<sim::Snapshot>();
  half->now_seconds = 30;
  half->end_seconds = 60;
  source.setSnapshot(half);
  QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(static_cast<int>(view.xOf(12)), 8));
  EXPECT_NEAR(cursor.position(), 12, 0.2);
  // Dragged beyond what was reached it is live again.
  drag(QPoint(static_cast<int>(view.xOf(12)), 8), QPoint(static_cast<int>(view.xOf(45)), 8));
  EXPECT_TRUE(cursor.isLive());
}

}  // namespace
}  // namespace faultline::gui
