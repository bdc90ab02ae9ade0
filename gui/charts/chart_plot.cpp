#include "gui/charts/chart_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <QApplication>
#include <QContextMenuEvent>

#include "gui/charts/chart_panel.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int band_label_rows_max = 3;
constexpr int breach_strip_height = 5;

/// Marks of a linear axis, at round values of what it counts.
class LinearTicker final : public QCPAxisTicker {
 public:
  explicit LinearTicker(Quantity quantity) : quantity_(quantity) {}

 protected:
  double getTickStep(const QCPRange& range) override {
    if (quantity_ != Quantity::time || range.size() < 120) return QCPAxisTicker::getTickStep(range);
    // Minutes and hours are not counted in tens.
    static constexpr std::array<double, 19> steps = {
        30,    60,    120,   300,    600,    900,    1800,    3600,    7200,    10800,
        21600, 43200, 86400, 172800, 432000, 864000, 2592000, 8640000, 31536000};
    for (const double step : steps) {
      if (range.size() / step <= mTickCount) return step;
    }
    return QCPAxisTicker::getTickStep(range);
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    // Rounding leaves something like 1e-17 where the axis means 0.
    return formatQuantity(quantity_, std::abs(tick) < 1e-12 ? 0 : tick);
  }

 private:
  Quantity quantity_;
};

/// Marks of a logarithmic axis: powers of ten, and over short ranges 2 and 5 of them too.
class LogTicker final : public QCPAxisTicker {
 public:
  explicit LogTicker(Quantity quantity) : quantity_(quantity) {}

 protected:
  double getTickStep(const QCPRange&) override { return 1; }
  QVector<double> createTickVector(double, const QCPRange& range) override {
    QVector<double> ticks;
    if (!(range.lower > 0) || !(range.upper > range.lower)) return ticks;
    const double decades = std::log10(range.upper / range.lower);
    const int room = std::max(mTickCount, 2);
    const int stride = std::max(1, static_cast<int>(std::ceil(decades / room)));
    std::vector<double> factors = {1};
    if (decades < 0.35) {
      // Less than a factor of two or so: round steps, as on a linear axis.
      const double step = QCPAxisTicker::getTickStep(range);
      return QCPAxisTicker::createTickVector(step, range);
    }
    if (decades * 3 <= room) {
      factors = {1, 2, 5};
    } else if (decades * 2 <= room) {
      factors = {1, 3};
    }
    const int first = static_cast<int>(std::floor(std::log10(range.lower)));
    const int last = static_cast<int>(std::ceil(std::log10(range.upper)));
    for (int power = first; power <= last; ++power) {
      if (stride > 1 && (power % stride + stride) % stride != 0) continue;
      for (const double factor : factors) ticks << factor * std::pow(10, power);
    }
    return ticks;
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return formatQuantity(quantity_, tick);
  }

 private:
  Quantity quantity_;
};

/// Bands of faults and phases, the strip of breaches, and the warm-up, behind the data; or their
/// names, before it.
class BandsLayerable final : public QCPLayerable {
 public:
  enum class Part { grounds, names };
  BandsLayerable(ChartPlot& plot, Part part)
      : QCPLayerable(&plot, part == Part::grounds ? "background" : "axes"),
        plot_(plot),
        part_(part) {}

 protected:
  QRect clipRect() const override { return plot_.axisRect()->rect(); }
  void applyDefaultAntialiasingHint(QCPPainter*) const override {}
  void draw(QCPPainter* painter) override {
    if (plot_.cursor() == nullptr) return;  // The axis is no time.
    const QRect area = plot_.axisRect()->rect();
    if (part_ == Part::names) {
      std::vector<const sim::Band*> named;
      for (const sim::Band& band : plot_.panel().bands()) named.push_back(&band);
      names(painter, area, named);
      return;
    }
    const Theme& theme = Theme::instance();
    painter->setPen(Qt::NoPen);
    if (plot_.warmup() > 0) {
      QColor hatch = theme.mutedText();
      hatch.setAlpha(theme.isDark() ? 70 : 60);
      painter->fillRect(rectOf(0, plot_.warmup(), area), QBrush(hatch, Qt::BDiagPattern));
    }
    // Faults at the same time are one ground: laid on each other they would hide the curves. Where
    // each begins is told by a line.
    std::vector<QRectF> faults;
    std::vector<QRectF> breaches;
    for (const sim::Band& band : plot_.panel().bands()) {
      const QRectF rect = rectOf(band.from_seconds, band.to_seconds, area);
      if (rect.isEmpty()) continue;
      (band.kind == "breach" ? breaches : faults).push_back(rect);
    }
    QColor edge = theme.faultBand();
    edge.setAlpha(150);
    for (const QRectF& rect : faults) {
      painter->fillRect(QRectF(rect.left(), area.top(), 1, area.height()), edge);
    }
    for (const QRectF& rect : joined(std::move(faults))) {
      painter->fillRect(rect, theme.faultBand());
    }
    for (const QRectF& rect : joined(std::move(breaches))) {
      painter->fillRect(rect, theme.breachBand());
      painter->fillRect(
          QRectF(rect.left(), area.top(), std::max(rect.width(), 2.0), breach_strip_height),
          theme.bad());
    }
  }

 private:
  QRectF rectOf(double from, double to, const QRect& area) const {
    const double left = plot_.xAxis->coordToPixel(from);
    const double right = plot_.xAxis->coordToPixel(to);
    // A band shorter than a pixel is still seen.
    return QRectF(left, area.top(), std::max(right - left, 1.0), area.height())
        .intersected(QRectF(area));
  }

  /// What lies on each other or side by side becomes one.
  static std::vector<QRectF> joined(std::vector<QRectF> rects) {
    std::sort(rects.begin(), rects.end(),
              [](const QRectF& a, const QRectF& b) { return a.left() < b.left(); });
    std::vector<QRectF> whole;
    for (const QRectF& rect : rects) {
      if (!whole.empty() && rect.left() <= whole.back().right()) {
        whole.back().setRight(std::max(whole.back().right(), rect.right()));
      } else {
        whole.push_back(rect);
      }
    }
    return whole;
  }

  /// Writes each name at the beginning of its band, in the first row where it does not lie on
  /// another; what finds no room is left to the box under the mouse.
  void names(QCPPainter* painter, const QRect& area, std::vector<const sim::Band*>& sorted) {
    painter->setFont(Theme::instance().smallFont());
    const QFontMetrics metrics(painter->font());
    std::array<double, band_label_rows_max> free_from;
    free_from.fill(area.left());

    std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
      return a->from_seconds < b->from_seconds;
    });
    std::string last;
    for (const sim::Band* band : sorted) {
      const QRectF rect = rectOf(band->from_seconds, band->to_seconds, area);
      if (rect.isEmpty()) continue;
      // Neighbouring breaches of one objective need one name.
      const bool breach = band->kind == "breach";
      const QString full = QString::fromStdString(band->name);
      const double left = std::max(rect.left(), static_cast<double>(area.left())) + 4;
      for (int row = 0; row < band_label_rows_max; ++row) {
        double& free = free_from[static_cast<std::size_t>(row)];
        if (left < free) continue;
        const double room = std::min(area.right() - left, std::max(rect.width() - 6, 140.0));
        if (room < 24) break;
        const QString text = metrics.elidedText(full, Qt::ElideRight, static_cast<int>(room));
        const double top = area.top() + breach_strip_height + 1 + row * (metrics.height() + 1);
        const QRectF box(left, top, metrics.horizontalAdvance(text) + 2, metrics.height() + 1);
        // Lines shimmer through, and do not strike the name out.
        QColor ground = Theme::instance().surface();
        ground.setAlpha(170);
        painter->fillRect(box, ground);
        painter->setPen(breach ? Theme::instance().bad() : Theme::instance().text());
        painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text);
        free = left + metrics.horizontalAdvance(text) + 10;
        break;
      }
    }
  }

  ChartPlot& plot_;
  Part part_;
};

/// Vertical lines with a text at one value of the axis.
class MarksLayerable final : public QCPLayerable {
 public:
  explicit MarksLayerable(ChartPlot& plot) : QCPLayerable(&plot, "axes"), plot_(plot) {}

 protected:
  QRect clipRect() const override { return plot_.viewport(); }
  void applyDefaultAntialiasingHint(QCPPainter*) const override {}
  void draw(QCPPainter* painter) override {
    const QRect area = plot_.axisRect()->rect();
    painter->setFont(Theme::instance().smallFont());
    const QFontMetrics metrics(painter->font());
    int row = 0;
    for (const ChartMark& mark : plot_.marks()) {
      if (!std::isfinite(mark.x)) continue;
      const double x = plot_.xAxis->coordToPixel(mark.x);
      if (x < area.left() || x > area.right()) continue;
      painter->setPen(QPen(colorOf(mark.tone), 1.2, Qt::DashLine));
      painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
      const double width = metrics.horizontalAdvance(mark.text) + 8;
      const double left = x + 4 + width > area.right() ? x - 4 - width : x + 4;
      const QRectF box(left, area.top() + 2 + row * (metrics.height() + 1), width,
                       metrics.height());
      QColor ground = Theme::instance().surface();
      ground.setAlpha(215);
      painter->fillRect(box, ground);
      painter->setPen(Theme::instance().text());
      painter->drawText(box, Qt::AlignCenter, mark.text);
      ++row;
    }
  }

 private:
  ChartPlot& plot_;
};

/// The cursor of time, the box of values under the mouse, and the rubber band.
class OverlayLayerable final : public QCPLayerable {
 public:
  explicit OverlayLayerable(ChartPlot& plot) : QCPLayerable(&plot, "overlay"), plot_(plot) {}

 protected:
  QRect clipRect() const override { return plot_.viewport(); }
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
    painter->setAntialiasing(true);
  }
  void draw(QCPPainter* painter) override {
    if (plot_.forExport) return;
    const QRect area = plot_.axisRect()->rect();
    const Theme& theme = Theme::instance();
    if (plot_.bandTo() > plot_.bandFrom()) {
      QColor fill = theme.accent();
      fill.setAlpha(50);
      const double left = plot_.xAxis->coordToPixel(plot_.bandFrom());
      const double right = plot_.xAxis->coordToPixel(plot_.bandTo());
      painter->setPen(QPen(theme.accent(), 1));
      painter->setBrush(fill);
      painter->drawRect(QRectF(left, area.top(), right - left, area.height()));
    }
    const TimeCursor* cursor = plot_.cursor();
    if (cursor != nullptr && !cursor->isLive()) {
      const double x = plot_.xAxis->coordToPixel(cursor->position());
      if (x >= area.left() - 1 && x <= area.right() + 1) {
        painter->setPen(QPen(theme.accent(), 1.6, Qt::DashLine));
        painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.accent());
        painter->drawEllipse(QPointF(x, area.top()), 3.5, 3.5);
      }
    }
    if (std::isfinite(plot_.hoverX())) hover(painter, area);
  }

 private:
  void hover(QCPPainter* painter, const QRect& area) {
    const Theme& theme = Theme::instance();
    const double x = plot_.xAxis->coordToPixel(plot_.hoverX());
    if (x < area.left() || x > area.right()) return;
    QColor line = theme.mutedText();
    line.setAlpha(160);
    painter->setPen(QPen(line, 1));
    painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    // On the chart under the mouse stands the whole box, on the linked ones too: their values at
    // this moment are what one looks for.
    const QStringList lines = plot_.panel().valuesAt(plot_.hoverX());
    if (lines.isEmpty()) return;
    painter->setFont(theme.smallFont());
    const QFontMetrics metrics(painter->font());
    int width = 0;
    for (const QString& text : lines) width = std::max(width, metrics.horizontalAdvance(text));
    const int height = metrics.height() * static_cast<int>(lines.size()) + 8;
    double left = x + 10;
    if (left + width + 14 > area.right()) left = x - 10 - (width + 14);
    left = std::max(left, static_cast<double>(plot_.viewport().left() + 2));
    const QRectF box(left, area.top() + 6, width + 14, height);
    QColor ground = theme.surface();
    ground.setAlpha(235);
    painter->setPen(QPen(theme.border(), 1));
    painter->setBrush(ground);
    painter->drawRoundedRect(box, 4, 4);
    painter->setPen(theme.text());
    for (int i = 0; i < lines.size(); ++i) {
      painter->drawText(
          QRectF(box.left() + 7, box.top() + 4 + i * metrics.height(), width + 2, metrics.height()),
          Qt::AlignLeft | Qt::AlignVCenter, lines[i]);
    }
  }

  ChartPlot& plot_;
};

}  // namespace

QColor colorOf(const Tone& tone) {
  const Theme& theme = Theme::instance();
  switch (tone.kind) {
    case Tone::Kind::good:
      return theme.good();
    case Tone::Kind::warning:
      return theme.warning();
    case Tone::Kind::bad:
      return theme.bad();
    case Tone::Kind::info:
      return theme.info();
    case Tone::Kind::muted:
      return theme.mutedText();
    case Tone::Kind::accent:
      return theme.accent();
    case Tone::Kind::series:
      break;
  }
  return theme.series(tone.index);
}

ChartPlot::ChartPlot(ChartPanel& panel, TimeCursor* cursor)
    : QCustomPlot(&panel), panel_(panel), cursor_(cursor), hover_(nan) {
  setInteractions({});
  setMouseTracking(true);
  setFocusPolicy(Qt::NoFocus);
  legend->setVisible(false);
  layer("overlay")->setMode(QCPLayer::lmBuffered);
  new BandsLayerable(*this, BandsLayerable::Part::grounds);
  new BandsLayerable(*this, BandsLayerable::Part::names);
  new MarksLayerable(*this);
  new OverlayLayerable(*this);
  axisRect()->setMinimumMargins(QMargins(8, 8, 14, 8));
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setSubTicks(false);
    axis->setTickLength(0, 4);
    axis->grid()->setSubGridVisible(false);
  }
  if (cursor_ != nullptr) {
    connect(cursor_, &TimeCursor::rangeChanged, this, &ChartPlot::applyRange);
    connect(cursor_, &TimeCursor::positionChanged, this, &ChartPlot::replotOverlay);
    connect(cursor_, &TimeCursor::hoverChanged, this, [this](double seconds) {
      hover_ = seconds;
      replotOverlay();
    });
  }
  applyTheme();
}

void ChartPlot::setQuantities(Quantity x, Quantity y) {
  x_quantity_ = x;
  y_quantity_ = y;
  updateTickers();
}

void ChartPlot::setAxisNames(const QString& x, const QString& y) {
  xAxis->setLabel(x);
  yAxis->setLabel(y);
}

void ChartPlot::setLog(bool x, bool y) {
  log_x_ = x;
  log_y_ = y;
  xAxis->setScaleType(x ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  yAxis->setScaleType(y ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  x_zoomed_ = false;
  values_zoomed_ = false;
  updateTickers();
}

void ChartPlot::setMarks(std::vector<ChartMark> marks) { marks_ = std::move(marks); }

void ChartPlot::setValueRange(double low, double high) {
  value_low_ = low;
  value_high_ = high;
}

void ChartPlot::updateTickers() {
  const auto ticker = [](bool log, Quantity quantity) -> QSharedPointer<QCPAxisTicker> {
    if (log) return QSharedPointer<QCPAxisTicker>(new LogTicker(quantity));
    return QSharedPointer<QCPAxisTicker>(new LinearTicker(quantity));
  };
  xAxis->setTicker(ticker(log_x_, x_quantity_));
  yAxis->setTicker(ticker(log_y_, y_quantity_));
  const int wide = QFontMetrics(xAxis->tickLabelFont()).horizontalAdvance("00,000 ms ");
  xAxis->ticker()->setTickCount(std::clamp(width() / std::max(wide, 20), 2, 12));
  yAxis->ticker()->setTickCount(std::clamp(height() / 42, 2, 8));
}

void ChartPlot::applyTheme() {
  const Theme& theme = Theme::instance();
  setBackground(QBrush(theme.surface()));
  axisRect()->setBackground(QBrush(theme.surface()));
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setBasePen(QPen(theme.border(), 1));
    axis->setTickPen(QPen(theme.border(), 1));
    axis->setTickLabelColor(theme.mutedText());
    axis->setTickLabelFont(theme.smallFont());
    axis->setLabelColor(theme.mutedText());
    axis->setLabelFont(theme.smallFont());
    axis->grid()->setPen(QPen(theme.grid(), 1));
    axis->grid()->setZeroLinePen(Qt::NoPen);
  }
  xAxis->grid()->setVisible(false);
}

void ChartPlot::rebuild() {
  clearPlottables();
  for (const ChartSeries& series : panel_.series()) {
    if (panel_.isSeriesHidden(series.id)) continue;
    const QColor color = colorOf(series.tone);
    QVector<double> keys;
    QVector<double> values;
    QVector<double> lone_keys;
    QVector<double> lone_values;
    const auto value_at = [&](std::size_t i) {
      const double y = series.y[i];
      if (!std::isfinite(y) || (log_y_ && !(y > 0))) return nan;
      return y;
    };
    const bool stepped = series.shape != ChartSeries::Shape::line && !series.to.empty();
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double key = stepped ? series.from[i] : series.x(i);
      if (log_x_ && !(key > 0)) continue;
      const double value = value_at(i);
      keys << key;
      values << value;
      if (!stepped && std::isfinite(value)) {
        // A point between two gaps has no line: it is drawn as a dot.
        const bool before = i > 0 && std::isfinite(value_at(i - 1));
        const bool after = i + 1 < series.size() && std::isfinite(value_at(i + 1));
        if (!before && !after) {
          lone_keys << key;
          lone_values << value;
        }
      }
    }
    if (stepped && series.size() > 0) {
      keys << series.to[series.size() - 1];
      values << (series.shape == ChartSeries::Shape::bars && !log_y_ ? 0
                                                                     : value_at(series.size() - 1));
    }
    QCPGraph* graph = addGraph();
    graph->setPen(QPen(color, series.dashed ? 1.3 : 1.8,
                       series.dashed ? Qt::DashLine : Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    graph->setAdaptiveSampling(!series.dots);
    if (series.dots) graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, 6));
    if (stepped) graph->setLineStyle(QCPGraph::lsStepLeft);
    if (series.shape == ChartSeries::Shape::bars && !series.dashed) {
      QColor fill = color;
      fill.setAlpha(90);
      graph->setBrush(fill);
      graph->setPen(QPen(color, 1));
    }
    graph->setData(keys, values, true);
    if (!lone_keys.isEmpty()) {
      QCPGraph* dots = addGraph();
      dots->setLineStyle(QCPGraph::lsNone);
      dots->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, 5));
      dots->setData(lone_keys, lone_values, true);
    }
  }
  applyRange();
}

QCPRange ChartPlot::dataRangeX() const {
  double low = nan;
  double high = nan;
  for (const ChartSeries& series : panel_.series()) {
    if (panel_.isSeriesHidden(series.id)) continue;
    for (std::size_t i = 0; i < series.size(); ++i) {
      if (!std::isfinite(series.y[i])) continue;
      const double from = series.from[i];
      const double to = series.to.empty() ? from : series.to[i];
      if (!log_x_ || from > 0) low = std::fmin(low, from);
      if (!log_x_ || to > 0) high = std::fmax(high, to);
    }
  }
  if (std::isnan(low) || std::isnan(high)) return {log_x_ ? 1e-3 : 0, 1};
  if (log_x_) return {low / 1.15, high * 1.15};
  const double pad = high > low ? (high - low) * 0.02 : std::max(std::abs(high) * 0.1, 1e-9);
  return {low - pad < 0 && low >= 0 ? 0 : low - pad, high + pad};
}

void ChartPlot::fitX() {
  if (cursor_ != nullptr) {
    if (cursor_->showsAll()) {
      double end = end_;
      if (!(end > 0)) end = dataRangeX().upper;
      xAxis->setRange(0, end > 0 ? end : 1);
    } else {
      xAxis->setRange(cursor_->rangeFrom(), cursor_->rangeTo());
    }
    return;
  }
  if (!x_zoomed_) xAxis->setRange(dataRangeX());
}

void ChartPlot::fitValues() {
  if (values_zoomed_) return;
  if (value_low_ < value_high_ && !log_y_) {
    yAxis->setRange(value_low_, value_high_);
    return;
  }
  double low = nan;
  double high = nan;
  const QCPRange shown = xAxis->range();
  for (const ChartSeries& series : panel_.series()) {
    if (panel_.isSeriesHidden(series.id)) continue;
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double y = series.y[i];
      const double from = series.from[i];
      const double to = series.to.empty() ? from : series.to[i];
      if (!std::isfinite(y) || to < shown.lower || from > shown.upper) continue;
      if (log_y_ && !(y > 0)) continue;
      low = std::fmin(low, y);
      high = std::fmax(high, y);
    }
  }
  if (std::isnan(high)) {
    yAxis->setRange(log_y_ ? 1e-3 : 0, 1);
  } else if (log_y_) {
    yAxis->setRange(low / 1.3, high * 1.5);
  } else {
    // Room above for the names of bands.
    const double least = y_quantity_ == Quantity::seconds ? 1e-3 : 1;
    yAxis->setRange(std::min(0.0, low * 1.08), high > 0 ? high * 1.12 : least);
  }
}

void ChartPlot::applyRange() {
  updateTickers();
  fitX();
  fitValues();
  replot(QCustomPlot::rpQueuedReplot);
}

void ChartPlot::showAll() {
  values_zoomed_ = false;
  x_zoomed_ = false;
  if (cursor_ != nullptr) cursor_->showAll();
  applyRange();
}

std::optional<QCPRange> ChartPlot::zoom(QCPAxis* axis) const {
  const bool zoomed = axis == yAxis ? values_zoomed_ : x_zoomed_;
  return zoomed ? std::optional(axis->range()) : std::nullopt;
}

void ChartPlot::setZoom(QCPAxis* axis, const std::optional<QCPRange>& range) {
  const bool log = axis == yAxis ? log_y_ : log_x_;
  const bool zoomed = range && range->lower < range->upper && (!log || range->lower > 0);
  (axis == yAxis ? values_zoomed_ : x_zoomed_) = zoomed && (axis == yAxis || cursor_ == nullptr);
  if (axis == yAxis ? values_zoomed_ : x_zoomed_) axis->setRange(*range);
  applyRange();
}

void ChartPlot::zoomTo(double from, double to) {
  if (!(from < to)) return;
  if (cursor_ != nullptr) {
    if (from <= 0 && to >= end_) {
      cursor_->showAll();
    } else {
      cursor_->setRange(from, end_ > 0 ? std::min(to, end_) : to);
    }
    return;
  }
  if (log_x_ && !(from > 0)) return;
  x_zoomed_ = true;
  xAxis->setRange(from, to);
  fitValues();
  replot(QCustomPlot::rpQueuedReplot);
}

void ChartPlot::zoomBy(double factor, double center) {
  const QCPRange range = xAxis->range();
  if (log_x_) {
    const double at = std::log(center);
    zoomTo(std::exp(at - (at - std::log(range.lower)) * factor),
           std::exp(at + (std::log(range.upper) - at) * factor));
    return;
  }
  double from = center - (center - range.lower) * factor;
  double to = center + (range.upper - center) * factor;
  if (cursor_ != nullptr && to - from < 1e-6) return;  // A microsecond is enough to look into.
  if (cursor_ != nullptr) from = std::max(from, 0.0);
  zoomTo(from, to);
}

void ChartPlot::panBy(double distance) {
  const QCPRange range = xAxis->range();
  if (cursor_ != nullptr) {
    if (cursor_->showsAll()) return;
    const double upper = end_ > 0 ? std::max(end_, range.upper) : range.upper + distance;
    distance = std::clamp(distance, -range.lower, std::max(0.0, upper - range.upper));
  }
  if (log_x_) {
    const double factor = std::exp(distance / range.size() * std::log(range.upper / range.lower));
    zoomTo(range.lower * factor, range.upper * factor);
    return;
  }
  zoomTo(range.lower + distance, range.upper + distance);
}

void ChartPlot::replotOverlay() {
  if (isVisible()) layer("overlay")->replot();
}

void ChartPlot::setHover(double x) {
  if (cursor_ != nullptr) {
    cursor_->setHover(x);
    return;
  }
  hover_ = x;
  replotOverlay();
}

// A QCustomPlot keeps to itself what the mouse does, the wish for a menu among it.
void ChartPlot::contextMenuEvent(QContextMenuEvent* event) {
  QApplication::sendEvent(&panel_, event);
}

void ChartPlot::mousePressEvent(QMouseEvent* event) {
  panel_.setFocus(Qt::MouseFocusReason);
  press_ = event->pos();
  press_range_ = xAxis->range();
  const bool pan = event->button() == Qt::MiddleButton ||
                   (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier);
  if (pan) {
    drag_ = Drag::pan;
    setCursor(Qt::ClosedHandCursor);
  } else if (event->button() == Qt::LeftButton) {
    drag_ = Drag::pressed;
  }
  event->accept();
}

void ChartPlot::mouseMoveEvent(QMouseEvent* event) {
  const QRect area = axisRect()->rect();
  const double x = xAxis->pixelToCoord(std::clamp(event->pos().x(), area.left(), area.right()));
  if (drag_ == Drag::pressed &&
      std::abs(event->pos().x() - press_.x()) >= QApplication::startDragDistance()) {
    drag_ = Drag::band;
  }
  if (drag_ == Drag::band) {
    const double start = xAxis->pixelToCoord(press_.x());
    band_from_ = std::min(start, x);
    band_to_ = std::max(start, x);
    replotOverlay();
    return;
  }
  if (drag_ == Drag::pan) {
    // From where the drag began, so that rounding does not add up.
    const double distance =
        (press_.x() - event->pos().x()) * press_range_.size() / std::max(area.width(), 1);
    panBy(press_range_.lower + distance - xAxis->range().lower);
    return;
  }
  setHover(area.contains(event->pos()) ? x : nan);
}

void ChartPlot::mouseReleaseEvent(QMouseEvent* event) {
  const Drag drag = drag_;
  drag_ = Drag::none;
  unsetCursor();
  if (drag == Drag::band) {
    const double from = band_from_;
    const double to = band_to_;
    band_from_ = band_to_ = 0;
    zoomTo(from, to);
    replotOverlay();
  } else if (drag == Drag::pressed && axisRect()->rect().contains(press_)) {
    panel_.clicked(xAxis->pixelToCoord(event->pos().x()));
  }
  event->accept();
}

void ChartPlot::mouseDoubleClickEvent(QMouseEvent* event) {
  drag_ = Drag::none;
  showAll();
  event->accept();
}

void ChartPlot::wheelEvent(QWheelEvent* event) {
  const QPoint turned = event->angleDelta();
  const QPointF at = event->position();
  if (event->modifiers() & Qt::ControlModifier) {
    yAxis->scaleRange(std::pow(0.85, turned.y() / 120.0), log_y_ ? yAxis->pixelToCoord(at.y()) : 0);
    values_zoomed_ = true;
    replot(QCustomPlot::rpQueuedReplot);
  } else if (std::abs(turned.x()) > std::abs(turned.y())) {
    panBy(-turned.x() / 1200.0 * xAxis->range().size());
  } else if (turned.y() != 0) {
    zoomBy(std::pow(0.8, turned.y() / 120.0), xAxis->pixelToCoord(at.x()));
  }
  event->accept();
}

void ChartPlot::leaveEvent(QEvent* event) {
  setHover(nan);
  QCustomPlot::leaveEvent(event);
}

void ChartPlot::resizeEvent(QResizeEvent* event) {
  updateTickers();
  QCustomPlot::resizeEvent(event);
}

}  // namespace faultline::gui
