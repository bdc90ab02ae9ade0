#include "gui/canvas/scene_painter.hpp"

#include <algorithm>
#include <cmath>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>

#include "gui/canvas/component_types.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr double full_detail = 0.5;    ///< Scale from which cards carry all their texts.
constexpr double names_detail = 0.24;  ///< Scale from which they carry their names.
constexpr double smooth_wires = 0.42;  ///< Scale from which wires are smooth curves.

QString say(const char* text) { return QCoreApplication::translate("ScenePainter", text); }

bool flagged(const std::vector<char>* flags, int index) {
  return flags != nullptr && index >= 0 && static_cast<std::size_t>(index) < flags->size() &&
         (*flags)[static_cast<std::size_t>(index)] != 0;
}

QColor mixed(const QColor& a, const QColor& b, double share) {
  return QColor::fromRgbF(static_cast<float>(a.redF() * (1 - share) + b.redF() * share),
                          static_cast<float>(a.greenF() * (1 - share) + b.greenF() * share),
                          static_cast<float>(a.blueF() * (1 - share) + b.blueF() * share));
}

/// Text that can be read on `ground`.
QColor textOn(const QColor& ground) {
  const double luminance =
      0.2126 * ground.redF() + 0.7152 * ground.greenF() + 0.0722 * ground.blueF();
  return luminance > 0.5 ? QColor("#1b2430") : QColor(Qt::white);
}

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

/// A rate in as many digits as there is room for.
QString shortRate(double rate) { return formatRate(rate >= 100 ? std::round(rate) : rate); }

/// The sign of a trouble, drawn in a square of 10.
void paintShape(QPainter& painter, CardBadge::Shape shape, QPointF centre, const QColor& color) {
  painter.setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  const auto at = [&](double x, double y) { return centre + QPointF(x, y); };
  switch (shape) {
    case CardBadge::Shape::none:
      break;
    case CardBadge::Shape::cross:
      painter.drawLine(at(-3, -3), at(3, 3));
      painter.drawLine(at(-3, 3), at(3, -3));
      break;
    case CardBadge::Shape::pause:
      painter.drawLine(at(-2, -3), at(-2, 3));
      painter.drawLine(at(2, -3), at(2, 3));
      break;
    case CardBadge::Shape::slow:  // An hour-glass.
      painter.drawPolyline(QPolygonF{{at(-3, -4), at(3, -4), at(-3, 4), at(3, 4), at(-3, -4)}});
      break;
    case CardBadge::Shape::gap:
      painter.drawLine(at(-5, 0), at(-1.8, 0));
      painter.drawLine(at(1.8, 0), at(5, 0));
      painter.drawLine(at(-1.8, -2.6), at(-1.8, 2.6));
      painter.drawLine(at(1.8, -2.6), at(1.8, 2.6));
      break;
    case CardBadge::Shape::drain:
      painter.drawLine(at(0, -4), at(0, 1.5));
      painter.drawPolyline(QPolygonF{{at(-2.5, -1), at(0, 1.6), at(2.5, -1)}});
      painter.drawLine(at(-3.5, 4), at(3.5, 4));
      break;
    case CardBadge::Shape::fault:
      painter.drawLine(at(0, -4), at(0, 1));
      painter.drawPoint(at(0, 3.8));
      break;
  }
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
    if (zone.empty && options.scale >= full_detail) {
      painter.setFont(small_);
      painter.setPen(Theme::instance().mutedText());
      painter.drawText(zone.frame.adjusted(10, 20, -10, -6), Qt::AlignCenter | Qt::TextWordWrap,
                       QCoreApplication::translate("ScenePainter", "Nobody stands here yet"));
    }
  }
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

void ScenePainter::paintWires(QPainter& painter, const CanvasScene& scene,
                              const PaintOptions& options) {
  const Theme& theme = Theme::instance();
  const bool smooth = options.detail && options.scale >= smooth_wires;
  painter.setRenderHint(QPainter::Antialiasing, smooth);
  const QColor usual = mixed(theme.mutedText(), theme.canvas(), smooth ? 0.15 : 0.35);
  QPen pen(usual, smooth ? 1.4 : 0);
  pen.setCosmetic(true);
  pen.setCapStyle(Qt::FlatCap);
  painter.setBrush(Qt::NoBrush);
  std::vector<int> special;
  std::vector<QPointF> segments;
  painter.setPen(pen);
  for (std::size_t i = 0; i < scene.wires().size(); ++i) {
    const SceneWire& wire = scene.wires()[i];
    if (!wire.way.bounds.intersects(options.exposed)) continue;
    const int index = static_cast<int>(i);
    const WireLive* live = nullptr;
    if (options.live != nullptr && wire.to >= 0) {
      live = options.live->wire(scene.cards()[static_cast<std::size_t>(wire.from)].node.name,
                                scene.cards()[static_cast<std::size_t>(wire.to)].node.name);
    }
    if (wire.to < 0 || (live != nullptr && live->cutRatio > 0) ||
        flagged(options.selectedWires, index) || options.hoverWire == index) {
      special.push_back(index);
      continue;
    }
    if (smooth) {
      painter.drawPath(wire.way.path);
    } else {
      // Straight pieces, and of those as few as the eye can tell from the curve.
      const QPolygonF& line = wire.way.line;
      const int stride = options.scale < 0.12 ? 7 : options.scale < names_detail ? 4 : 2;
      for (int k = 0; k + 1 < line.size(); k += stride) {
        segments.push_back(line[k]);
        segments.push_back(line[std::min(static_cast<int>(line.size()) - 1, k + stride)]);
      }
    }
  }
  if (!segments.empty()) {
    painter.drawLines(segments.data(), static_cast<int>(segments.size() / 2));
  }
  // Arrow heads, all in one.
  if (smooth) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(usual);
    for (const SceneWire& wire : scene.wires()) {
      if (wire.to < 0) continue;
      const QPointF tip = wire.way.tip;
      if (!options.exposed.adjusted(-10, -10, 10, 10).contains(tip)) continue;
      const QPointF along = wire.way.tipDirection;
      const QPointF across(-along.y(), along.x());
      const QPointF base = tip - along * 7.0;
      const QPointF corners[] = {tip, base + across * 3.6, base - across * 3.6};
      painter.drawConvexPolygon(corners, 3);
    }
  }

  painter.setRenderHint(QPainter::Antialiasing, options.scale >= names_detail);
  for (const int index : special) {
    const SceneWire& wire = scene.wires()[static_cast<std::size_t>(index)];
    const WireLive* live = nullptr;
    if (options.live != nullptr && wire.to >= 0) {
      live = options.live->wire(scene.cards()[static_cast<std::size_t>(wire.from)].node.name,
                                scene.cards()[static_cast<std::size_t>(wire.to)].node.name);
    }
    const bool cut = live != nullptr && live->cut;
    const bool part_cut = live != nullptr && !cut && live->cutRatio > 0;
    const bool chosen = flagged(options.selectedWires, index);
    const bool hover = options.hoverWire == index;
    QColor color = chosen || hover ? theme.accent() : theme.mutedText();
    if (cut || part_cut || wire.to < 0) color = theme.bad();
    QPen line(color, chosen ? 2.6 : 2);
    line.setCosmetic(true);
    line.setCapStyle(Qt::FlatCap);
    if (cut || wire.to < 0) line.setDashPattern({3.5, 2.5});
    if (part_cut) line.setDashPattern({7, 2});
    painter.setPen(line);
    painter.setBrush(Qt::NoBrush);
    if (cut) {
      // A gap in the middle, closed off by two bars: what is cut is seen without its colour.
      const QPolygonF& points = wire.way.line;
      double total = 0;
      for (int k = 1; k < points.size(); ++k) {
        total += std::hypot(points[k].x() - points[k - 1].x(), points[k].y() - points[k - 1].y());
      }
      const double half = std::min(0.3, 15 / std::max(1.0, total));
      for (const auto& [from, to] : {std::pair(0.0, 0.5 - half), std::pair(0.5 + half, 1.0)}) {
        QPolygonF part;
        for (int k = 0; k <= 16; ++k) part << pointAlong(points, from + (to - from) * k / 16);
        painter.drawPolyline(part);
      }
      QPen bar(color, 2.2);
      bar.setCosmetic(true);
      painter.setPen(bar);
      for (const double end : {0.5 - half, 0.5 + half}) {
        const QPointF at = pointAlong(points, end);
        const QPointF next = pointAlong(points, end + 0.01) - pointAlong(points, end - 0.01);
        const double length = std::max(1e-6, std::hypot(next.x(), next.y()));
        const QPointF across(-next.y() / length * 5, next.x() / length * 5);
        painter.drawLine(at - across, at + across);
      }
    } else {
      painter.drawPath(wire.way.path);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const QPointF along = wire.way.tipDirection;
    const QPointF across(-along.y(), along.x());
    const QPointF base = wire.way.tip - along * 8.0;
    if (wire.to >= 0) {
      const QPointF corners[] = {wire.way.tip, base + across * 4.4, base - across * 4.4};
      painter.drawConvexPolygon(corners, 3);
      if (options.handles && (chosen || hover)) {
        QPen ring(color, 1.6);
        ring.setCosmetic(true);
        painter.setPen(ring);
        painter.setBrush(theme.canvas());
        painter.drawEllipse(wire.way.tip, 4.5, 4.5);
      }
    } else {
      painter.setFont(small_);
      painter.setPen(color);
      painter.drawText(
          QRectF(wire.way.tip + QPointF(4, -9), QSizeF(120, 18)),
          Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
          elided(QCoreApplication::translate("ScenePainter", "%1 is missing").arg(wire.missing),
                 small_, 1, 120));
    }
  }
}

ScenePainter::Label ScenePainter::labelOf(const CanvasScene& scene, int index,
                                          const PaintOptions& options, bool roles) const {
  const Theme& theme = Theme::instance();
  const SceneWire& wire = scene.wires()[static_cast<std::size_t>(index)];
  Label label;
  label.wire = index;
  if (wire.to < 0) return label;
  const WireLive* live = nullptr;
  if (options.live != nullptr) {
    live = options.live->wire(scene.cards()[static_cast<std::size_t>(wire.from)].node.name,
                              scene.cards()[static_cast<std::size_t>(wire.to)].node.name);
  }
  label.color = theme.mutedText();
  if (live != nullptr && live->cut) {
    label.text = QCoreApplication::translate("ScenePainter", "cut");
    label.color = theme.bad();
    label.bold = true;
  } else if (live != nullptr && live->cutRatio > 0) {
    label.text =
        QCoreApplication::translate("ScenePainter", "%1 cut").arg(formatPercent(live->cutRatio, 0));
    if (live->perSecond > 0) {
      label.text = shortRate(live->perSecond) + QStringLiteral(", ") + label.text;
    }
    label.color = theme.bad();
  } else if (live != nullptr && live->perSecond > 0) {
    label.text = shortRate(live->perSecond);
    if (live->failPerSecond > 0.01 * live->perSecond) {
      label.text = QCoreApplication::translate("ScenePainter", "%1, %2 fail")
                       .arg(label.text, formatPercent(live->failPerSecond / live->perSecond, 0));
      label.color = theme.bad();
    }
  } else if (roles) {
    QStringList names;
    for (const int part : wire.parts) {
      const QString& path = scene.design().wires[static_cast<std::size_t>(part)].path;
      QString key = path.section(QLatin1Char('.'), -1);
      if (const auto bracket = key.indexOf(QLatin1Char('[')); bracket > 0) key.truncate(bracket);
      if (!names.contains(key)) names.push_back(key);
    }
    label.text = names.join(QStringLiteral(", "));
    label.color = theme.accent();
  }
  return label;
}

bool ScenePainter::placeLabel(const CanvasScene& scene, Label& label, double blow, bool mustShow) {
  const WireWay& way = scene.wires()[static_cast<std::size_t>(label.wire)].way;
  const double width = (widthOf(label.text, 1) + 8) * blow;
  const double height = 15 * blow;
  // On the line first, then above and below it.
  for (const double lift : {0.0, -(height / 2 + 3), height / 2 + 3}) {
    for (const double share : {0.5, 0.38, 0.62, 0.27, 0.73}) {
      const QPointF at = pointAlong(way.line, share) + QPointF(0, lift);
      label.place = QRectF(at.x() - width / 2, at.y() - height / 2, width, height);
      if (!bodies_.intersects(label.place) && !taken_.intersects(label.place)) {
        taken_.add(label.place);
        return true;
      }
    }
  }
  if (!mustShow) return false;
  const QPointF at = way.middle - QPointF(0, height);
  label.place = QRectF(at.x() - width / 2, at.y() - height / 2, width, height);
  return true;
}

void ScenePainter::layoutLabels(const CanvasScene& scene, const PaintOptions& options,
                                double blow) {
  const std::uint64_t live_revision = options.live != nullptr ? options.live->revision() : 0;
  if (sceneRevision_ == scene.revision() && liveRevision_ == live_revision && blow_ == blow) return;
  if (sceneRevision_ != scene.revision()) {
    bodies_.clear();
    for (const SceneCard& card : scene.cards()) bodies_.add(CanvasScene::bodyOf(card));
  }
  sceneRevision_ = scene.revision();
  liveRevision_ = live_revision;
  blow_ = blow;
  labels_.clear();
  taken_.clear();
  if (options.live == nullptr) return;
  // What is cut takes its place first.
  std::vector<Label> usual;
  for (std::size_t i = 0; i < scene.wires().size(); ++i) {
    Label label = labelOf(scene, static_cast<int>(i), options, false);
    if (label.text.isEmpty()) continue;
    if (!label.bold) {
      usual.push_back(std::move(label));
    } else if (placeLabel(scene, label, blow, true)) {
      labels_.push_back(std::move(label));
    }
  }
  for (Label& label : usual) {
    if (placeLabel(scene, label, blow, false)) labels_.push_back(std::move(label));
  }
}

void ScenePainter::paintWireLabels(QPainter& painter, const CanvasScene& scene,
                                   const PaintOptions& options) {
  if (options.scale < full_detail || !options.detail) return;
  const Theme& theme = Theme::instance();
  painter.setRenderHint(QPainter::Antialiasing, true);
  // Labels do not grow beyond their size at 1, so that a closer look makes room for them.
  const double blow = options.scale > 1 ? 1 / options.scale : 1;
  layoutLabels(scene, options, blow);
  QFont font = small_;
  const auto paint = [&](const Label& label) {
    if (!label.place.intersects(options.exposed)) return;
    painter.setPen(Qt::NoPen);
    QColor ground = theme.canvas();
    ground.setAlphaF(0.88F);
    painter.setBrush(ground);
    painter.drawRoundedRect(label.place, 4 * blow, 4 * blow);
    painter.save();
    painter.translate(label.place.center());
    painter.scale(blow, blow);
    font.setBold(label.bold);
    painter.setFont(font);
    painter.setPen(label.color);
    const double half = label.place.width() / blow / 2 + 6;
    painter.drawText(QRectF(-half, -9, 2 * half, 18), Qt::AlignCenter | Qt::TextSingleLine,
                     label.text);
    painter.restore();
  };
  for (const Label& label : labels_) paint(label);
  // What is under the hand or selected says what it is, even where there is no room.
  for (std::size_t i = 0; i < scene.wires().size(); ++i) {
    const int index = static_cast<int>(i);
    if (!flagged(options.selectedWires, index) && options.hoverWire != index) continue;
    const bool shown = std::any_of(labels_.begin(), labels_.end(),
                                   [&](const Label& label) { return label.wire == index; });
    if (shown) continue;
    Label label = labelOf(scene, index, options, true);
    if (label.text.isEmpty()) continue;
    const RectGrid before = taken_;
    placeLabel(scene, label, blow, true);
    taken_ = before;
    paint(label);
  }
}

void ScenePainter::paintCards(QPainter& painter, const CanvasScene& scene,
                              const PaintOptions& options) {
  const bool full = options.detail && options.scale >= full_detail;
  painter.setRenderHint(QPainter::Antialiasing, full);
  const QRectF near = options.exposed.adjusted(-24, -24, 24, 24);
  for (std::size_t i = 0; i < scene.cards().size(); ++i) {
    const SceneCard& card = scene.cards()[i];
    if (!card.rect.intersects(near)) continue;
    const bool faint = options.targets != nullptr && !flagged(options.targets, static_cast<int>(i));
    if (faint) painter.setOpacity(0.4);
    if (full) {
      paintCard(painter, card, static_cast<int>(i), options);
    } else {
      paintSmallCard(painter, card, static_cast<int>(i), options);
    }
    if (faint) painter.setOpacity(1);
  }
}

void ScenePainter::paintSmallCard(QPainter& painter, const SceneCard& card, int index,
                                  const PaintOptions& options) {
  const Theme& theme = Theme::instance();
  const CardLive* live = options.live != nullptr ? options.live->card(card.node.name) : nullptr;
  const bool dead = live != nullptr && live->servesNobody;
  const bool chosen = flagged(options.selectedCards, index);
  const bool target = flagged(options.targets, index);
  CardBadge badge;
  if (live != nullptr && live->disturbed()) badge = badgeOf(*live);
  QColor signal = categoryColor(card.category);
  if (live != nullptr) {
    signal = std::isnan(live->utilization) ? theme.info() : theme.load(live->utilization);
    if (badge.shape != CardBadge::Shape::none) signal = badge.color;
  }
  if (!card.node.knownType) signal = theme.bad();
  const QRectF& r = card.rect;
  if (card.node.replicas > 1) {
    painter.fillRect(r.translated(7, -7), theme.border());
    painter.fillRect(r.translated(6, -6).adjusted(1, 1, -1, -1), theme.surface());
  }
  const QColor edge = chosen || target ? theme.accent() : theme.border();
  painter.fillRect(r, edge);
  const double line = std::max(1.0, (chosen || target ? 2.0 : 1.0) / options.scale);
  const bool tiny = options.scale < names_detail;
  painter.fillRect(r.adjusted(line, line, -line, -line), dead ? theme.border()
                                                         : tiny && live
                                                             ? mixed(theme.surface(), signal, 0.35)
                                                             : theme.surface());
  painter.fillRect(QRectF(r.left(), r.top(), std::max(8.0, 2 / options.scale), r.height()), signal);
  if (!tiny) {
    painter.setFont(middle_);
    painter.setPen(dead ? theme.mutedText() : theme.text());
    painter.drawText(QRectF(r.left() + 14, r.top() + 4, r.width() - 20, 34),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     elided(card.node.name, middle_, 2, r.width() - 24));
    if (live != nullptr) {
      const double bar = barOf(card, *live);
      if (!std::isnan(bar)) {
        const QRectF track(r.left() + 14, r.bottom() - 20, r.width() - 28, 9);
        painter.fillRect(track, theme.grid());
        QRectF filled = track;
        filled.setWidth(track.width() * std::clamp(bar, 0.0, 1.0));
        painter.fillRect(filled, signal);
      }
    }
  }
  if (dead) {
    QPen cross(theme.bad(), 0);
    painter.setPen(cross);
    painter.drawLine(r.topLeft(), r.bottomRight());
    painter.drawLine(r.bottomLeft(), r.topRight());
  } else if (badge.shape != CardBadge::Shape::none) {
    // A notch at the corner, of the colour of the trouble.
    const QPointF corner = r.topRight();
    painter.setPen(Qt::NoPen);
    painter.setBrush(badge.color);
    const QPointF corners[] = {corner, corner - QPointF(34, 0), corner + QPointF(0, 34)};
    painter.drawConvexPolygon(corners, 3);
  }
}

void ScenePainter::paintCard(QPainter& painter, const SceneCard& card, int index,
                             const PaintOptions& options) {
  const Theme& theme = Theme::instance();
  const QRectF& r = card.rect;
  const CardLive* live = options.live != nullptr ? options.live->card(card.node.name) : nullptr;
  const bool dead = live != nullptr && live->servesNobody;
  const bool chosen = flagged(options.selectedCards, index);
  const bool target = flagged(options.targets, index);
  const bool hover = options.hoverCard == index;
  CardBadge badge;
  if (live != nullptr && live->disturbed()) badge = badgeOf(*live);

  QColor signal = categoryColor(card.category);
  if (live != nullptr) {
    signal = !std::isnan(live->utilization) && std::isnan(live->hitRatio)
                 ? theme.load(live->utilization)
                 : theme.info();
    if (badge.shape != CardBadge::Shape::none) signal = badge.color;
    if (dead) signal = theme.bad();
  }
  if (!card.node.knownType) signal = theme.bad();

  QColor ground = theme.surface();
  if (dead) ground = mixed(theme.surface(), theme.border(), 0.55);
  QColor edge = theme.border();
  if (hover) edge = mixed(theme.border(), theme.accent(), 0.6);
  if (dead) edge = theme.mutedText();
  if (chosen || target) edge = theme.accent();

  // Replicas: the cards behind.
  if (card.node.replicas > 1) {
    QPen pen(theme.border(), 1);
    painter.setPen(pen);
    painter.setBrush(ground);
    if (card.node.replicas > 2) painter.drawRoundedRect(r.translated(8, -8), 7, 7);
    painter.drawRoundedRect(r.translated(4, -4), 7, 7);
  }
  painter.setPen(QPen(edge, chosen || target ? 2 : 1, dead ? Qt::DashLine : Qt::SolidLine));
  painter.setBrush(ground);
  painter.drawRoundedRect(r, 7, 7);
  if (options.focusCard == index) {
    QPen ring(theme.accent(), 1.2, Qt::DotLine);
    painter.setPen(ring);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(r.adjusted(-4, -4, 4, 4), 9, 9);
  }
  // The edge of colour.
  painter.setPen(Qt::NoPen);
  painter.setBrush(signal);
  painter.drawRoundedRect(QRectF(r.left() + 1, r.top() + 8, 4, r.height() - 16), 2, 2);

  if (dead) {
    QColor line = theme.mutedText();
    line.setAlphaF(0.45F);
    painter.setPen(QPen(line, 1.3));
    painter.drawLine(r.topLeft() + QPointF(6, 3), r.bottomRight() - QPointF(6, 3));
    painter.drawLine(r.bottomLeft() + QPointF(6, -3), r.topRight() + QPointF(-6, 3));
  }

  const double left = r.left() + 14;
  double right = r.right() - 10;
  const QColor text = dead ? theme.mutedText() : theme.text();
  // Name and number of replicas.
  if (card.node.replicas > 1) {
    const QString count =
        QStringLiteral("×") + formatCount(static_cast<double>(card.node.replicas));
    painter.setFont(small_);
    painter.setPen(theme.mutedText());
    const double width = widthOf(count, 1);
    painter.drawText(QPointF(right - width, r.top() + 21), count);
    right -= width + 8;
  }
  painter.setFont(name_);
  painter.setPen(text);
  painter.drawText(QPointF(left, r.top() + 21), elided(card.node.name, name_, 0, right - left));

  // What it is.
  right = r.right() - 10;
  painter.setFont(small_);
  painter.setPen(card.node.knownType ? theme.mutedText() : theme.bad());
  QString what =
      card.node.knownType
          ? card.typeTitle
          : QCoreApplication::translate("ScenePainter", "unknown type %1").arg(card.node.type);
  if (live != nullptr) {
    const QString more = !live->role.isEmpty() ? live->role : card.node.subtitle;
    if (!more.isEmpty()) what += QStringLiteral(" · ") + more;
  }
  painter.drawText(QPointF(left, r.top() + 36), elided(what, small_, 1, right - left));

  const double base = r.bottom() - 11;
  if (live == nullptr) {
    QString third = card.node.subtitle;
    if (card.node.zones.size() > 1) {
      if (!third.isEmpty()) third += QStringLiteral(" · ");
      third += card.node.zones.join(QStringLiteral(", "));
    }
    painter.setPen(mixed(theme.mutedText(), theme.surface(), 0.2));
    painter.drawText(QPointF(left, base), elided(third, small_, 1, right - left));
  } else if (!dead) {
    const double faded = options.oldDesign ? 0.45 : 1;
    painter.setOpacity(painter.opacity() * faded);
    QString figure = figureOf(card, *live);
    if (options.oldDesign && !figure.isEmpty())
      figure = QCoreApplication::translate("ScenePainter", "%1 (old)").arg(figure);
    const double width = figure.isEmpty() ? 0 : widthOf(figure, 1);
    painter.setPen(theme.mutedText());
    painter.drawText(QPointF(right - width, base), figure);
    double room = right - width - 8 - left;
    // Who waits, in figures.
    if (!std::isnan(live->queueLength) && live->queueLength >= 0.05) {
      const QString waiting =
          formatShort(live->queueLength < 10 ? std::round(live->queueLength * 10) / 10
                                             : std::round(live->queueLength));
      const double taken = widthOf(waiting, 1) + 14;
      if (room - taken > 18) {
        const double at = right - width - 8 - taken + 2;
        painter.setPen(QPen(theme.mutedText(), 1.3));
        for (int k = 0; k < 3; ++k) {
          painter.drawLine(QPointF(at, base - 7 + k * 3), QPointF(at + 7, base - 7 + k * 3));
        }
        painter.drawText(QPointF(at + 10, base), waiting);
        room -= taken + 4;
      }
    }
    const double bar = barOf(card, *live);
    if (!std::isnan(bar) && room > 16) {
      const QRectF track(left, base - 6.5, std::min(room, 70.0), 5);
      painter.setPen(Qt::NoPen);
      const bool shares = card.category == 0 && std::isnan(live->hitRatio);
      painter.setBrush(shares && bar < 0.9995 ? theme.bad() : theme.grid());
      painter.drawRoundedRect(track, 2.5, 2.5);
      QRectF filled = track;
      filled.setWidth(std::max(1.5, track.width() * std::clamp(bar, 0.0, 1.0)));
      painter.setBrush(shares                        ? theme.good()
                       : !std::isnan(live->hitRatio) ? theme.info()
                                                     : theme.load(bar));
      painter.drawRoundedRect(filled, 2.5, 2.5);
    }
    painter.setOpacity(painter.opacity() / faded);
  }
  // Each replica, while any of them is in trouble or not in service and they can be told apart.
  if (live != nullptr && (live->disturbed() || live->off > 0) && live->members.size() > 1 &&
      live->members.size() <= 24) {
    const double step = std::min(9.0, (r.width() - 24) / static_cast<double>(live->members.size()));
    const double y = r.bottom() - 5.5;
    for (std::size_t k = 0; k < live->members.size(); ++k) {
      const sim::NodeCondition& c = live->members[k].second;
      const QRectF cell(left + static_cast<double>(k) * step, y, step - 2, 3);
      painter.setPen(Qt::NoPen);
      if (c.down) {
        painter.setPen(QPen(theme.bad(), 1.2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cell.adjusted(0.5, 0, -0.5, 0));
      } else if (c.off) {
        painter.setBrush(theme.border());
        painter.drawRect(cell);
      } else {
        painter.setBrush(c.cut_off || c.faulty      ? theme.bad()
                         : c.paused || c.slow       ? theme.warning()
                         : c.draining || c.starting ? theme.info()
                                                    : theme.good());
        painter.drawRect(cell);
      }
    }
  }
  if (badge.shape != CardBadge::Shape::none) {
    paintBadge(painter, badge, r.topRight() + QPointF(card.node.replicas > 1 ? 10 : 4, -9));
  }
  if (options.handles && card.hasPorts && (hover || chosen) && options.targets == nullptr) {
    QPen ring(theme.accent(), 1.6);
    painter.setPen(ring);
    painter.setBrush(theme.canvas());
    painter.drawEllipse(CanvasScene::portOf(card), 5.5, 5.5);
    painter.drawLine(CanvasScene::portOf(card) - QPointF(2.5, 0),
                     CanvasScene::portOf(card) + QPointF(2.5, 0));
    painter.drawLine(CanvasScene::portOf(card) - QPointF(0, 2.5),
                     CanvasScene::portOf(card) + QPointF(0, 2.5));
  }
}

void ScenePainter::paintBadge(QPainter& painter, const CardBadge& badge, QPointF topRight) {
  QString text = badge.text;
  if (badge.more > 0) text += QStringLiteral(" +%1").arg(badge.more);
  const double width = widthOf(text, 3) + 30;
  const QRectF pill(topRight.x() - width, topRight.y(), width, 18);
  painter.setPen(QPen(Theme::instance().canvas(), 1.5));
  painter.setBrush(badge.color);
  painter.drawRoundedRect(pill, 9, 9);
  const QColor ink = textOn(badge.color);
  paintShape(painter, badge.shape, QPointF(pill.left() + 12, pill.center().y()), ink);
  painter.setFont(badgeFont_);
  painter.setPen(ink);
  painter.drawText(pill.adjusted(20, 0, -6, 0), Qt::AlignCenter | Qt::TextSingleLine, text);
}

void ScenePainter::paintDots(QPainter& painter, const CanvasScene& scene,
                             const PaintOptions& options, double seconds) {
  if (options.live == nullptr) return;
  const Theme& theme = Theme::instance();
  double greatest = 0;
  std::vector<const WireLive*> lives(scene.wires().size(), nullptr);
  for (std::size_t i = 0; i < scene.wires().size(); ++i) {
    const SceneWire& wire = scene.wires()[i];
    if (wire.to < 0) continue;
    lives[i] = options.live->wire(scene.cards()[static_cast<std::size_t>(wire.from)].node.name,
                                  scene.cards()[static_cast<std::size_t>(wire.to)].node.name);
    if (lives[i] != nullptr) greatest = std::max(greatest, lives[i]->perSecond);
  }
  if (!(greatest > 0)) return;
  painter.setRenderHint(QPainter::Antialiasing, true);
  constexpr double travel = 1.1;       // Seconds from end to end.
  constexpr double most_a_second = 9;  // Dots on the busiest wire.
  for (std::size_t i = 0; i < scene.wires().size(); ++i) {
    const WireLive* live = lives[i];
    if (live == nullptr || !(live->perSecond > 0) || live->cut) continue;
    const WireWay& way = scene.wires()[i].way;
    if (!way.bounds.intersects(options.exposed)) continue;
    const double rate = std::max(0.35, most_a_second * live->perSecond / greatest);
    const double failing = live->failPerSecond / live->perSecond;
    const auto newest = static_cast<std::int64_t>(std::floor(seconds * rate));
    for (std::int64_t n = newest;; --n) {
      const double age = seconds - static_cast<double>(n) / rate;
      if (age > travel) break;
      const QPointF at = pointAlong(way.line, age / travel);
      // Of every hundred so many fail: told by a hollow dot, not by colour alone.
      const auto lot = static_cast<double>(((n * 61) % 100 + 100) % 100);
      const bool fails = lot < failing * 100;
      // Not over the figures of the wires.
      const bool hidden = std::any_of(labels_.begin(), labels_.end(),
                                      [&](const Label& label) { return label.place.contains(at); });
      if (hidden) continue;
      painter.setPen(fails ? QPen(theme.bad(), 1.4) : QPen(Qt::NoPen));
      painter.setBrush(fails ? theme.canvas() : theme.accent());
      painter.drawEllipse(at, fails ? 3 : 2.6, fails ? 3 : 2.6);
    }
  }
}

}  // namespace faultline::gui
