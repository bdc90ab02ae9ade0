/// The legend of a chart: a stroke in the colour of each series with its name beside it. Each entry
/// is a switch that shows and hides its series, by mouse and by keyboard.
#pragma once

#include <QAbstractButton>
#include <QWidget>
#include <vector>

#include "gui/charts/chart_series.hpp"

namespace faultline::gui {

class LegendEntryButton : public QAbstractButton {
  Q_OBJECT
 public:
  LegendEntryButton(const ChartSeries& series, QWidget* parent);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Tone tone_;
  bool dashed_;
};

class ChartLegend : public QWidget {
  Q_OBJECT
 public:
  explicit ChartLegend(QWidget* parent = nullptr);
  /// Only makes anew what differs, so that the keyboard's focus stays while a run goes on.
  void setEntries(const std::vector<ChartSeries>& series, const QStringList& hidden);

 Q_SIGNALS:
  void toggled(const QString& id, bool shown);

 private:
  QStringList keys_;
  std::vector<LegendEntryButton*> buttons_;
};

}  // namespace faultline::gui
