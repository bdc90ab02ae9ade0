#include "gui/canvas/minimap.hpp"

#include <algorithm>
#include <QMouseEvent>
#include <QPainter>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/canvas_view.hpp"
#include "gui/canvas/component_types.hpp"
#include "gui/canvas/live_state.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

Minimap::Minimap(CanvasView& view, QWidget* parent) : QWidget(parent), view_(view) {
  setObjectName(QStringLiteral("minimap"));
  setAccessibleName(tr("Minimap"));
  setCursor(Qt::ArrowCursor);
  connect(&view, &CanvasView::viewChanged, this, qOverload<>(&QWidget::update));
  connect(&Theme::instance(), &Theme::changed, this, &Minimap::contentChanged);
}

QSize Minimap::sizeHint() const { return {150, 96}; }

void Minimap::contentChanged() {
  stale_ = true;
  update();
}

QRectF Minimap::sheet() const {
  QRectF all = view_.contentRect();
  if (all.isNull()) all = view_.visibleScene();
  // The frame stays in the picture while it is a little outside of the content.
  const QRectF seen = view_.visibleScene();
  const QRectF around = all.adjusted(-all.width() * 0.3 - 50, -all.height() * 0.3 - 50,
                                     all.width() * 0.3 + 50, all.height() * 0.3 + 50);
  return all.united(seen.intersected(around));
}

double Minimap::scale() const {
  const QRectF all = sheet();
  return std::min((width() - 12) / std::max(1.0, all.width()),
                  (height() - 12) / std::max(1.0, all.height()));
}

QPointF Minimap::fromScene(QPointF scene) const {
  return (scene - sheet().center()) * scale() + QPointF(width(), height()) / 2;
}

QPointF Minimap::toScene(QPointF point) const {
  return sheet().center() + (point - QPointF(width(), height()) / 2) / scale();
}

void Minimap::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::instance();
  const QRectF all = sheet();
  const double ratio = devicePixelRatioF();
  const QSize pixels = (QSizeF(size()) * ratio).toSize();
  if (stale_ || all != drawn_ || picture_.size() != pixels) {
    stale_ = false;
    drawn_ = all;
    picture_ = QImage(pixels, QImage::Format_ARGB32_Premultiplied);
    picture_.setDevicePixelRatio(ratio);
    QColor ground = theme.surface();
    ground.setAlpha(235);
    picture_.fill(Qt::transparent);
    QPainter painter(&picture_);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border());
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    const double by = scale();
    painter.translate(QPointF(width(), height()) / 2);
    painter.scale(by, by);
    painter.translate(-all.center());
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < view_.scene().zones().size(); ++i) {
      QPen pen(zoneColor(static_cast<int>(i)), 1);
      pen.setCosmetic(true);
      painter.setPen(pen);
      painter.drawRoundedRect(view_.scene().zones()[i].frame, 10, 10);
    }
    painter.setPen(Qt::NoPen);
    painter.setRenderHint(QPainter::Antialiasing, view_.scene().cards().size() < 400);
    for (const SceneCard& card : view_.scene().cards()) {
      QColor color = categoryColor(card.category);
      if (const CardLive* live =
              view_.live().isEmpty() ? nullptr : view_.live().card(card.node.name)) {
        color = live->disturbed()                ? badgeOf(*live).color
                : !std::isnan(live->utilization) ? theme.load(live->utilization)
                                                 : theme.info();
      }
      painter.setBrush(color);
      // At least a dot of the screen.
      const double least = 2 / by;
      QRectF rect = card.rect;
      if (rect.width() < least) rect.setWidth(least);
      if (rect.height() < least) rect.setHeight(least);
      painter.drawRect(rect);
    }
  }
  QPainter painter(this);
  painter.drawImage(QPointF(), picture_);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF seen = view_.visibleScene();
  QRectF frame(fromScene(seen.topLeft()), fromScene(seen.bottomRight()));
  frame = frame.intersected(QRectF(rect()).adjusted(2, 2, -2, -2));
  QColor fill = theme.accent();
  fill.setAlpha(24);
  painter.setBrush(fill);
  painter.setPen(QPen(theme.accent(), 1.5));
  painter.drawRoundedRect(frame, 2, 2);
}

void Minimap::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  dragging_ = true;
  const QPointF at = toScene(event->position());
  const QRectF seen = view_.visibleScene();
  // Inside the frame it is taken where it is; beside it, it jumps under the mouse.
  grip_ = seen.contains(at) ? seen.center() - at : QPointF();
  if (grip_.isNull()) view_.centreOn(at);
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
  if (!dragging_) return;
  view_.centreOn(toScene(event->position()) + grip_);
}

void Minimap::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) setAccessibleName(tr("Minimap"));
  QWidget::changeEvent(event);
}

void Minimap::mouseReleaseEvent(QMouseEvent*) { dragging_ = false; }

}  // namespace faultline::gui
