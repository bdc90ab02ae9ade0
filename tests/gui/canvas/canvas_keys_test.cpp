#include <QAccessible>
#include <QClipboard>
#include <QMenu>
#include <random>

#include "tests/gui/canvas/canvas_fixture.hpp"

namespace faultline::gui {
namespace {

using CanvasKeys = CanvasTest;

TEST_F(CanvasKeys, ArrowsWalkFromCardToCard) {
  click(at("users"));
  key(Qt::Key_Right);
  EXPECT_EQ(view.selection().nodes, QStringList{"edge"});
  key(Qt::Key_Right);
  EXPECT_EQ(view.selection().nodes, QStringList{"app"});
  key(Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(view.selection().nodes, (QStringList{"app", "cache"}));
  key(Qt::Key_Down);
  EXPECT_EQ(view.selection().nodes, QStringList{"db"});
}

TEST_F(CanvasKeys, AltArrowsFollowTheWires) {
  click(at("users"));
  key(Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(view.selection().nodes, QStringList{"edge"});
  key(Qt::Key_Right, Qt::AltModifier);
  key(Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(view.selection().nodes, QStringList{"cache"});
  key(Qt::Key_Down, Qt::AltModifier);
  EXPECT_EQ(view.selection().nodes, QStringList{"db"});
  key(Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(view.selection().nodes, QStringList{"app"});
}

TEST_F(CanvasKeys, ControlArrowsMove) {
  click(at("edge"));
  const QByteArray before = document.text();
  key(Qt::Key_Down, Qt::ControlModifier);
  EXPECT_EQ(node("edge").position, QPointF(230, 110));
  expectOneStep(before);
  key(Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(node("edge").position, QPointF(231, 110));
}

TEST_F(CanvasKeys, TabGoesThroughAllCardsAndThenLeaves) {
  view.setFocus();
  QStringList seen;
  for (int i = 0; i < 5; ++i) {
    QTest::keyClick(&view, Qt::Key_Tab);
    ASSERT_EQ(view.selection().nodes.size(), 1);
    seen << view.selection().nodes.front();
  }
  seen.sort();
  EXPECT_EQ(seen, (QStringList{"app", "cache", "db", "edge", "users"}));
  QTest::keyClick(&view, Qt::Key_Backtab);
  EXPECT_EQ(view.selection().nodes.size(), 1);
}

TEST_F(CanvasKeys, EnterOpensTheInspector) {
  QString opened;
  QObject::connect(&view, &CanvasView::openInspector, [&](const QString& name) { opened = name; });
  click(at("cache"));
  key(Qt::Key_Return);
  EXPECT_EQ(opened, "cache");
}

TEST_F(CanvasKeys, TheMenuKeyOpensTheMenuOfTheCard) {
  click(at("app"));
  QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(), view.mapToGlobal(QPoint()));
  QApplication::sendEvent(&view, &event);
  auto* menu = view.findChild<QMenu*>("canvasMenu");
  ASSERT_NE(menu, nullptr);
  EXPECT_TRUE(menu->actions().front()->text().startsWith("app"));
  menu->close();
}

TEST_F(CanvasKeys, DuplicatingSelectsTheCopies) {
  const QByteArray before = document.text();
  click(at("cache"));
  key(Qt::Key_D, Qt::ControlModifier);
  ASSERT_EQ(document.design().nodes.size(), 6U);
  ASSERT_EQ(view.selection().nodes.size(), 1);
  EXPECT_NE(view.selection().nodes.front(), "cache");
  expectOneStep(before);
}

TEST_F(CanvasKeys, CopiesGoFromWindowToWindow) {
  click(at("app"));
  click(at("cache"), Qt::ShiftModifier);
  key(Qt::Key_C, Qt::ControlModifier);
  Document other;
  other.createNew();
  const std::size_t had = other.design().nodes.size();
  RunController other_run;
  CanvasView other_view(other, other_run);
  other_view.resize(600, 400);
  other_view.paste();
  EXPECT_EQ(other.design().nodes.size(), had + 2);
  EXPECT_EQ(other_view.selection().nodes.size(), 2);
  other.undoStack().undo();
  EXPECT_EQ(other.design().nodes.size(), had);
}

TEST_F(CanvasKeys, CuttingIsCopyingAndDeleting) {
  click(at("db"));
  const QByteArray before = document.text();
  view.cut();
  EXPECT_EQ(document.design().find("db"), nullptr);
  expectOneStep(before);
}

TEST_F(CanvasKeys, AligningAndDistributingAreOneStepEach) {
  view.setSelection({{"users", "edge", "app"}, {}, {}, {}});
  QByteArray before = document.text();
  view.alignTop();
  EXPECT_EQ(node("users").position.y(), 40);
  EXPECT_EQ(node("edge").position.y(), 40);
  expectOneStep(before);
  before = document.text();
  view.distributeHorizontally();
  EXPECT_EQ(node("edge").position.x(), 235);
  expectOneStep(before);
  before = document.text();
  view.alignRight();
  EXPECT_EQ(node("users").position.x(), 470);
  expectOneStep(before);
  before = document.text();
  view.setSelection({{"users", "db", "cache"}, {}, {}, {}});
  view.alignCentresVertical();
  EXPECT_EQ(node("users").position.x(), node("db").position.x());
  expectOneStep(before);
  view.alignBottom();
  EXPECT_EQ(node("users").position.y(), 300);
  view.alignLeft();
  view.alignCentresHorizontal();
}

TEST_F(CanvasKeys, TheAutomaticLayoutIsOneStepAndLeavesNoCardOnAnother) {
  view.setSelection({{"users", "edge", "app", "cache", "db"}, {}, {}, {}});
  for (int i = 0; i < 6; ++i) view.alignLeft(), view.alignTop();
  view.clearSelection();
  const QByteArray before = document.text();
  view.autoLayout();
  expectOneStep(before);
  const auto& cards = view.scene().cards();
  for (std::size_t i = 0; i < cards.size(); ++i) {
    for (std::size_t j = i + 1; j < cards.size(); ++j) {
      EXPECT_FALSE(cards[i].rect.intersects(cards[j].rect))
          << cards[i].node.name.toStdString() << " " << cards[j].node.name.toStdString();
    }
  }
  EXPECT_FALSE(view.zoneRect("eu-a").intersects(view.zoneRect("eu-b")));
  EXPECT_LT(node("users").position.x(), node("edge").position.x());
  EXPECT_LT(node("edge").position.x(), node("app").position.x());
}

TEST_F(CanvasKeys, AZoneIsMadeAroundWhatIsSelected) {
  view.setSelection({{"users", "edge"}, {}, {}, {}});
  const QByteArray before = document.text();
  view.addZone();
  EXPECT_EQ(node("users").zones, QStringList{"zone-1"});
  EXPECT_EQ(view.selection().zone, "zone-1");
  expectOneStep(before);
}

TEST_F(CanvasKeys, ANodeIsAddedInTheMiddleWhereThereIsRoom) {
  view.centreOn(view.cardRect("app").center());
  view.addNode("cache");
  const QRectF made = view.cardRect(document.design().nodes.back().name);
  for (const char* other : {"users", "edge", "app", "cache", "db"}) {
    EXPECT_FALSE(made.intersects(view.cardRect(other)));
  }
}

TEST_F(CanvasKeys, NodesCanBeReadByAssistiveTechnology) {
  QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(&view);
  ASSERT_NE(canvas, nullptr);
  EXPECT_EQ(canvas->role(), QAccessible::List);
  ASSERT_EQ(canvas->childCount(), 5);
  QAccessibleInterface* app = canvas->child(view.scene().cardOf("app"));
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(app->text(QAccessible::Name), "app");
  EXPECT_TRUE(app->text(QAccessible::Description).contains("8 replicas"));
  EXPECT_TRUE(app->rect().isValid());
  QString opened;
  QObject::connect(&view, &CanvasView::openInspector, [&](const QString& name) { opened = name; });
  app->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
  EXPECT_EQ(opened, "app");
  EXPECT_TRUE(app->state().selected);
}

/// 200 edits by hand, chosen by lot; undone they leave nothing behind, done again they are there.
TEST_F(CanvasKeys, RandomEditsUndoneLeaveTheTextAsItWas) {
  for (const unsigned seed : {1U, 2U}) {
    load(shop);
    const QByteArray before = document.text();
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const auto someNode = [&]() -> QString {
      const auto& nodes = document.design().nodes;
      return nodes.empty()
                 ? QString()
                 : nodes[static_cast<std::size_t>(below(static_cast<int>(nodes.size())))].name;
    };
    for (int i = 0; i < 200; ++i) {
      const QString name = someNode();
      if (name.isEmpty()) {
        view.addNode("cache");
        continue;
      }
      switch (below(10)) {
        case 0:
          view.addNode(below(2) ? "cache" : "app_server");
          break;
        case 1:
        case 2:
          view.showNode(name);
          drag(at(name), at(name) + QPointF(below(400) - 200, below(300) - 150));
          break;
        case 3: {
          const QString to = someNode();
          QString error;
          document.connectNodes(name, to, {}, &error);
          break;
        }
        case 4:
          view.setSelection({{name}, {}, {}, {}});
          view.duplicateSelection();
          break;
        case 5:
          view.setSelection({{name, someNode(), someNode()}, {}, {}, {}});
          if (below(2))
            view.alignTop();
          else
            view.distributeVertically();
          break;
        case 6:
          if (document.design().nodes.size() > 3) {
            view.setSelection({{name}, {}, {}, {}});
            view.deleteSelection();
          }
          break;
        case 7:
          if (!document.design().wires.empty()) {
            const DesignWire wire = document.design().wires[static_cast<std::size_t>(
                below(static_cast<int>(document.design().wires.size())))];
            view.setSelection({{}, {wire}, {}, {}});
            view.deleteSelection();
          }
          break;
        case 8:
          view.autoLayout();
          break;
        case 9:
          document.setZone({name}, below(2) ? "eu-a" : "eu-b");
          break;
      }
      ASSERT_TRUE(document.isJson()) << "seed " << seed << ", edit " << i;
    }
    const QByteArray after = document.text();
    while (document.undoStack().canUndo()) document.undoStack().undo();
    EXPECT_EQ(document.text().toStdString(), before.toStdString()) << "seed " << seed;
    while (document.undoStack().canRedo()) document.undoStack().redo();
    EXPECT_EQ(document.text().toStdString(), after.toStdString()) << "seed " << seed;
    view.grab();
  }
}

}  // namespace
}  // namespace faultline::gui
