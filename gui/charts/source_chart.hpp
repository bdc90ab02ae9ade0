/// A chart of a ChartSource: drawn anew when the source, the language or the theme changes, and
/// only while somebody can see it.
#pragma once

#include "gui/charts/chart_panel.hpp"
#include "gui/charts/chart_source.hpp"

namespace faultline::gui {

/// Calls `refresh` when it is asked to, as soon as `widget` is visible; and when its language
/// changes.
class RefreshGate : public QObject {
  Q_OBJECT
 public:
  RefreshGate(QWidget* widget, std::function<void()> refresh);
  void request();     ///< Now if the widget is visible, else when it is shown.
  void refreshNow();  ///< Whether visible or not.
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* widget_;
  std::function<void()> refresh_;
  bool due_ = true;
};

class SourceChart : public ChartPanel {
  Q_OBJECT
 public:
  /// `overTime`: the horizontal axis is virtual time.
  SourceChart(ChartSource& source, bool overTime, QWidget* parent = nullptr);

  void refresh();  ///< Also while it is hidden: for exports.
  ChartSource& source() const { return source_; }

 protected:
  /// Sets texts and series.
  virtual void fill() = 0;
  /// "Run the scenario to see X here.", or `withoutSamples` once there is a run.
  void setEmpty(const QString& beforeRun, const QString& withoutSamples);
  void requestRefresh() { gate_.request(); }

 private:
  ChartSource& source_;
  RefreshGate gate_;
};

}  // namespace faultline::gui
