/// A canvas on a document, and a hand that uses it: tests say what a person does.
#pragma once

#include <gtest/gtest.h>

#include <QApplication>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/canvas_view.hpp"
#include "gui/canvas/palette_widget.hpp"
#include "gui/document/document.hpp"
#include "gui/run/run_controller.hpp"

namespace faultline::gui {

class CanvasTest : public testing::Test {
 protected:
  CanvasTest() {
    view.resize(1000, 700);
    view.show();
    view.activateWindow();
    EXPECT_TRUE(QTest::qWaitForWindowActive(&view));
  }

  void SetUp() override { load(shop); }

  void load(const QByteArray& text) {
    document.createFrom(text);
    view.setZoom(1);
    const QRectF content = view.contentRect();
    view.centreOn(content.isNull() ? QPointF(0, 0) : content.center());
    view.clearSelection();
  }
  void loadFile(const QString& name) {
    QFile file(QStringLiteral(FAULTLINE_SOURCE_DIR) + QLatin1Char('/') + name);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    load(file.readAll());
  }

  // Where things are, in view coordinates.
  QPointF at(const QString& node) const { return view.toView(view.cardRect(node).center()); }
  QPointF port(const QString& node) const {
    const QRectF rect = view.cardRect(node);
    return view.toView({rect.right(), rect.center().y()});
  }
  const DesignNode& node(const QString& name) const {
    const DesignNode* found = document.design().find(name);
    if (found == nullptr) throw std::runtime_error("no node " + name.toStdString());
    return *found;
  }
  bool wired(const QString& from, const QString& to) const {
    const auto& wires = document.design().wires;
    return std::any_of(wires.begin(), wires.end(),
                       [&](const DesignWire& wire) { return wire.from == from && wire.to == to; });
  }

  // The hand.
  void mouse(QEvent::Type type, QPointF point, Qt::MouseButton button = Qt::LeftButton,
             Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    const bool move = type == QEvent::MouseMove;
    QMouseEvent event(type, point, view.mapToGlobal(point), move ? Qt::NoButton : button,
                      type == QEvent::MouseButtonRelease ? Qt::NoButton : button, modifiers);
    QApplication::sendEvent(&view, &event);
  }
  void press(QPointF point, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    mouse(QEvent::MouseButtonPress, point, Qt::LeftButton, modifiers);
  }
  void move(QPointF point, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    mouse(QEvent::MouseMove, point, Qt::LeftButton, modifiers);
  }
  void release(QPointF point, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    mouse(QEvent::MouseButtonRelease, point, Qt::LeftButton, modifiers);
  }
  void click(QPointF point, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    press(point, modifiers);
    release(point, modifiers);
  }
  void drag(QPointF from, QPointF to, Qt::KeyboardModifiers modifiers = Qt::NoModifier,
            Qt::MouseButton button = Qt::LeftButton) {
    mouse(QEvent::MouseButtonPress, from, button, modifiers);
    for (int i = 1; i <= 5; ++i) {
      mouse(QEvent::MouseMove, from + (to - from) * i / 5.0, button, modifiers);
    }
    mouse(QEvent::MouseButtonRelease, to, button, modifiers);
  }
  void wheel(QPointF point, int turn, Qt::KeyboardModifiers modifiers) {
    QWheelEvent event(point, view.mapToGlobal(point), QPoint(), QPoint(0, turn), Qt::NoButton,
                      modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&view, &event);
  }
  void drop(const char* type, QPointF point) {
    QMimeData mime;
    mime.setData(QLatin1String(palette_mime), type);
    QDragEnterEvent enter(point.toPoint(), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&view, &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDragMoveEvent over(point.toPoint(), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&view, &over);
    QDropEvent event(point, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&view, &event);
  }
  void key(Qt::Key code, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(&view, code, modifiers);
  }

  /// The last edit was one step: undone, the text is `before`; done again, it is what it was.
  void expectOneStep(const QByteArray& before) {
    const QByteArray after = document.text();
    EXPECT_NE(after.toStdString(), before.toStdString());
    document.undoStack().undo();
    EXPECT_EQ(document.text().toStdString(), before.toStdString());
    document.undoStack().redo();
    EXPECT_EQ(document.text().toStdString(), after.toStdString());
  }

  static inline const QByteArray shop = R"json({
  "faultline": 1,
  "title": "Shop",
  "zones": {"eu-a": {"region": "eu"}, "eu-b": {"region": "eu"}},
  "nodes": {
    // Who comes.
    "users": {"type": "clients", "arrivals": "poisson(500/s)", "target": "edge"},
    "edge": {"type": "l7_balancer", "policy": "least_connections", "backends": ["app"]},
    "app": {"type": "app_server", "zone": "eu-a", "replicas": 8, "workers": 4,
            "endpoints": {"default": ["cpu(exponential(4ms))",
              {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "60s"}]}},
    "cache": {"type": "cache", "zone": "eu-a", "capacity": 20000, "eviction": "lru", "service_time": "200us"},
    "db": {"type": "database", "zone": "eu-b", "connections": 16, "service_time": "exponential(8ms)"}
  },
  "run": {"duration": "60s", "seed": 1},
  "layout": {"users": [0, 100], "edge": [230, 100], "app": [470, 40], "cache": [700, 40], "db": [700, 300]}
}
)json";

  Document document;
  RunController run;
  CanvasView view{document, run};
};

}  // namespace faultline::gui
