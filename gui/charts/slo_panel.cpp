#include "gui/charts/slo_panel.hpp"

#include <algorithm>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/time_charts.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

SloCard::SloCard(QWidget* parent) : QWidget(parent) {
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
}

void SloCard::setObjective(const sim::SloResult& slo, const QString& covers) {
  slo_ = slo;
  covers_ = covers;
  setAccessibleName(QString::fromStdString(slo.name));
  setAccessibleDescription(stateText() + ". " + budgetText() + ". " + detailText());
  updateGeometry();
  update();
}

QString SloCard::stateText() const {
  if (slo_.total == 0) return tr("not judged yet");
  return slo_.met ? tr("met") : tr("breached");
}

QString SloCard::budgetText() const {
  return tr("%1 of the error budget spent").arg(formatPercent(slo_.budget_used));
}

QString SloCard::detailText() const {
  QStringList lines;
  lines << tr("good if %1; target %2 over %3")
               .arg(QString::fromStdString(slo_.good), formatPercent(slo_.target),
                    QString::fromStdString(slo_.window));
  if (slo_.total > 0) {
    lines << tr("%1 of %2 requests were good, %3")
                 .arg(formatPercent(slo_.ratio), formatCount(static_cast<double>(slo_.total)),
                      covers_);
  }
  if (!slo_.breaches.empty()) {
    double seconds = 0;
    for (const sim::Band& band : slo_.breaches) seconds += band.to_seconds - band.from_seconds;
    lines << tr("below the target for %1, stretches: %2")
                 .arg(formatSeconds(seconds),
                      formatCount(static_cast<double>(slo_.breaches.size())));
  }
  return lines.join('\n');
}

int SloCard::draw(QPainter* painter, int width) const {
  const Theme& theme = Theme::instance();
  const QFontMetrics bold(theme.boldFont());
  const QFontMetrics small(theme.smallFont());
  const int inner = std::max(width - 4, 40);
  int y = 6;
  const QColor color = slo_.total == 0 ? theme.mutedText() : slo_.met ? theme.good() : theme.bad();
  const QString state = QStringLiteral("%1 %2").arg(slo_.total == 0 ? "–"
                                                    : slo_.met      ? QStringLiteral("✓")
                                                                    : QStringLiteral("✕"),
                                                    stateText());
  const int state_width = bold.horizontalAdvance(state) + 4;
  if (painter != nullptr) {
    painter->setFont(theme.boldFont());
    painter->setPen(theme.text());
    painter->drawText(QRect(2, y, inner - state_width - 6, bold.height()),
                      Qt::AlignLeft | Qt::AlignVCenter,
                      bold.elidedText(QString::fromStdString(slo_.name), Qt::ElideRight,
                                      inner - state_width - 6));
    painter->setPen(color);
    painter->drawText(QRect(inner - state_width, y, state_width, bold.height()),
                      Qt::AlignRight | Qt::AlignVCenter, state);
  }
  y += bold.height() + 4;
  constexpr int bar = 8;
  if (painter != nullptr) {
    const QRectF whole(2, y, inner - 2, bar);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.grid());
    painter->drawRoundedRect(whole, 3, 3);
    QRectF spent = whole;
    spent.setWidth(whole.width() * std::clamp(slo_.budget_used, 0.0, 1.0));
    if (spent.width() > 0) {
      painter->setBrush(slo_.budget_used >= 1     ? theme.bad()
                        : slo_.budget_used >= 0.7 ? theme.warning()
                                                  : theme.good());
      painter->drawRoundedRect(spent, 3, 3);
    }
  }
  y += bar + 2;
  const QString text = budgetText() + '\n' + detailText();
  const QRect needed =
      small.boundingRect(QRect(2, y, inner - 2, 10000), Qt::AlignLeft | Qt::TextWordWrap, text);
  if (painter != nullptr) {
    painter->setFont(theme.smallFont());
    painter->setPen(theme.mutedText());
    painter->drawText(QRect(2, y, inner - 2, needed.height() + 2), Qt::AlignLeft | Qt::TextWordWrap,
                      text);
  }
  return y + needed.height() + 8;
}

int SloCard::heightForWidth(int width) const { return draw(nullptr, width); }

void SloCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  draw(&painter, width());
}

SloPanel::SloPanel(ChartSource& source, QWidget* parent) : SourcePanel(source, parent) {
  setObjectName("SloPanel");
  list_ = new QWidget;
  list_->setObjectName("objectives");
  list_layout_ = new QVBoxLayout(list_);
  list_layout_->setContentsMargins(10, 4, 10, 4);
  list_layout_->setSpacing(4);
  list_layout_->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(list_);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFrameShape(QFrame::NoFrame);
  chart_ = new BudgetChart(source, this);
  auto* splitter = new QSplitter(Qt::Vertical, this);
  splitter->addWidget(scroll);
  splitter->addWidget(chart_);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  splitter->setSizes({260, 200});
  splitter->setChildrenCollapsible(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(emptyLine(), 1);
  layout->addWidget(splitter, 1);
  open();
}

void SloPanel::applyTheme() {
  SourcePanel::applyTheme();
  list_->setPalette(palette());
  list_->setAutoFillBackground(true);
}

void SloPanel::refresh() {
  const std::vector<sim::SloResult>* slos = source().result() != nullptr ? &source().result()->slos
                                            : source().snapshot() != nullptr
                                                ? &source().snapshot()->slos
                                                : nullptr;
  const std::size_t count = slos == nullptr ? 0 : slos->size();
  while (cards_.size() > count) {
    delete cards_.back();
    cards_.pop_back();
  }
  while (cards_.size() < count) {
    auto* card = new SloCard(list_);
    list_layout_->insertWidget(static_cast<int>(cards_.size()), card);
    cards_.push_back(card);
  }
  for (std::size_t i = 0; i < count; ++i) {
    cards_[i]->setObjective((*slos)[i], statisticsCovers(source()));
  }
  emptyLine()->setText(
      slos == nullptr ? tr("Run the scenario to see its objectives and their error budgets here.")
                      : tr("This scenario states no objectives. Write some under \"slos\", such as "
                           "{\"name\": \"fast\", \"good\": \"latency < 50ms\", \"target\": "
                           "\"99%\"}."));
  emptyLine()->setVisible(count == 0);
  chart_->parentWidget()->setVisible(count > 0);
  setAccessibleName(tr("Objectives"));
}

}  // namespace faultline::gui
