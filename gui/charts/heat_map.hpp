/// How busy every node was at every moment: a row for each node, shaded from light to dark by its
/// utilisation, queue, latency or failures. Thousands of rows scroll; the number under the mouse is
/// told. One hue that only grows darker (lighter on a dark ground), so it reads the same with
/// colour-blindness.
#pragma once

#include <QAbstractScrollArea>
#include <QWidget>
#include <set>
#include <vector>

#include "gui/charts/chart_source.hpp"
#include "gui/charts/source_panel.hpp"

class QComboBox;
class QLabel;
class QStackedWidget;

namespace faultline::gui {

enum class HeatQuantity { utilization, queue, latency, failures };
enum class HeatOrder { name, newest, highest };

/// One row: a node, or all replicas of a group folded into their mean.
struct HeatRow {
  QString name;  ///< "app[0]", or the group.
  QString group;
  int replicas = 1;  ///< Above 1: folded.
  bool foldable = false;
  std::vector<float> values;  ///< One a step; NaN: not known.
  std::vector<bool> down;     ///< One a step: crashed.
};

/// The rows of a run, and their steps.
struct HeatData {
  std::vector<double> from;
  std::vector<double> to;
  std::vector<HeatRow> rows;
  float highest = 0;  ///< Of all values.
};
/// Groups of more than `unfoldedMax` replicas are one row unless they are in `unfolded`; smaller
/// ones are folded only if they are in `folded`.
HeatData heatDataOf(const ChartSource& source, HeatQuantity quantity,
                    const std::set<QString>& unfolded, const std::set<QString>& folded);
/// Orders rows; `at` is the step whose values count for HeatOrder::newest.
void sortRows(HeatData& data, HeatOrder order, int at);

class HeatMap : public QAbstractScrollArea {
  Q_OBJECT
 public:
  HeatMap(TimeCursor& cursor, QWidget* parent = nullptr);

  void setData(HeatData data, HeatQuantity quantity, std::vector<sim::Band> bands, double end);
  const HeatData& data() const { return data_; }
  int stepAt(double seconds) const;  ///< -1: outside.
  QString valueText(float value) const;
  /// Draws all rows that fit into `rect`, as in a report.
  void paint(QPainter& painter, const QRectF& rect, int firstRow, int rowHeight);
  int rowHeight() const;

 Q_SIGNALS:
  void nodeActivated(const QString& name);  ///< A click on its name.
  void foldToggled(const QString& group);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  QRectF cells(const QRectF& rect) const;
  double shownFrom() const;
  double shownTo() const;
  double timeAt(double x) const;
  QColor shade(float value) const;
  int rowAt(double y) const;
  void updateScroll();
  int nameWidth(double width) const;

  TimeCursor& cursor_;
  HeatData data_;
  HeatQuantity quantity_ = HeatQuantity::utilization;
  std::vector<sim::Band> bands_;
  double end_ = 1;
};

/// The heat map with its title, choices and legend.
class HeatMapPanel : public SourcePanel {
  Q_OBJECT
 public:
  explicit HeatMapPanel(ChartSource& source, QWidget* parent = nullptr);

  void refresh() override;
  void setQuantity(HeatQuantity quantity);
  void setOrder(HeatOrder order);
  void toggleFold(const QString& group);
  HeatMap& map() { return *map_; }
  QByteArray csv() const;
  bool exportTo(const QString& fileName, QString* error);  ///< PNG, SVG, PDF or CSV.
  QString title() const;
  QString covers() const;
  bool isEmpty() const;
  void paint(QPainter& painter, const QRectF& rect);
  /// What paint() needs for all rows, at most a page.
  double paintHeight() const;

 Q_SIGNALS:
  void nodeActivated(const QString& name);

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void applyTheme() override;

  HeatQuantity quantity_ = HeatQuantity::utilization;
  HeatOrder order_ = HeatOrder::name;
  std::set<QString> unfolded_;
  std::set<QString> folded_;
  QLabel* title_;
  QLabel* covers_;
  QLabel* scale_;
  QComboBox* quantities_;
  QComboBox* orders_;
  QStackedWidget* stack_;
  HeatMap* map_;
};

}  // namespace faultline::gui
