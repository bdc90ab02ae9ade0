#include "gui/inspector/density_plot.hpp"

#include <cmath>
#include <functional>
#include <QPainter>
#include <QPainterPath>

#include <nlohmann/json.hpp>

#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::gui {
namespace {

constexpr int points = 160;

/// The least x at which `cdf` reaches `share`.
double quantile(const std::function<double(double)>& cdf, double low, double share) {
  double width = std::max(1.0, std::abs(low));
  double high = low + width;
  for (int i = 0; i < 200 && cdf(high) < share; ++i) high = low + (width *= 2);
  if (cdf(high) < share) return std::numeric_limits<double>::infinity();
  double below = low;
  for (int i = 0; i < 200 && high - below > 1e-9 * std::max(1.0, std::abs(high)); ++i) {
    const double middle = below + (high - below) / 2;
    (cdf(middle) < share ? below : high) = middle;
  }
  return high;
}

template <class D>
void draw(const nlohmann::json& choice, DensityCurve& curve) {
  sim::Problems problems;
  sim::ReadContext context{problems};
  sim::Random<D> law;
  sim::ValueType<sim::Random<D>>::read(choice, law, {}, sim::Path(), context);
  if (!problems.empty()) return;
  const auto cdf = [&law](double x) { return law.cdf(x); };
  double low = law.minimum();
  if (!std::isfinite(low)) {
    // Without a least value: from where almost nothing lies below.
    double width = 1;
    while (cdf(-width) > 0.002 && width < 1e300) width *= 2;
    low = quantile(cdf, -width, 0.002);
  }
  curve.mean = law.mean();
  curve.p99 = law.is_constant() ? law.mean() : quantile(cdf, low, 0.99);
  curve.valid = std::isfinite(curve.p99);
  if (!curve.valid) return;
  curve.from = std::min(low, 0.0);
  if (low > 0 && curve.p99 - low < 0.3 * curve.p99) curve.from = low - 0.3 * (curve.p99 - low);
  curve.to = curve.p99 + 0.15 * (curve.p99 - curve.from);
  if (!(curve.to > curve.from)) {
    curve.from = 0;
    curve.to = curve.p99 > 0 ? 2 * curve.p99 : 1;
    if (curve.p99 < 0) curve.from = 2 * curve.p99;
  }
  const double step = (curve.to - curve.from) / points;
  double before = cdf(curve.from - step * 1e-6);
  for (int i = 1; i <= points; ++i) {
    const double at = cdf(curve.from + step * i);
    const double share = at - before;
    // What gathers in one point is no density.
    if (share > 0.04) {
      double a = curve.from + step * (i - 1);
      double b = curve.from + step * i;
      for (int k = 0; k < 40; ++k) {
        const double middle = (a + b) / 2;
        (cdf(middle) - before > share / 2 ? b : a) = middle;
      }
      if (cdf(b) - cdf(a) > 0.5 * share) curve.spike += share;
    }
    curve.density.push_back(share / step);
    before = at;
  }
}

QString quantityText(const std::string& kind, double base) {
  if (kind == sim::Dimension<sim::Duration>::kind) return formatSeconds(base / 1e9);
  if (kind == sim::Dimension<sim::Bytes>::kind) return formatBytes(base);
  return formatNumber(base);
}

}  // namespace

DensityCurve densityOf(const std::string& kind, const nlohmann::json& choice) {
  DensityCurve curve;
  curve.kind = kind;
  if (choice.is_null()) return curve;
  if (kind == sim::Dimension<sim::Duration>::kind) draw<sim::Duration>(choice, curve);
  if (kind == sim::Dimension<sim::Bytes>::kind) draw<sim::Bytes>(choice, curve);
  if (kind == sim::Dimension<double>::kind) draw<double>(choice, curve);
  return curve;
}

QString densityText(const DensityCurve& curve) {
  if (!curve.valid) return {};
  const QString mean = std::isfinite(curve.mean) ? quantityText(curve.kind, curve.mean)
                                                 : DensityPlot::tr("infinite");
  return DensityPlot::tr("mean %1 · p99 %2").arg(mean, quantityText(curve.kind, curve.p99));
}

DensityPlot::DensityPlot(QWidget* parent) : QWidget(parent) {
  setMinimumHeight(52);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void DensityPlot::setLaw(const std::string& kind, const nlohmann::json& choice) {
  curve_ = densityOf(kind, choice);
  setVisible(curve_.valid);
  setAccessibleName(tr("Density"));
  setAccessibleDescription(densityText(curve_));
  update();
}

void DensityPlot::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::instance();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  painter.setPen(theme.border());
  painter.setBrush(theme.raised());
  painter.drawRoundedRect(frame, 5, 5);
  if (!curve_.valid || curve_.density.empty()) return;
  const QRectF area = frame.adjusted(6, 18, -6, -5);
  // The highest point may be a pole: what is above almost all of it is cut.
  std::vector<double> sorted = curve_.density;
  std::sort(sorted.begin(), sorted.end());
  const double top = sorted.back();
  const double usual =
      sorted[static_cast<std::size_t>(0.97 * static_cast<double>(sorted.size() - 1))];
  const double scale = usual > 0 && top > 6 * usual && curve_.spike == 0 ? 4 * usual : top;
  const auto place = [&](std::size_t i) {
    const double x = (static_cast<double>(i) + 0.5) / static_cast<double>(curve_.density.size());
    const double y = scale > 0 ? std::min(1.0, curve_.density[i] / scale) : 0;
    return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height());
  };
  QPainterPath line(place(0));
  for (std::size_t i = 1; i < curve_.density.size(); ++i) line.lineTo(place(i));
  QPainterPath filled = line;
  filled.lineTo(area.bottomRight());
  filled.lineTo(area.bottomLeft());
  filled.closeSubpath();
  QColor ground = theme.info();
  ground.setAlpha(50);
  painter.setClipRect(frame.adjusted(1, 1, -1, -1));
  painter.fillPath(filled, ground);
  painter.setPen(QPen(theme.info(), 1.5));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(line);
  if (std::isfinite(curve_.mean) && curve_.mean >= curve_.from && curve_.mean <= curve_.to) {
    const double x =
        area.left() + (curve_.mean - curve_.from) / (curve_.to - curve_.from) * area.width();
    painter.setPen(QPen(theme.mutedText(), 1, Qt::DashLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
  }
  painter.setPen(theme.mutedText());
  painter.setFont(theme.smallFont());
  painter.drawText(frame.adjusted(8, 3, -8, 0), Qt::AlignRight | Qt::AlignTop, densityText(curve_));
}

}  // namespace faultline::gui
