#include "gui/canvas/topology_image.hpp"

#include <algorithm>
#include <QBuffer>
#include <QPainter>
#include <QSvgGenerator>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/live_state.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "gui/shell/theme.hpp"
#include "sim/scenario/snapshot.hpp"

namespace faultline::gui {
namespace {

/// A scene with what a run says of it, ready to be painted.
struct Picture {
  CanvasScene scene;
  LiveState live;
  ScenePainter painter;
  QRectF content;

  Picture(const DesignModel& design, const TopologyImageOptions& options) {
    scene.setDesign(design);
    if (options.legend && options.frame) live.set(options.legend, *options.frame);
    content = scene.bounds();
    if (content.isNull()) content = QRectF(0, 0, card_width, card_height);
    // Badges stand over the edge of their cards.
    content.adjust(-options.margin, -options.margin - (live.isEmpty() ? 0 : 10), options.margin,
                   options.margin);
  }

  void paint(QPainter& onto, double scale) {
    PaintOptions paint;
    paint.scale = scale;
    paint.exposed = content;
    paint.live = live.isEmpty() ? nullptr : &live;
    painter.paint(onto, scene, paint);
  }
};

}  // namespace

QImage renderTopology(const DesignModel& design, QSize size, const TopologyImageOptions& options) {
  QImage image(size * options.devicePixelRatio, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(options.devicePixelRatio);
  image.fill(options.transparent ? QColor(Qt::transparent) : Theme::instance().canvas());
  if (image.isNull() || size.isEmpty()) return image;
  Picture picture(design, options);
  const double scale = std::min({options.scale_max, size.width() / picture.content.width(),
                                 size.height() / picture.content.height()});
  QPainter painter(&image);
  painter.setRenderHint(QPainter::TextAntialiasing);
  painter.translate(QPointF(size.width(), size.height()) / 2);
  painter.scale(scale, scale);
  painter.translate(-picture.content.center());
  picture.paint(painter, scale);
  return image;
}

QByteArray renderTopologySvg(const DesignModel& design, const TopologyImageOptions& options) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  Picture picture(design, options);
  QSvgGenerator svg;
  svg.setOutputDevice(&buffer);
  svg.setTitle(design.title);
  svg.setSize(picture.content.size().toSize());
  svg.setViewBox(QRectF(QPointF(), picture.content.size()));
  // One unit of the scene is one pixel of CSS.
  svg.setResolution(96);
  QPainter painter(&svg);
  if (!options.transparent) {
    painter.fillRect(QRectF(QPointF(), picture.content.size()), Theme::instance().canvas());
  }
  painter.translate(-picture.content.topLeft());
  picture.paint(painter, 1);
  painter.end();
  return bytes;
}

}  // namespace faultline::gui
