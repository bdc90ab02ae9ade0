#include "gui/charts/source_chart.hpp"

#include <QEvent>

#include "gui/charts/chart_data.hpp"

namespace faultline::gui {

RefreshGate::RefreshGate(QWidget* widget, std::function<void()> refresh)
    : QObject(widget), widget_(widget), refresh_(std::move(refresh)) {
  widget->installEventFilter(this);
}

void RefreshGate::request() {
  due_ = true;
  if (widget_->isVisible()) refreshNow();
}

void RefreshGate::refreshNow() {
  due_ = false;
  refresh_();
}

bool RefreshGate::eventFilter(QObject* watched, QEvent* event) {
  if (watched == widget_) {
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::LocaleChange) {
      refreshNow();
    } else if (event->type() == QEvent::Show && due_) {
      refreshNow();
    }
  }
  return QObject::eventFilter(watched, event);
}

SourceChart::SourceChart(ChartSource& source, bool overTime, QWidget* parent)
    : ChartPanel(overTime ? &source.cursor() : nullptr, parent),
      source_(source),
      gate_(this, [this] { refresh(); }) {
  connect(&source_, &ChartSource::changed, this, [this] { gate_.request(); });
  connect(&source_, &ChartSource::pinnedChanged, this, [this] { gate_.request(); });
}

void SourceChart::refresh() {
  setEnd(source_.endSeconds());
  setBands(bandsOf(source_));
  setWarmup(source_.snapshot() != nullptr ? source_.snapshot()->warmup_seconds
            : source_.result() != nullptr ? source_.result()->warmup_seconds
                                          : 0);
  fill();
}

void SourceChart::setEmpty(const QString& beforeRun, const QString& withoutSamples) {
  const bool run = source_.snapshot() != nullptr || source_.result() != nullptr;
  setEmptyText(run ? withoutSamples : beforeRun);
}

}  // namespace faultline::gui
