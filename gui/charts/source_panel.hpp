/// A panel of a ChartSource that is no chart: filled anew when the source, the language or the
/// theme changes, and only while somebody can see it. Until there is something to show, a line in
/// its place says what to do.
#pragma once

#include <QWidget>

#include "gui/charts/chart_source.hpp"
#include "gui/charts/source_chart.hpp"

class QLabel;

namespace faultline::gui {

class SourcePanel : public QWidget {
  Q_OBJECT
 public:
  virtual void refresh() = 0;  ///< Texts and contents; also while it is hidden.
  ChartSource& source() const { return source_; }

 protected:
  SourcePanel(ChartSource& source, QWidget* parent);
  /// The last that a panel's constructor does: the theme, what there is to show, and all that comes
  /// from now on.
  void open();
  /// The ground, and the line in place of contents; more where a panel has more.
  virtual void applyTheme();
  void requestRefresh() { gate_.request(); }
  /// The line in place of contents; its text is the panel's to set.
  QLabel* emptyLine() const { return empty_; }

 private:
  ChartSource& source_;
  RefreshGate gate_;
  QLabel* empty_;
};

}  // namespace faultline::gui
