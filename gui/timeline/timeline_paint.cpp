// How the timeline is drawn.
#include <algorithm>
#include <array>
#include <cmath>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>

#include "gui/charts/chart_data.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"
#include "gui/timeline/timeline_view.hpp"

namespace faultline::gui {

void TimelineView::drawScale(QPainter& painter) const {
  const Theme& theme = Theme::instance();
  const QRectF rect = area();
  const double from = shownFrom();
  const double to = shownTo();
  const QRectF cursor = cursorLabel();
  painter.setFont(theme.smallFont());
  const QFontMetricsF metrics(painter.font());
  const double room = metrics.horizontalAdvance("000,000 ms") + 14;
  const int marks = std::max(1, static_cast<int>(rect.width() / room));
  // Round steps: of ten up to a minute, then as clocks count.
  double step = 0;
  static constexpr std::array<double, 16> clock_steps = {
      60,    120,   300,   600,   900,    1800,   3600,    7200,
      10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000};
  const double least = (to - from) / marks;
  if (least > 30) {
    step = *std::find_if(clock_steps.begin(), clock_steps.end() - 1,
                         [&](double each) { return each >= least; });
  } else {
    step = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
      if (step * factor >= least) {
        step *= factor;
        break;
      }
    }
  }
  for (double mark = std::ceil(from / step - 1e-9) * step; mark <= to + step * 1e-6; mark += step) {
    const double x = xOf(mark);
    painter.setPen(QPen(theme.grid(), 1));
    painter.drawLine(QPointF(x, rect.top()), QPointF(x, viewport()->height()));
    const QString text = formatSeconds(std::abs(mark) < step * 1e-6 ? 0 : mark);
    const double width = metrics.horizontalAdvance(text);
    const QRectF box(std::clamp(x - width / 2, 2.0, viewport()->width() - width - 2), 0, width + 2,
                     scale_height);
    if (cursor.adjusted(-4, 0, 4, 0).intersects(box)) continue;  // The cursor tells its own time.
    painter.setPen(theme.mutedText());
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text);
  }
  // What the run has come to, against what is planned.
  const double now = reached();
  if (now > 0) {
    const QRectF past(xOf(std::max(0.0, from)), rect.top() - 2, xOf(now) - xOf(std::max(0.0, from)),
                      2);
    if (past.width() > 0) {
      painter.fillRect(past.intersected(QRectF(rect.left(), 0, rect.width(), rect.bottom())),
                       theme.good());
    }
  }
}

void TimelineView::drawBreaches(QPainter& painter) const {
  const Theme& theme = Theme::instance();
  const QRectF rect = area();
  painter.setFont(theme.smallFont());
  for (const sim::Band& band : bandsOf(source_)) {
    if (band.kind != "breach") continue;
    const double left = std::max(xOf(band.from_seconds), rect.left());
    const double right = std::min(std::max(xOf(band.to_seconds), left + 2), rect.right());
    if (right <= left) continue;
    painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), theme.breachBand());
    painter.fillRect(QRectF(left, scale_height, right - left, strip_height - 3), theme.bad());
  }
}

void TimelineView::drawBar(QPainter& painter, const FaultBar& bar, bool selected) const {
  const Theme& theme = Theme::instance();
  const QRectF rect = rectOf(bar);
  if (rect.right() < 0 || rect.left() > viewport()->width()) return;
  // No wider than the viewport, so that long bars are quick to draw and their text is in sight.
  const QRectF shown =
      rect.intersected(QRectF(-8, rect.top(), viewport()->width() + 16.0, rect.height()));
  QColor fill = theme.warning();
  if (bar.kind == FaultBar::Kind::phase) fill = theme.series(3);
  if (bar.kind == FaultBar::Kind::incident) fill = theme.series(6);
  QPainterPath path;
  path.addRoundedRect(shown, 4, 4);
  QColor ground = fill;
  // One that came by chance stands out of the bar that says that it may come.
  const bool came = bar.kind == FaultBar::Kind::random && bar.repeats;
  const bool may_come = bar.kind == FaultBar::Kind::random && !bar.repeats;
  ground.setAlpha(came ? 210 : may_come ? 28 : theme.isDark() ? 90 : 75);
  if (bar.kind == FaultBar::Kind::incident) {
    // Only a bracket: its phases are the bars.
    painter.setPen(QPen(fill, 2));
    painter.drawLine(QPointF(shown.left(), shown.bottom() - 1),
                     QPointF(shown.right(), shown.bottom() - 1));
    painter.drawLine(QPointF(shown.left() + 1, shown.bottom() - 6),
                     QPointF(shown.left() + 1, shown.bottom() - 1));
    painter.drawLine(QPointF(shown.right() - 1, shown.bottom() - 6),
                     QPointF(shown.right() - 1, shown.bottom() - 1));
  } else {
    painter.fillPath(path, ground);
    if (bar.kind == FaultBar::Kind::hand || may_come || (bar.repeats && !came)) {
      QColor hatch = fill;
      hatch.setAlpha(bar.kind == FaultBar::Kind::hand ? 170 : 110);
      painter.fillPath(path, QBrush(hatch, bar.kind == FaultBar::Kind::hand ? Qt::FDiagPattern
                                                                            : Qt::Dense6Pattern));
    }
    painter.setPen(
        QPen(fill, 1.4, bar.kind == FaultBar::Kind::hand ? Qt::DashLine : Qt::SolidLine));
    painter.drawPath(path);
    if (bar.openEnd) {
      // No end: an arrow instead of an edge.
      painter.setBrush(fill);
      painter.setPen(Qt::NoPen);
      const double x = std::min(rect.right(), viewport()->width() - 2.0);
      const double y = rect.center().y();
      painter.drawPolygon(QPolygonF{QPointF(x - 7, y - 5), QPointF(x - 7, y + 5), QPointF(x, y)});
      painter.setBrush(Qt::NoBrush);
    }
  }
  if (selected) {
    painter.setPen(QPen(theme.accent(), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(shown.adjusted(-1.5, -1.5, 1.5, 1.5), 5, 5);
    if (bar.stretchable()) {
      painter.setPen(QPen(theme.accent(), 2));
      for (const double x : {shown.left() + 4, shown.right() - 4}) {
        painter.drawLine(QPointF(x, shown.top() + 4), QPointF(x, shown.bottom() - 4));
      }
    }
  }
  painter.setFont(theme.smallFont());
  const QFontMetricsF metrics(painter.font());
  QString text = bar.text;
  if (bar.kind == FaultBar::Kind::hand) text = tr("by hand: %1").arg(text);
  if (bar.repeats) return;  // Its first occurrence has the name.
  painter.setPen(theme.text());
  const double inside = shown.width() - 14;
  const double needed = metrics.horizontalAdvance(text);
  const double left = std::max(shown.left(), 0.0) + 7;
  if (needed <= inside) {
    painter.drawText(QRectF(left, shown.top(), inside, shown.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, text);
    return;
  }
  // A short bar has its text at its side, if nothing stands there.
  double free = viewport()->width() - 4.0;
  for (const FaultBar& other : bars_) {
    if (other.lane == bar.lane && other.from >= bar.to && !sameBar(other, bar)) {
      free = std::min(free, xOf(other.from) - 6);
    }
  }
  const double outside = free - (shown.right() + 5);
  if (outside > inside && outside > 20) {
    painter.drawText(QRectF(shown.right() + 5, shown.top(), outside, shown.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(text, Qt::ElideRight, outside));
  } else if (inside > 16) {
    painter.drawText(QRectF(left, shown.top(), inside, shown.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(text, Qt::ElideRight, inside));
  }
}

void TimelineView::drawCursor(QPainter& painter) const {
  const Theme& theme = Theme::instance();
  const QRectF rect = area();
  const double hover = source_.cursor().hover();
  if (std::isfinite(hover)) {
    painter.setPen(QPen(theme.mutedText(), 1));
    painter.drawLine(QPointF(xOf(hover), rect.top()), QPointF(xOf(hover), rect.bottom()));
  }
  if (source_.snapshot() == nullptr) return;
  const bool live = source_.cursor().isLive();
  const double time = cursorTime();
  const double x = xOf(time);
  if (x < -10 || x > viewport()->width() + 10) return;
  painter.setPen(QPen(theme.accent(), 1.8, live ? Qt::SolidLine : Qt::DashLine));
  painter.drawLine(QPointF(x, scale_height - 4), QPointF(x, rect.bottom()));
  painter.setPen(QPen(theme.surface(), 1));
  painter.setBrush(theme.accent());
  painter.drawEllipse(QPointF(x, scale_height - 6), 6, 6);
  painter.setFont(theme.smallFont());
  const QRectF label = cursorLabel();
  painter.setPen(Qt::NoPen);
  painter.setBrush(live ? theme.surface() : theme.accent());
  painter.drawRoundedRect(label, 4, 4);
  painter.setPen(live ? theme.text() : theme.onAccent());
  painter.drawText(label, Qt::AlignCenter, cursorText());
}

QString TimelineView::cursorText() const {
  const QString time = formatClock(cursorTime());
  return source_.cursor().isLive() ? time : tr("at %1").arg(time);
}

QRectF TimelineView::cursorLabel() const {
  if (source_.snapshot() == nullptr) return {};
  const double x = xOf(cursorTime());
  const double width =
      QFontMetricsF(Theme::instance().smallFont()).horizontalAdvance(cursorText()) + 10;
  double left = x + 9;
  if (left + width > viewport()->width()) left = x - 9 - width;
  return {left, 1, width, scale_height - 2.0};
}

void TimelineView::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& theme = Theme::instance();
  painter.fillRect(viewport()->rect(), theme.surface());
  drawScale(painter);
  drawBreaches(painter);
  painter.save();
  painter.setClipRect(QRectF(0, area().top(), viewport()->width(), area().height()));
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    const bool dragged = preview_ && grabbed_.bar == static_cast<int>(i);
    if (!dragged) drawBar(painter, bars_[i], selected_ == static_cast<int>(i));
  }
  if (preview_) drawBar(painter, *preview_, true);
  if (drop_at_) {
    painter.setPen(QPen(theme.warning(), 2, Qt::DashLine));
    painter.drawLine(QPointF(xOf(*drop_at_), area().top()), QPointF(xOf(*drop_at_), height()));
  }
  painter.restore();
  if (bars_.empty()) {
    painter.setFont(theme.font());
    painter.setPen(theme.mutedText());
    painter.drawText(area(), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("No faults. Right-click where one should begin, or drag one here."));
  }
  if (preview_) {
    // The times that letting go would write.
    const QString text =
        tr("%1 to %2").arg(formatSeconds(preview_->from, 6), formatSeconds(preview_->to, 6));
    painter.setFont(theme.smallFont());
    const QFontMetricsF metrics(painter.font());
    const QRectF rect = rectOf(*preview_);
    const double width = metrics.horizontalAdvance(text) + 12;
    const QRectF box(
        std::clamp(rect.center().x() - width / 2, 2.0, viewport()->width() - width - 2),
        std::max(rect.top() - metrics.height() - 4, 0.0), width, metrics.height() + 4);
    painter.setPen(QPen(theme.border(), 1));
    painter.setBrush(theme.raised());
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(theme.text());
    painter.drawText(box, Qt::AlignCenter, text);
  }
  drawCursor(painter);
  if (hasFocus() && selected_ < 0) {
    painter.setPen(QPen(theme.accent(), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
  }
}

}  // namespace faultline::gui
