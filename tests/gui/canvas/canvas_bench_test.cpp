// How long a frame of a large design takes: 1,000 cards and 3,000 wires, panned and zoomed.
// Measured is the time of the processor, which other work on the machine does not lengthen.
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "gui/canvas/live_state.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "tests/gui/canvas/canvas_fixture.hpp"

namespace faultline::gui {
namespace {

/// A grid of app servers, each of which calls three others nearby.
QByteArray large(int nodes, int wires) {
  const int columns = 40;
  QByteArray text = "{\"faultline\": 1, \"title\": \"Large\", \"nodes\": {\n";
  QByteArray layout;
  for (int i = 0; i < nodes; ++i) {
    QByteArray steps = "\"cpu(1ms)\"";
    for (int k = 1; k <= wires / nodes; ++k) {
      const int to = i + (k == 1 ? 1 : k == 2 ? columns : columns + 1);
      if (to < nodes) steps += ", \"call(n" + QByteArray::number(to) + ")\"";
    }
    const QByteArray name = "n" + QByteArray::number(i);
    text += "\"" + name + "\": {\"type\": \"app_server\", \"workers\": 4, \"replicas\": " +
            QByteArray::number(1 + i % 3) + ", \"endpoints\": {\"default\": [" + steps + "]}}" +
            (i + 1 < nodes ? ",\n" : "\n");
    layout += "\"" + name + "\": [" + QByteArray::number(i % columns * 230) + ", " +
              QByteArray::number(i / columns * 110) + "]" + (i + 1 < nodes ? ", " : "");
  }
  return text + "}, \"layout\": {" + layout + "}}";
}

/// Milliseconds of the processor since it was made.
class Stopwatch {
 public:
  double milliseconds() const { return (now() - start_) * 1000; }

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }
  double start_ = now();
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class SlowCanvasBench : public CanvasTest {
 protected:
  void SetUp() override {
    view.resize(1400, 900);
    view.setShowMinimap(true);
    load(large(1000, 3000));
    ASSERT_EQ(document.design().nodes.size(), 1000U);
    ASSERT_GE(document.design().wires.size(), 2900U);
    target = QImage(view.size(), QImage::Format_ARGB32_Premultiplied);
  }
  double frame() {
    const Stopwatch timer;
    view.render(&target);
    return timer.milliseconds();
  }
  void report(const char* what, const std::vector<double>& frames) {
    std::printf("%-44s median %6.2f ms, worst %6.2f ms\n", what, median(frames),
                *std::max_element(frames.begin(), frames.end()));
  }
  QImage target;
};

TEST_F(SlowCanvasBench, PansAndZoomsFluently) {
  std::vector<double> all;
  for (const double zoom : {1.0, 0.5, 0.3, 0.15, 0.0}) {
    if (zoom > 0)
      view.setZoom(zoom);
    else
      view.fit();
    view.centreOn(view.contentRect().center());
    frame();
    std::vector<double> frames;
    for (int i = 0; i < 60; ++i) {
      wheel({700, 450}, i % 2 ? 40 : -60, i % 3 ? Qt::NoModifier : Qt::ShiftModifier);
      frames.push_back(frame());
    }
    report(QString("pan at zoom %1").arg(view.zoom(), 0, 'f', 2).toUtf8(), frames);
    EXPECT_LT(median(frames), 16);
    all.insert(all.end(), frames.begin(), frames.end());
  }
  view.setZoom(1);
  view.centreOn(view.contentRect().center());
  std::vector<double> frames;
  for (int i = 0; i < 80; ++i) {
    wheel({700, 450}, i < 40 ? -60 : 60, Qt::ControlModifier);
    frames.push_back(frame());
  }
  report("zoom from 1 to the whole and back", frames);
  EXPECT_LT(median(frames), 16);
  all.insert(all.end(), frames.begin(), frames.end());
  report("all", all);
}

TEST_F(SlowCanvasBench, MovesACardFluently) {
  view.setZoom(0.6);
  view.showNode("n420");
  const QPointF from = at("n420");
  press(from);
  std::vector<double> frames;
  for (int i = 1; i < 60; ++i) {
    const Stopwatch timer;
    move(from + QPointF(i * 2, i));
    view.render(&target);
    frames.push_back(timer.milliseconds());
  }
  release(from);
  report("drag of a card, its wires routed anew", frames);
  EXPECT_LT(median(frames), 33);
}

/// What is out of sight is left out by comparing rectangles; how much of a frame that is.
TEST_F(SlowCanvasBench, WhatCullingAndDetailAreWorth) {
  ScenePainter painter;
  const auto time = [&](double scale, bool culled, bool detail) {
    std::vector<double> frames;
    for (int i = 0; i < 12; ++i) {
      const Stopwatch timer;
      QPainter onto(&target);
      const QPointF middle = view.contentRect().center();
      onto.translate(700, 450);
      onto.scale(scale, scale);
      onto.translate(-middle);
      PaintOptions options;
      options.scale = scale;
      options.detail = detail;
      const QSizeF size(1400 / scale, 900 / scale);
      options.exposed = culled ? QRectF(middle - QPointF(size.width(), size.height()) / 2, size)
                               : view.contentRect();
      painter.paint(onto, view.scene(), options);
      frames.push_back(timer.milliseconds());
    }
    return median(frames);
  };
  std::printf("whole repaint at 1.0: culled %.2f ms, not culled %.2f ms\n", time(1, true, true),
              time(1, false, true));
  std::printf("whole repaint at 0.5: with detail %.2f ms, without %.2f ms\n", time(0.5, true, true),
              time(0.5, true, false));
  for (const double scale : {0.3, 0.15, 0.1}) {
    std::printf("whole repaint at %.2f: %.2f ms\n", scale, time(scale, true, true));
  }
  EXPECT_LT(time(1, true, true), time(1, false, true));
}

TEST_F(SlowCanvasBench, OpensAndLaysOutALargeFile) {
  const Stopwatch timer;
  load(large(10000, 20000));
  std::printf("10,000 nodes from text to scene: %.0f ms\n", timer.milliseconds());
  view.fit();
  std::printf("first frame: %.1f ms\n", frame());
  EXPECT_EQ(view.scene().cards().size(), 10000U);
}

}  // namespace
}  // namespace faultline::gui
