/// What the charts show: the newest snapshot of the run, its result once there is one, and a result
/// that was pinned to compare with. Charts listen to this and not to the run, so they can be shown
/// any snapshot.
#pragma once

#include <QObject>
#include <QString>

#include "gui/run/run_controller.hpp"
#include "gui/timeline/time_cursor.hpp"

namespace faultline::gui {

/// A result kept for comparison, with the last snapshot of its run.
struct PinnedRun {
  ResultPtr result;
  SnapshotPtr snapshot;  ///< May be null: then there are no frames of it.
  QString name;          ///< For people: title and seed.
};

class ChartSource : public QObject {
  Q_OBJECT
 public:
  explicit ChartSource(TimeCursor& cursor, QObject* parent = nullptr);

  /// Shows what this controller runs from now on.
  void follow(RunController& controller);

  TimeCursor& cursor() const { return cursor_; }
  const SnapshotPtr& snapshot() const { return snapshot_; }  ///< Null: no run yet.
  const ResultPtr& result() const { return result_; }        ///< Null until the run has ended.
  const PinnedRun& pinned() const { return pinned_; }
  bool hasPinned() const { return pinned_.result != nullptr; }
  bool canPin() const { return result_ != nullptr; }
  /// How much virtual time the axes have to show: the planned end, or what was reached.
  double endSeconds() const;

 public Q_SLOTS:
  void setSnapshot(faultline::gui::SnapshotPtr snapshot);
  void setResult(faultline::gui::ResultPtr result);
  void clear();  ///< No run; what is pinned stays.
  void pin();    ///< Keeps the present result to compare with. Nothing without a result.
  void pinRun(const faultline::gui::PinnedRun& run);
  void unpin();

 Q_SIGNALS:
  void changed();  ///< Snapshot or result.
  void pinnedChanged();

 private:
  TimeCursor& cursor_;
  SnapshotPtr snapshot_;
  ResultPtr result_;
  PinnedRun pinned_;
};

}  // namespace faultline::gui
