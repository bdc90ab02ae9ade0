// Wires of the canvas, their figures, and the requests that pass.
#include <algorithm>
#include <cmath>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>
#include <utility>

#include "gui/canvas/component_types.hpp"
#include "gui/canvas/paint_tools.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr double smooth_wires = 0.42;  ///< Scale from which wires are smooth curves.

}  // namespace

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
      const QString rate = label.text;
      const QString share = formatPercent(live->failPerSecond / live->perSecond, 0);
      label.text = QCoreApplication::translate("ScenePainter", "%1, %2 fail").arg(rate, share);
      label.narrow = rate + QLatin1Char('\n') +
                     QCoreApplication::translate("ScenePainter", "%1 fail").arg(share);
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
  const auto lines = label.text.split(QLatin1Char('\n'));
  double widest = 0;
  for (const QString& line : lines) widest = std::max(widest, widthOf(line, 1));
  const double width = (widest + 8) * blow;
  const double height = (2 + 13 * static_cast<double>(lines.size())) * blow;
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
  if (!label.narrow.isEmpty()) {
    label.text = std::exchange(label.narrow, {});
    return placeLabel(scene, label, blow, mustShow);
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
    const double tall = label.place.height() / blow / 2 + 2;
    painter.drawText(QRectF(-half, -tall, 2 * half, 2 * tall), Qt::AlignCenter, label.text);
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
