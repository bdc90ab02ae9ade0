#include "gui/shell/headline_bar.hpp"

#include <algorithm>
#include <cmath>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr int edge = 14;
constexpr int gap = 30;

QFont largeFont() {
  QFont font = Theme::instance().boldFont();
  font.setPointSizeF(font.pointSizeF() * 1.55);
  return font;
}

/// A stretch of time: "19.8–20 s".
QString stretch(double from, double to) {
  const auto number = [](double seconds) {
    return formatNumber(std::round(seconds * 100) / 100, 6);
  };
  if (to >= 600) return QStringLiteral("%1 – %2").arg(formatSeconds(from), formatClock(to));
  return QStringLiteral("%1–%2").arg(number(from), formatSeconds(to, 5));
}

/// The figures of the step of the series that covers `seconds`.
sim::Headline headlineAt(const sim::Snapshot& snapshot, double seconds) {
  sim::Headline headline;
  headline.latency_p50_seconds = none;
  headline.latency_p99_seconds = none;
  const double step = snapshot.series_step_seconds;
  const double place = std::max(0.0, std::floor((seconds - snapshot.series_start_seconds) / step));
  const auto index = std::size_t(place);
  headline.from_seconds = snapshot.series_start_seconds + place * step;
  headline.to_seconds = headline.from_seconds + step;
  const auto value = [&](const char* name) {
    const auto found = snapshot.series.find(name);
    return found == snapshot.series.end() || index >= found->second.size() ? none
                                                                           : found->second[index];
  };
  const double ok = value("throughput_per_second");
  const double failed = value("fail_per_second") + value("unknown_per_second");
  headline.throughput_per_second = ok;
  headline.fail_ratio = ok + failed > 0 ? failed / (ok + failed) : none;
  headline.latency_p50_seconds = value("latency_p50_seconds");
  headline.latency_p99_seconds = value("latency_p99_seconds");
  return headline;
}

}  // namespace

HeadlineBar::HeadlineBar(RunController& run, TimeCursor& cursor, QWidget* parent)
    : QWidget(parent), run_(run), cursor_(cursor) {
  setObjectName(QStringLiteral("headlineBar"));
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  connect(&run_, &RunController::snapshotReady, this, &HeadlineBar::refresh);
  connect(&run_, &RunController::stateChanged, this, &HeadlineBar::refresh);
  connect(&run_, &RunController::finished, this, &HeadlineBar::refresh);
  connect(&cursor_, &TimeCursor::positionChanged, this, &HeadlineBar::refresh);
  connect(&Theme::instance(), &Theme::changed, this, &HeadlineBar::refresh);
  refresh();
}

QSize HeadlineBar::sizeHint() const {
  const QFontMetrics small(Theme::instance().smallFont());
  const QFontMetrics large(largeFont());
  return {400, small.height() + large.height() + 12};
}

QSize HeadlineBar::minimumSizeHint() const { return {120, sizeHint().height()}; }

void HeadlineBar::refresh() {
  tiles_.clear();
  now_covers_.clear();
  overall_covers_.clear();
  const SnapshotPtr snapshot = run_.snapshot();
  if (snapshot) {
    const bool over = run_.state() == RunController::State::finished;
    const bool scrubbed = !cursor_.isLive();
    const sim::Headline& all = snapshot->overall;
    sim::Headline now = over ? all : snapshot->recent;
    if (scrubbed) now = headlineAt(*snapshot, cursor_.position());
    const QString all_of = stretch(all.from_seconds, all.to_seconds);
    now_covers_ = stretch(now.from_seconds, now.to_seconds);
    const bool twice = !over || scrubbed;
    if (twice) overall_covers_ = all_of;
    const QString covers =
        twice ? tr("Large: requests that ended in %1.\nSmall: requests that arrived after the "
                   "warm-up, in %2.")
                    .arg(now_covers_, all_of)
              : tr("Requests that arrived after the warm-up, in %1.").arg(all_of);
    const auto overall = [&](const QString& value) {
      return twice ? tr("%1 overall").arg(value) : QString();
    };
    const Theme& theme = Theme::instance();
    tiles_.push_back({tr("p99 latency"),
                      formatSeconds(now.latency_p99_seconds),
                      overall(formatSeconds(all.latency_p99_seconds)),
                      covers,
                      {}});
    tiles_.push_back({tr("Failed"), formatPercent(now.fail_ratio),
                      overall(formatPercent(all.fail_ratio)), covers,
                      now.fail_ratio > 0.01 ? theme.bad() : QColor()});
    tiles_.push_back({tr("Throughput"),
                      formatRate(now.throughput_per_second),
                      overall(formatRate(all.throughput_per_second)),
                      covers,
                      {}});
    for (const sim::SloResult& slo : snapshot->slos) {
      tiles_.push_back(
          {tr("SLO “%1”").arg(QString::fromStdString(slo.name)),
           slo.total > 0 ? formatPercent(slo.ratio) : formatPercent(none),
           slo.total > 0 ? tr("of %1, budget %2 spent")
                               .arg(formatPercent(slo.target), formatPercent(slo.budget_used, 0))
                         : tr("of %1").arg(formatPercent(slo.target)),
           tr("Share of requests that are good (%1), since the statistics began, in %2.")
               .arg(QString::fromStdString(slo.good), all_of),
           slo.met ? QColor() : theme.bad()});
    }
    tiles_.push_back({tr("Median latency"),
                      formatSeconds(now.latency_p50_seconds),
                      overall(formatSeconds(all.latency_p50_seconds)),
                      covers,
                      {}});
  }
  describe();
  update();
}

void HeadlineBar::describe() {
  QStringList parts;
  for (const Tile& tile : tiles_) parts << tile.name + QStringLiteral(": ") + tile.value;
  setAccessibleName(tr("Key figures"));
  setAccessibleDescription(parts.join(QStringLiteral("; ")));
}

double HeadlineBar::widthOf(const Tile& tile) const {
  const QFontMetrics small(Theme::instance().smallFont());
  const QFontMetrics large(largeFont());
  const int value = large.horizontalAdvance(tile.value) +
                    (tile.overall.isEmpty() ? 0 : 8 + small.horizontalAdvance(tile.overall));
  return std::max(value, small.horizontalAdvance(tile.name));
}

void HeadlineBar::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::instance();
  QPainter painter(this);
  painter.fillRect(rect(), theme.surface());
  painter.setPen(theme.border());
  painter.drawLine(0, height() - 1, width(), height() - 1);
  const QFontMetrics small(theme.smallFont());
  const QFontMetrics large(largeFont());
  const int first = 5 + small.ascent();
  const int second = height() - 7 - large.descent();
  if (tiles_.empty()) {
    painter.setFont(theme.font());
    painter.setPen(theme.mutedText());
    painter.drawText(rect().adjusted(edge, 0, -edge, 0), Qt::AlignVCenter | Qt::AlignLeft,
                     tr("The figures of a run stand here. Press the space bar to run the design."));
    return;
  }
  double x = edge;
  // What the figures cover stands before them.
  const QString now_name = overall_covers_.isEmpty() ? tr("Whole run")
                           : cursor_.isLive()        ? tr("Newest window")
                                                     : tr("At the cursor");
  const QString overall_name = overall_covers_.isEmpty() ? now_covers_ : tr("Overall");
  painter.setFont(theme.smallFont());
  painter.setPen(theme.mutedText());
  const QString line1 =
      overall_covers_.isEmpty() ? now_name : now_name + QStringLiteral(": ") + now_covers_;
  const QString line2 = overall_covers_.isEmpty()
                            ? now_covers_
                            : overall_name + QStringLiteral(": ") + overall_covers_;
  const int middle = height() / 2;
  painter.drawText(QPointF(x, middle - 3), line1);
  painter.drawText(QPointF(x, middle + small.ascent()), line2);
  // Room for longer numbers, so that the tiles do not jump.
  x += std::max({small.horizontalAdvance(line1), small.horizontalAdvance(line2), 150}) + gap;
  for (const Tile& tile : tiles_) {
    const double needed = widthOf(tile);
    if (x + needed > width() - 4) break;
    painter.setPen(theme.border());
    painter.drawLine(QPointF(x - gap / 2.0, 9), QPointF(x - gap / 2.0, height() - 10));
    painter.setPen(theme.mutedText());
    painter.setFont(theme.smallFont());
    painter.drawText(QPointF(x, first), tile.name);
    painter.setFont(largeFont());
    painter.setPen(tile.color.isValid() ? tile.color : theme.text());
    painter.drawText(QPointF(x, second), tile.value);
    if (!tile.overall.isEmpty()) {
      painter.setFont(theme.smallFont());
      painter.setPen(theme.mutedText());
      painter.drawText(QPointF(x + large.horizontalAdvance(tile.value) + 8, second), tile.overall);
    }
    x += std::max(needed, 130.0) + gap;
  }
}

bool HeadlineBar::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    QStringList lines;
    for (const Tile& tile : tiles_) {
      lines << tile.name + QStringLiteral(": ") + tile.value +
                   (tile.overall.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(tile.overall));
    }
    if (!tiles_.empty()) lines << QString() << tiles_.front().covers;
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), lines.join('\n'), this);
    return true;
  }
  return QWidget::event(event);
}

void HeadlineBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) refresh();
  QWidget::changeEvent(event);
}

}  // namespace faultline::gui
