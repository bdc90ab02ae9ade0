/// The moment of virtual time that all views show, and the stretch that all time axes show: one
/// object, so that timeline, charts, canvas and inspector stay together.
///
/// The moment is either live (the newest of the run) or a past second that a person has scrubbed
/// to. The mouse over one chart is a third thing that charts share: where it stands in time.
#pragma once

#include <memory>
#include <QObject>

#include "sim/scenario/snapshot.hpp"

namespace faultline::gui {

class TimeCursor : public QObject {
  Q_OBJECT
 public:
  explicit TimeCursor(QObject* parent = nullptr);

  bool isLive() const;
  double position() const;  ///< Seconds of virtual time; NaN: live.
  double hover() const;     ///< Under the mouse, seconds; NaN: no mouse over a chart.

  bool showsAll() const;     ///< The time axes show the whole run.
  double rangeFrom() const;  ///< Seconds; 0 while all is shown.
  double rangeTo() const;    ///< Seconds; 0 while all is shown.

 public Q_SLOTS:
  /// Scrubs to `seconds`; negative ones count as 0, NaN means live.
  void setPosition(double seconds);
  void goLive();
  void setHover(double seconds);  ///< NaN: the mouse has left.
  /// Shows this stretch on every time axis. Ignored unless from < to; what lies before 0 is cut.
  void setRange(double from, double to);
  void showAll();

 Q_SIGNALS:
  void positionChanged(double seconds);  ///< NaN: live.
  void hoverChanged(double seconds);
  void rangeChanged();

 private:
  double position_;
  double hover_;
  double from_ = 0;
  double to_ = 0;
};

/// The frame of `snapshot` that covers `seconds`: of its history, or the newest one if `seconds` is
/// NaN or later than all. Null if there is none.
std::shared_ptr<const sim::Frame> frameAt(const sim::Snapshot& snapshot, double seconds);

}  // namespace faultline::gui
