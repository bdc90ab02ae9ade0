#include "gui/charts/chart_legend.hpp"

#include <QPainter>
#include <QStyleOptionFocusRect>

#include "gui/charts/chart_plot.hpp"
#include "gui/charts/flow_layout.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int stroke_width = 14;

}  // namespace

LegendEntryButton::LegendEntryButton(const ChartSeries& series, QWidget* parent)
    : QAbstractButton(parent), tone_(series.tone), dashed_(series.dashed) {
  setText(series.name);
  setCheckable(true);
  setCursor(Qt::PointingHandCursor);
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(series.name);
  setToolTip(tr("Click to hide or show \"%1\"").arg(series.name));
}

QSize LegendEntryButton::sizeHint() const {
  const QFontMetrics metrics(Theme::instance().smallFont());
  return {stroke_width + 12 + metrics.horizontalAdvance(text()), metrics.height() + 4};
}

void LegendEntryButton::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& theme = Theme::instance();
  QFont font = theme.smallFont();
  font.setStrikeOut(!isChecked());
  painter.setFont(font);
  QColor stroke = colorOf(tone_);
  if (!isChecked()) stroke.setAlpha(70);
  painter.setPen(QPen(stroke, 2.4, dashed_ ? Qt::DotLine : Qt::SolidLine, Qt::RoundCap));
  const double middle = height() / 2.0;
  painter.drawLine(QPointF(3, middle), QPointF(3 + stroke_width, middle));
  painter.setPen(isChecked() ? theme.text() : theme.mutedText());
  painter.drawText(rect().adjusted(stroke_width + 8, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                   text());
  if (hasFocus()) {
    painter.setPen(QPen(theme.accent(), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
  }
}

ChartLegend::ChartLegend(QWidget* parent) : QWidget(parent) {
  setLayout(new FlowLayout(8));
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
}

void ChartLegend::setEntries(const std::vector<ChartSeries>& series, const QStringList& hidden) {
  QStringList keys;
  for (const ChartSeries& each : series) {
    keys << QStringLiteral("%1|%2|%3|%4|%5")
                .arg(each.id, each.name)
                .arg(static_cast<int>(each.tone.kind))
                .arg(each.tone.index)
                .arg(each.dashed);
  }
  if (keys != keys_) {
    keys_ = keys;
    for (LegendEntryButton* button : buttons_) {
      layout()->removeWidget(button);
      button->deleteLater();
      button->hide();
    }
    buttons_.clear();
    for (const ChartSeries& each : series) {
      auto* button = new LegendEntryButton(each, this);
      button->setObjectName("legend." + each.id);
      layout()->addWidget(button);
      button->show();
      connect(button, &QAbstractButton::clicked, this,
              [this, id = each.id](bool shown) { Q_EMIT toggled(id, shown); });
      buttons_.push_back(button);
    }
    updateGeometry();
  }
  for (std::size_t i = 0; i < buttons_.size(); ++i) {
    buttons_[i]->setChecked(!hidden.contains(series[i].id));
    buttons_[i]->update();
  }
}

}  // namespace faultline::gui
