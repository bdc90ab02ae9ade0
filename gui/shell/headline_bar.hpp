/// The figures that matter most, large in one place above the canvas: p99, failed requests,
/// throughput, objectives. Each says what time it covers: the large one the newest window (or the
/// moment of the time cursor, or the whole run when it is over), the small one all since the
/// statistics began.
#pragma once

#include <QWidget>
#include <vector>

#include "gui/run/run_controller.hpp"
#include "gui/timeline/time_cursor.hpp"

namespace faultline::gui {

class HeadlineBar : public QWidget {
  Q_OBJECT
 public:
  HeadlineBar(RunController& run, TimeCursor& cursor, QWidget* parent = nullptr);

  /// One figure as it stands there.
  struct Tile {
    QString name;     ///< "p99 latency"
    QString value;    ///< "312 ms"
    QString overall;  ///< "36.8 ms overall"; empty: none.
    QString covers;   ///< For the tooltip: what the figures are of.
    QColor color;     ///< Of the value; invalid: that of the text.
  };
  const std::vector<Tile>& tiles() const { return tiles_; }
  QString covers() const { return now_covers_; }

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void refresh();
  void describe();
  double widthOf(const Tile& tile) const;

  RunController& run_;
  TimeCursor& cursor_;
  std::vector<Tile> tiles_;
  QString now_covers_;
  QString overall_covers_;
};

}  // namespace faultline::gui
