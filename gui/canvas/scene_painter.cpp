#include "gui/canvas/scene_painter.hpp"

#include <algorithm>
#include <cmath>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>

#include "gui/canvas/component_types.hpp"
#include "gui/canvas/paint_tools.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("ScenePainter", text); }

QFont sized(const QFont& base, double pixels, bool bold) {
  QFont font = base;
  font.setPixelSize(static_cast<int>(pixels));
  font.setBold(bold);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

QString ofAll(const char* one, const char* some, int count, int all) {
  return all <= 1 || count == all ? say(one) : say(some).arg(count).arg(all);
}

}  // namespace

QColor zoneColor(int index) {
  static constexpr int order[] = {0, 3, 2, 4, 5, 1};
  return Theme::instance().series(order[index % 6]);
}

CardBadge badgeOf(const CardLive& live) {
  using Shape = CardBadge::Shape;
  const Theme& theme = Theme::instance();
  CardBadge badge;
  const auto add = [&](int count, Shape shape, const char* one, const char* some,
                       const QColor& color) {
    if (count == 0) return;
    if (badge.shape != Shape::none) {
      ++badge.more;
      return;
    }
    badge.shape = shape;
    badge.text = ofAll(one, some, count, live.replicas);
    badge.color = color;
  };
  add(live.down, Shape::cross, QT_TRANSLATE_NOOP("ScenePainter", "down"),
      QT_TRANSLATE_NOOP("ScenePainter", "%1 of %2 down"), theme.bad());
  add(live.cutOff, Shape::gap, QT_TRANSLATE_NOOP("ScenePainter", "cut off"),
      QT_TRANSLATE_NOOP("ScenePainter", "%1 of %2 cut off"), theme.bad());
  add(live.paused, Shape::pause, QT_TRANSLATE_NOOP("ScenePainter", "paused"),
      QT_TRANSLATE_NOOP("ScenePainter", "%1 of %2 paused"), theme.warning());
  add(live.slow, Shape::slow, QT_TRANSLATE_NOOP("ScenePainter", "slow"),
      QT_TRANSLATE_NOOP("ScenePainter", "%1 of %2 slow"), theme.warning());
  add(live.draining, Shape::drain, QT_TRANSLATE_NOOP("ScenePainter", "draining"),
      QT_TRANSLATE_NOOP("ScenePainter", "%1 of %2 draining"), theme.info());
  add(live.faulty, Shape::fault, QT_TRANSLATE_NOOP("ScenePainter", "disturbed"),
      QT_TRANSLATE_NOOP("ScenePainter", "%1 of %2 disturbed"), theme.bad());
  return badge;
}

QString figureOf(const SceneCard& card, const CardLive& live) {
  if (!std::isnan(live.hitRatio))
    return QCoreApplication::translate("ScenePainter", "hit %1")
        .arg(formatPercent(live.hitRatio, 0));
  if (!std::isnan(live.utilization)) return formatPercent(live.utilization, 0);
  if (card.category == 0) {
    if (std::isnan(live.latencyP99)) {
      const double rate = live.okPerSecond + live.failPerSecond;
      return rate > 0 ? shortRate(rate) : QString();
    }
    return QCoreApplication::translate("ScenePainter", "p99 %1")
        .arg(formatSeconds(live.latencyP99));
  }
  return shortRate(live.receivedPerSecond);
}

double barOf(const SceneCard& card, const CardLive& live) {
  if (!std::isnan(live.hitRatio)) return live.hitRatio;
  if (!std::isnan(live.utilization)) return live.utilization;
  if (card.category == 0) {
    const double ended = live.okPerSecond + live.failPerSecond;
    return ended > 0 ? live.okPerSecond / ended : CardLive::none;
  }
  return CardLive::none;
}

ScenePainter::ScenePainter() { themeChanged(); }

void ScenePainter::themeChanged() {
  const QFont base = Theme::instance().font();
  name_ = sized(base, 13, true);
  small_ = sized(base, 11, false);
  middle_ = sized(base, 20, true);
  zoneFont_ = sized(base, 12, true);
  badgeFont_ = sized(base, 10, true);
  elided_.clear();
  widths_.clear();
  sceneRevision_ = 0;
}

QString ScenePainter::elided(const QString& text, const QFont& font, int fontKind, double width) {
  if (elided_.size() > 40000) elided_.clear();
  Elided& entry = elided_[{text, fontKind}];
  if (entry.width != static_cast<int>(width)) {
    entry.width = static_cast<int>(width);
    entry.text = QFontMetricsF(font).elidedText(text, Qt::ElideRight, width);
  }
  return entry.text;
}

double ScenePainter::widthOf(const QString& text, int fontKind) {
  if (widths_.size() > 20000) widths_.clear();
  const auto found = widths_.constFind({text, fontKind});
  if (found != widths_.constEnd()) return *found;
  const QFont& font = fontKind == 0 ? name_ : fontKind == 3 ? badgeFont_ : small_;
  const double width = QFontMetricsF(font).horizontalAdvance(text);
  widths_.insert({text, fontKind}, width);
  return width;
}

void ScenePainter::paint(QPainter& painter, const CanvasScene& scene, const PaintOptions& options) {
  painter.setRenderHint(QPainter::Antialiasing, false);
  if (options.grid) paintGrid(painter, options);
  paintZones(painter, scene, options);
  paintNotes(painter, scene, options);
  paintWires(painter, scene, options);
  paintCards(painter, scene, options);
  paintWireLabels(painter, scene, options);
}

void ScenePainter::paintGrid(QPainter& painter, const PaintOptions& options) {
  double step = grid_step * 2;
  while (step * options.scale < 16) step *= 2;
  const QRectF& area = options.exposed;
  std::vector<QPointF> points;
  for (double x = std::ceil(area.left() / step) * step; x <= area.right(); x += step) {
    for (double y = std::ceil(area.top() / step) * step; y <= area.bottom(); y += step) {
      points.emplace_back(x, y);
    }
  }
  if (points.size() > 40000) return;
  QPen pen(Theme::instance().grid(), 1);
  pen.setCosmetic(true);
  painter.setPen(pen);
  painter.drawPoints(points.data(), static_cast<int>(points.size()));
}

void ScenePainter::paintZones(QPainter& painter, const CanvasScene& scene,
                              const PaintOptions& options) {
  const bool smooth = options.scale >= names_detail;
  painter.setRenderHint(QPainter::Antialiasing, smooth);
  for (std::size_t i = 0; i < scene.zones().size(); ++i) {
    const SceneZone& zone = scene.zones()[i];
    if (!zone.frame.intersects(options.exposed)) continue;
    const int index = static_cast<int>(i);
    const QColor color = zoneColor(index);
    const bool strong = options.selectedZone == index || options.hoverZone == index;
    QPen pen(color, strong ? 2.2 : 1.3, Qt::DashLine);
    pen.setCosmetic(true);
    pen.setDashPattern({4, 3});
    painter.setPen(pen);
    QColor fill = color;
    fill.setAlphaF(options.hoverZone == index ? 0.14F : zone.empty ? 0.02F : 0.035F);
    painter.setBrush(fill);
    painter.drawRoundedRect(zone.frame, 9, 9);
    // The title keeps a size that can be read while the rest shrinks.
    const double blow = std::clamp(0.8 / options.scale, 1.0, 6.0);
    if (zone.frame.width() < 40 * blow) continue;
    QFont font = zoneFont_;
    font.setPixelSize(static_cast<int>(std::lround(12 * blow)));
    painter.setFont(font);
    painter.setPen(color);
    const QFontMetricsF metrics(font);
    const double top =
        blow > 1.01 ? zone.frame.top() - 4 * blow - metrics.height() : zone.frame.top() + 6;
    QString title = zone.zone.name;
    const QString text = metrics.elidedText(title, Qt::ElideRight, zone.frame.width() - 20);
    painter.drawText(QRectF(zone.frame.left() + 12, top, zone.frame.width() - 20, metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
    if (blow < 1.01 && !zone.zone.region.isEmpty()) {
      const double used = metrics.horizontalAdvance(text) + 22;
      painter.setFont(small_);
      painter.setPen(Theme::instance().mutedText());
      const double room = zone.frame.width() - used - 12;
      if (room > 30) {
        painter.drawText(QRectF(zone.frame.left() + used, top, room, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         elided(zone.zone.region, small_, 1, room));
      }
    }
    if (options.scale >= full_detail) paintGuests(painter, zone);
  }
}

/// Who stands in a zone without a card in its frame: in an empty one a line each, else a line at
/// the foot of it.
void ScenePainter::paintGuests(QPainter& painter, const SceneZone& zone) {
  painter.setFont(small_);
  painter.setPen(Theme::instance().mutedText());
  const double room = zone.frame.width() - 24;
  if (!zone.empty) {
    if (zone.guests.isEmpty()) return;
    const QString text = QCoreApplication::translate("ScenePainter", "Also here: %1")
                             .arg(zone.guests.join(QStringLiteral(" · ")));
    painter.drawText(QPointF(zone.frame.left() + 12, zone.frame.bottom() - 9),
                     elided(text, small_, 1, room));
    return;
  }
  QString text = QCoreApplication::translate("ScenePainter", "Nobody stands here yet");
  if (!zone.guests.isEmpty()) {
    QStringList lines{QCoreApplication::translate("ScenePainter", "Replicas here:")};
    for (const QString& guest : zone.guests) lines << elided(guest, small_, 1, room);
    text = lines.join(QLatin1Char('\n'));
  }
  painter.drawText(zone.frame.adjusted(10, 24, -10, -6), Qt::AlignCenter | Qt::TextWordWrap, text);
}

void ScenePainter::paintNotes(QPainter& painter, const CanvasScene& scene,
                              const PaintOptions& options) {
  const Theme& theme = Theme::instance();
  painter.setRenderHint(QPainter::Antialiasing, options.scale >= names_detail);
  for (std::size_t i = 0; i < scene.notes().size(); ++i) {
    const SceneNote& note = scene.notes()[i];
    if (!note.rect.intersects(options.exposed)) continue;
    const bool selected = flagged(options.selectedNotes, static_cast<int>(i));
    const QColor fill = mixed(theme.surface(), theme.warning(), theme.isDark() ? 0.16 : 0.12);
    QPen pen(selected ? theme.accent() : mixed(theme.border(), theme.warning(), 0.4),
             selected ? 2 : 1);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.setBrush(fill);
    // A folded corner says that it is paper.
    const double fold = std::min({14.0, note.rect.width() / 2, note.rect.height() / 2});
    const QRectF& r = note.rect;
    painter.drawPolygon(
        QPolygonF{{r.topLeft(), r.topRight() - QPointF(fold, 0), r.topRight() + QPointF(0, fold),
                   r.bottomRight(), r.bottomLeft()}});
    painter.drawPolyline(
        QPolygonF{{r.topRight() - QPointF(fold, 0), r.topRight() + QPointF(-fold, fold),
                   r.topRight() + QPointF(0, fold)}});
    if (static_cast<int>(i) != options.editedNote && options.scale >= names_detail) {
      painter.save();
      painter.setClipRect(r.adjusted(6, 4, -6, -4), Qt::IntersectClip);
      painter.setFont(small_);
      painter.setPen(theme.text());
      painter.drawText(r.adjusted(9, 7, -14, -5), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                       note.text);
      painter.restore();
    }
    if (selected && options.handles) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(theme.accent());
      const double size = 4 / options.scale;
      painter.drawRect(QRectF(r.bottomRight() - QPointF(size, size), QSizeF(2 * size, 2 * size)));
    }
  }
}

}  // namespace faultline::gui
