#include <nlohmann/json.hpp>
#include <QLineF>
#include <QMenu>
#include <QRegularExpression>

#include "gui/canvas/canvas_private.hpp"
#include "gui/canvas/component_types.hpp"
#include "gui/canvas/minimap.hpp"
#include "gui/shell/language.hpp"
#include "tests/gui/canvas/canvas_fixture.hpp"

namespace faultline::gui {
namespace {

using CanvasMouse = CanvasTest;

TEST_F(CanvasMouse, APressSelectsACard) {
  click(at("app"));
  EXPECT_EQ(view.selection().nodes, QStringList{"app"});
  click(at("db"));
  EXPECT_EQ(view.selection().nodes, QStringList{"db"});
}

TEST_F(CanvasMouse, ShiftAddsAndTakesAway) {
  click(at("app"));
  click(at("db"), Qt::ShiftModifier);
  EXPECT_EQ(view.selection().nodes, (QStringList{"app", "db"}));
  click(at("app"), Qt::ShiftModifier);
  EXPECT_EQ(view.selection().nodes, QStringList{"db"});
}

TEST_F(CanvasMouse, APressOnNothingClearsTheSelection) {
  click(at("app"));
  click(view.toView({-60, -120}));
  EXPECT_TRUE(view.selection().isEmpty());
}

TEST_F(CanvasMouse, ADraggedCardSnapsToTheGridAndIsOneStep) {
  const QByteArray before = document.text();
  drag(at("edge"), at("edge") + QPointF(33, -58));
  EXPECT_EQ(node("edge").position, QPointF(260, 40));
  EXPECT_TRUE(document.undoStack().undoText().contains("\"edge\""))
      << document.undoStack().undoText().toStdString();
  expectOneStep(before);
  EXPECT_TRUE(document.text().contains("// Who comes."));
}

TEST_F(CanvasMouse, WithAltItDoesNotSnap) {
  drag(at("edge"), at("edge") + QPointF(33, -58), Qt::AltModifier);
  EXPECT_EQ(node("edge").position, QPointF(263, 42));
}

TEST_F(CanvasMouse, WithoutTheGridItDoesNotSnap) {
  view.setSnapToGrid(false);
  drag(at("edge"), at("edge") + QPointF(33, -58));
  EXPECT_EQ(node("edge").position, QPointF(263, 42));
}

TEST_F(CanvasMouse, AllThatIsSelectedMovesTogether) {
  const QByteArray before = document.text();
  click(at("users"));
  click(at("edge"), Qt::ShiftModifier);
  drag(at("edge"), at("edge") + QPointF(0, 100));
  EXPECT_EQ(node("edge").position, QPointF(230, 200));
  EXPECT_EQ(node("users").position, QPointF(0, 200));
  expectOneStep(before);
}

TEST_F(CanvasMouse, EscapeTakesAMoveBack) {
  const QByteArray before = document.text();
  press(at("edge"));
  move(at("edge") + QPointF(20, 20));
  move(at("edge") + QPointF(60, 60));
  key(Qt::Key_Escape);
  release(at("edge"));
  EXPECT_EQ(document.text(), before);
  EXPECT_EQ(view.cardRect("edge").center(), QPointF(230, 100));
}

TEST_F(CanvasMouse, ARubberBandSelectsWhatItTouches) {
  drag(view.toView({-120, 20}), view.toView({250, 180}));
  EXPECT_EQ(view.selection().nodes, (QStringList{"users", "edge"}));
  drag(view.toView({600, 390}), view.toView({690, 310}), Qt::ShiftModifier);
  EXPECT_EQ(view.selection().nodes, (QStringList{"users", "edge", "db"}));
}

TEST_F(CanvasMouse, DeletingIsOneStepWithItsWires) {
  const QByteArray before = document.text();
  click(at("cache"));
  click(at("db"), Qt::ShiftModifier);
  key(Qt::Key_Delete);
  EXPECT_EQ(document.design().find("cache"), nullptr);
  EXPECT_EQ(document.design().find("db"), nullptr);
  expectOneStep(before);
  document.undoStack().undo();
  EXPECT_TRUE(wired("app", "db"));
  EXPECT_EQ(document.text(), before);
}

TEST_F(CanvasMouse, ADropFromThePaletteMakesANodeThere) {
  const QByteArray before = document.text();
  drop("app_server", view.toView({228, 303}));
  ASSERT_EQ(document.design().nodes.size(), 6U);
  const DesignNode& made = document.design().nodes.back();
  EXPECT_EQ(made.type, "app_server");
  EXPECT_EQ(made.position, QPointF(230, 300));
  EXPECT_EQ(view.selection().nodes, QStringList{made.name});
  expectOneStep(before);
}

TEST_F(CanvasMouse, TheFirstNodeStaysWhereItWasDropped) {
  load(R"({"format": 1, "nodes": {}})");
  const QPointF hand(200, 150);
  drop("clients", hand);
  ASSERT_EQ(document.design().nodes.size(), 1U);
  const QString made = document.design().nodes.front().name;
  EXPECT_TRUE(view.cardRect(made).contains(view.toScene(hand)));
  EXPECT_LT(QLineF(at(made), hand).length(), 20) << "off by more than the grid";
  drop("cache", hand + QPointF(300, 100));
  EXPECT_LT(QLineF(at(made), hand).length(), 20);
}

TEST_F(CanvasMouse, ADropIntoAFrameStandsInThatZone) {
  const QByteArray before = document.text();
  drop("cache", view.toView(view.zoneRect("eu-a").center() + QPointF(-100, 10)));
  EXPECT_EQ(document.design().nodes.back().zones, QStringList{"eu-a"});
  expectOneStep(before);
}

TEST_F(CanvasMouse, AWireFromPortToCard) {
  drop("database", view.toView({230, 300}));
  const QString made = document.design().nodes.back().name;
  const QByteArray before = document.text();
  QString said;
  QObject::connect(&view, &CanvasView::statusMessage, [&](const QString& text) { said = text; });
  move(at("app"));
  press(port("app"));
  move(port("app") + QPointF(5, 30));
  move(at(made));
  release(at(made));
  // An app server may ask a database in more than one way; then a menu asks which.
  if (auto* menu = view.findChild<QMenu*>("portMenu")) {
    ASSERT_GT(menu->actions().size(), 1);
    menu->actions()[1]->trigger();
    menu->close();
  }
  EXPECT_TRUE(wired("app", made)) << said.toStdString();
  expectOneStep(before);
}

TEST_F(CanvasMouse, WhatANodeCannotBeWithoutIsWiredWithoutAQuestion) {
  load(R"({"faultline": 1, "nodes": {}})");
  drop("clients", QPointF(200, 150));
  drop("app_server", QPointF(600, 150));
  const QString users = document.design().nodes.front().name;
  const QString app = document.design().nodes.back().name;
  move(at(users));
  drag(port(users), at(app));
  EXPECT_FALSE(view.findChild<QMenu*>("portMenu"));
  ASSERT_TRUE(wired(users, app));
  EXPECT_TRUE(document.design().wires.front().path.endsWith(".target"));
}

TEST_F(CanvasMouse, PortsAreCalledAsInTheInspector) {
  LanguageChoice::instance().choose("ru");
  static const QRegularExpression latin("^[a-z_.:]+$");
  for (const ComponentType& type : componentTypes()) {
    for (const Port& each : portsOf(type.name)) {
      const QString title = portTitle(type.name, each);
      EXPECT_FALSE(latin.match(title).hasMatch())
          << type.name.toStdString() << ": " << title.toStdString();
    }
  }
  EXPECT_EQ(portTitle("clients", {"target", {}, false, true}), QStringLiteral("Цель"));
  LanguageChoice::instance().choose("en");
  EXPECT_EQ(portTitle("app_server", {"endpoints:cache_aside.store", {}, false, true}),
            "Cache-aside: Store");
}

TEST_F(CanvasMouse, AWireThatCannotBeIsRefusedWithTheReason) {
  const QByteArray before = document.text();
  QString said;
  QObject::connect(&view, &CanvasView::statusMessage, [&](const QString& text) { said = text; });
  move(at("edge"));
  drag(port("edge"), at("users"));
  EXPECT_EQ(document.text(), before);
  EXPECT_FALSE(said.isEmpty());
  EXPECT_EQ(said, wireProblem("l7_balancer", "clients"));
}

TEST_F(CanvasMouse, AWireDroppedOnNothingOffersWhatFits) {
  const QByteArray before = document.text();
  move(at("edge"));
  drag(port("edge"), view.toView({230, 320}));
  auto* popup = view.findChild<QWidget*>("palettePopup");
  ASSERT_NE(popup, nullptr);
  auto* palette = popup->findChild<PaletteWidget*>();
  ASSERT_NE(palette, nullptr);
  Q_EMIT palette->chosen("app_server");
  ASSERT_EQ(document.design().nodes.size(), 6U);
  EXPECT_TRUE(wired("edge", document.design().nodes.back().name));
  expectOneStep(before);
}

TEST_F(CanvasMouse, AWireIsSelectedAndDeleted) {
  const QByteArray before = document.text();
  const SceneWire* wire = nullptr;
  for (const SceneWire& each : view.scene().wires()) {
    if (view.scene().cards()[static_cast<std::size_t>(each.from)].node.name == "edge") wire = &each;
  }
  ASSERT_NE(wire, nullptr);
  click(view.toView(wire->way.middle));
  ASSERT_EQ(view.selection().wires.size(), 1U);
  EXPECT_EQ(view.selection().wires.front().to, "app");
  key(Qt::Key_Delete);
  EXPECT_FALSE(wired("edge", "app"));
  expectOneStep(before);
}

TEST_F(CanvasMouse, TheEndOfAWireIsTakenToAnotherCard) {
  drop("app_server", view.toView({470, 220}));
  const QString made = document.design().nodes.back().name;
  const SceneWire* wire = nullptr;
  for (const SceneWire& each : view.scene().wires()) {
    if (view.scene().cards()[static_cast<std::size_t>(each.from)].node.name == "edge") wire = &each;
  }
  ASSERT_NE(wire, nullptr);
  const QPointF tip = view.toView(wire->way.tip);
  click(view.toView(wire->way.middle));
  const QByteArray before = document.text();
  drag(tip, at(made));
  EXPECT_TRUE(wired("edge", made));
  EXPECT_FALSE(wired("edge", "app"));
  expectOneStep(before);
}

TEST_F(CanvasMouse, ACardDraggedIntoAFrameChangesItsZoneInOneStep) {
  const QByteArray before = document.text();
  const QPointF inside = view.toView(view.zoneRect("eu-a").center() + QPointF(0, 10));
  drag(at("edge"), inside);
  EXPECT_EQ(node("edge").zones, QStringList{"eu-a"});
  expectOneStep(before);
}

TEST_F(CanvasMouse, ACardDraggedOutOfItsFrameLeavesTheZone) {
  const QByteArray before = document.text();
  drag(at("cache"), view.toView({700, 190}));
  EXPECT_TRUE(node("cache").zones.isEmpty());
  expectOneStep(before);
}

TEST_F(CanvasMouse, ACardThatStillTouchesItsFrameStaysInTheZone) {
  drag(at("cache"), at("cache") + QPointF(60, 20));
  EXPECT_EQ(node("cache").zones, QStringList{"eu-a"});
}

TEST_F(CanvasMouse, TheTitleOfAZoneMovesAllThatStandsInIt) {
  const QByteArray before = document.text();
  const QPointF title = view.toView(view.zoneRect("eu-a").topLeft() + QPointF(20, 12));
  drag(title, title + QPointF(0, -50));
  EXPECT_EQ(node("app").position, QPointF(470, -10));
  EXPECT_EQ(node("cache").position, QPointF(700, -10));
  EXPECT_EQ(node("app").zones, QStringList{"eu-a"});
  EXPECT_EQ(view.selection().zone, "eu-a");
  expectOneStep(before);
}

TEST_F(CanvasMouse, AFrameTellsWhichReplicasOfASpreadGroupStandInIt) {
  load(R"json({
    "faultline": 1,
    "zones": {"near": {}, "far": {}, "spare": {}},
    "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(10/s)", "target": "edge", "zone": "near"},
      "edge": {"type": "cdn", "eviction": "gdsf", "capacity": "100MiB", "replicas": 5, "zones": ["near", "far", "near"], "upstream": "origin"},
      "origin": {"type": "database", "replicas": 2, "zones": ["far", "near", "spare"]}
    },
    "run": {"duration": "10s"}
  })json");
  const auto zone = [this](const char* name) {
    const CanvasScene& scene = view.scene();
    return scene.zones()[static_cast<std::size_t>(scene.zoneOf(name))];
  };
  // The replicas take the zones in turns: of five, near has the 1st, 3rd, 4th; far 2nd and 5th.
  EXPECT_FALSE(zone("near").empty);
  EXPECT_EQ(zone("near").members, 1);
  EXPECT_EQ(zone("near").guests, QStringList({"edge: 3 of 5", "origin: 1 of 2"}));
  EXPECT_TRUE(zone("far").empty);
  EXPECT_EQ(zone("far").guests, QStringList({"edge: 2 of 5", "origin: 1 of 2"}));
  // Only two replicas: nobody comes to the third zone.
  EXPECT_EQ(zone("spare").guests, QStringList());
  // The card says the policy by its name.
  EXPECT_EQ(node("edge").subtitle, "GDSF · 100MiB");
  // The line of guests has room of its own below the cards.
  EXPECT_GE(zone("near").frame.bottom() - view.cardRect("users").bottom(), 30);
}

TEST_F(CanvasMouse, DeletingAZoneLeavesItsNodes) {
  const QByteArray before = document.text();
  view.setSelection({{}, {}, "eu-a", {}});
  key(Qt::Key_Delete);
  EXPECT_TRUE(view.zoneRect("eu-a").isNull());
  EXPECT_TRUE(node("app").zones.isEmpty());
  expectOneStep(before);
}

TEST_F(CanvasMouse, ZoomingKeepsThePointUnderTheMouse) {
  const QPointF point(300, 220);
  for (const int turn : {120, 120, -240, 480, -720}) {
    const QPointF before = view.toScene(point);
    const double zoom = view.zoom();
    wheel(point, turn, Qt::ControlModifier);
    EXPECT_NE(view.zoom(), zoom);
    const QPointF off = (view.toScene(point) - before) * view.zoom();
    EXPECT_LT(std::abs(off.x()) + std::abs(off.y()), 1.01);  // The sheet lies on whole pixels.
  }
}

TEST_F(CanvasMouse, ZoomHasLimits) {
  for (int i = 0; i < 100; ++i) view.zoomIn();
  EXPECT_LE(view.zoom(), 4);
  for (int i = 0; i < 100; ++i) view.zoomOut();
  EXPECT_GE(view.zoom(), 0.02);
}

TEST_F(CanvasMouse, TheWheelPans) {
  const QPointF before = view.visibleScene().topLeft();
  wheel({300, 200}, -120, Qt::NoModifier);
  EXPECT_EQ(view.visibleScene().topLeft(), before + QPointF(0, 60));
  wheel({300, 200}, -120, Qt::ShiftModifier);
  EXPECT_EQ(view.visibleScene().topLeft(), before + QPointF(60, 60));
}

TEST_F(CanvasMouse, TheMiddleButtonAndTheSpaceBarPan) {
  const QByteArray text = document.text();
  QPointF before = view.visibleScene().topLeft();
  drag(at("app"), at("app") + QPointF(40, 25), Qt::NoModifier, Qt::MiddleButton);
  EXPECT_EQ(view.visibleScene().topLeft(), before - QPointF(40, 25));
  before = view.visibleScene().topLeft();
  int toggled = 0;
  QObject::connect(&view, &CanvasView::runToggleRequested, [&] { ++toggled; });
  QTest::keyPress(&view, Qt::Key_Space);
  drag(at("app"), at("app") + QPointF(-30, 10));
  QTest::keyRelease(&view, Qt::Key_Space);
  EXPECT_EQ(view.visibleScene().topLeft(), before - QPointF(-30, 10));
  EXPECT_EQ(toggled, 0);
  key(Qt::Key_Space);
  EXPECT_EQ(toggled, 1);
  EXPECT_EQ(document.text(), text);
}

TEST_F(CanvasMouse, FitShowsEverything) {
  view.setZoom(3);
  view.centreOn({5000, 5000});
  view.fit();
  EXPECT_TRUE(view.visibleScene().contains(view.contentRect()));
  EXPECT_LE(view.zoom(), 1);
  // It goes on showing everything in another size, until somebody chooses what to see.
  view.resize(620, 410);
  EXPECT_TRUE(view.visibleScene().contains(view.contentRect()));
  view.setZoom(2);
  view.resize(700, 500);
  EXPECT_EQ(view.zoom(), 2);
}

TEST_F(CanvasMouse, FitLeavesNoCardUnderTheMinimap) {
  auto* map = view.findChild<Minimap*>();
  ASSERT_NE(map, nullptr);
  for (const QSize size : {QSize(560, 400), QSize(700, 360), QSize(480, 620)}) {
    view.resize(size);
    view.fit();
    if (!map->isVisible()) continue;
    for (const SceneCard& card : view.scene().cards()) {
      const QRectF place(view.toView(card.rect.topLeft()), view.toView(card.rect.bottomRight()));
      EXPECT_FALSE(place.intersects(map->geometry()))
          << card.node.name.toStdString() << " at " << size.width() << "x" << size.height();
    }
    EXPECT_TRUE(view.visibleScene().contains(view.contentRect()));
  }
}

TEST_F(CanvasMouse, NotesAreMadeMovedResizedAndWritten) {
  const QByteArray before = document.text();
  drop(palette_note, view.toView({100, 260}));
  ASSERT_EQ(document.design().notes.size(), 1U);
  expectOneStep(before);
  // Undoing took the editor away with its note.
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  auto* editor = view.findChild<QPlainTextEdit*>("noteEditor");
  if (editor == nullptr) {
    mouse(QEvent::MouseButtonDblClick, view.toView(document.design().notes[0].rect.center()));
    editor = view.findChild<QPlainTextEdit*>("noteEditor");
  }
  ASSERT_NE(editor, nullptr);
  editor->setPlainText("Peak on Friday");
  QTest::keyClick(editor, Qt::Key_Escape);
  EXPECT_EQ(document.design().notes[0].text, "Peak on Friday");
  const QRectF rect = document.design().notes[0].rect;
  drag(view.toView(rect.center()), view.toView(rect.center() + QPointF(50, 20)));
  EXPECT_EQ(document.design().notes[0].rect, rect.translated(50, 20));
  const QRectF moved = document.design().notes[0].rect;
  const QByteArray unsized = document.text();
  drag(view.toView(moved.bottomRight()), view.toView(moved.bottomRight() + QPointF(40, 30)));
  EXPECT_EQ(document.design().notes[0].rect.size(), moved.size() + QSizeF(40, 30));
  expectOneStep(unsized);
  key(Qt::Key_Delete);
  EXPECT_TRUE(document.design().notes.empty());
}

TEST_F(CanvasMouse, HoveringAndPanningPaintWhatAFreshPaintWould) {
  view.grab();
  move(at("app"));
  view.grab();
  move(at("cache"));
  view.grab();
  wheel({300, 200}, -120, Qt::NoModifier);
  view.grab();
  wheel({300, 200}, 90, Qt::ShiftModifier);
  move(view.toView({-100, -60}));
  const QImage kept = view.grab().toImage();
  // A change of size throws the kept picture away.
  view.resize(view.width() + 1, view.height());
  view.resize(view.width() - 1, view.height());
  view.setShowMinimap(false);
  view.setShowMinimap(true);
  const QImage fresh = view.grab().toImage();
  int different = 0;
  for (int y = 0; y < kept.height(); ++y) {
    for (int x = 0; x < kept.width(); ++x) {
      const QColor a = kept.pixelColor(x, y);
      const QColor b = fresh.pixelColor(x, y);
      if (std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) +
              std::abs(a.blue() - b.blue()) >
          24) {
        ++different;
      }
    }
  }
  // Grid dots and thin lines may fall on the other side of a seam.
  EXPECT_LT(different, 60);
}

}  // namespace
}  // namespace faultline::gui
