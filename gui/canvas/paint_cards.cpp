// Cards of the canvas and their badges.
#include <algorithm>
#include <cmath>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>

#include "gui/canvas/component_types.hpp"
#include "gui/canvas/paint_tools.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

/// Text that can be read on `ground`.
QColor textOn(const QColor& ground) {
  const double luminance =
      0.2126 * ground.redF() + 0.7152 * ground.greenF() + 0.0722 * ground.blueF();
  return luminance > 0.5 ? QColor("#1b2430") : QColor(Qt::white);
}

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
    // Whole words rather than the beginnings of more: who leads, else what sets it apart.
    const QString more = !live->role.isEmpty() ? live->role : card.node.subtitle;
    const QString both = more.isEmpty() ? what : what + QStringLiteral(" · ") + more;
    if (widthOf(both, 1) <= right - left) {
      what = both;
    } else if (!live->role.isEmpty() && widthOf(more, 1) <= right - left) {
      what = more;
    }
  }
  if (widthOf(what, 1) > right - left) what = what.section(QStringLiteral(" ("), 0, 0);
  painter.drawText(QPointF(left, r.top() + 36), elided(what, small_, 1, right - left));

  const double base = r.bottom() - 11;
  if (live == nullptr) {
    QString third = card.node.subtitle;
    if (card.node.zones.size() > 1) {
      if (!third.isEmpty()) third += QStringLiteral(" · ");
      const QString names = card.node.zones.join(QStringLiteral(", "));
      // Their names are at the frames too.
      third += widthOf(third + names, 1) <= right - left
                   ? names
                   : QCoreApplication::translate("ScenePainter", "zones: %1")
                         .arg(card.node.zones.size());
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

}  // namespace faultline::gui
