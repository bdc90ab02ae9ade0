/// Drives a run in a worker thread and says how it goes. The run never waits for a view: a snapshot
/// is made at most every `snapshotInterval` of wall time, and dropped if the last is not yet taken.
#pragma once

#include <memory>
#include <optional>
#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

#include "sim/scenario/snapshot.hpp"

namespace faultline::gui {

using SnapshotPtr = std::shared_ptr<const sim::Snapshot>;
using ResultPtr = std::shared_ptr<const sim::Result>;

/// What to run.
struct RunRequest {
  QByteArray text;  ///< The scenario.
  QString baseDirectory;
  quint64 seed = 0;  ///< 0: as the file says.
};

/// A fault done by hand.
struct HandFault {
  QString text;           ///< As in a file: "crash(app[0])".
  double atSeconds = 0;   ///< When it was done, virtual time.
  double forSeconds = 0;  ///< 0: until it was healed, or the end.
};

class RunController : public QObject {
  Q_OBJECT
 public:
  enum class State { idle, building, running, paused, finished, failed };
  Q_ENUM(State)

  explicit RunController(QObject* parent = nullptr);
  ~RunController() override;

  State state() const;
  bool hasRun() const;                               ///< There is something to show.
  const RunRequest& request() const;                 ///< Of the present run.
  SnapshotPtr snapshot() const;                      ///< The newest; null before the first.
  ResultPtr result() const;                          ///< Once it is finished or stopped.
  const std::vector<HandFault>& handFaults() const;  ///< In the order in which they were done.

  /// How many virtual seconds pass in a second of wall time; 0: as fast as possible.
  void setSpeed(double factor);
  double speed() const;

 public Q_SLOTS:
  void start(const RunRequest& request);  ///< Ends the run before it, if there is one.
  void startPaused(const RunRequest& request);
  void pause();
  void resume();
  void stepEvent();               ///< One event.
  void stepSeries();              ///< On to the end of the next step of the series.
  void stop();                    ///< Ends it in order; the result is marked as cut short.
  void runUntil(double seconds);  ///< Then pauses.
  void runUntilNextFault();
  void runUntilBreach();
  /// Until a claim over shown values holds, in the notation of `expect`:
  /// "requests.latency_seconds.p99 > 0.2", "nodes.app[0].utilization > 0.9". False and a sentence
  /// in `error` if it cannot be read.
  bool runUntilCondition(const QString& claim, QString* error);
  /// Begins anew with the same text, seed and hand faults, runs to exactly this time and pauses
  /// there.
  void replayTo(double seconds);
  /// Strikes now (as soon as the running event is over) and is remembered. `forSeconds` 0: until
  /// healed.
  bool inject(const QString& fault, double forSeconds, QString* error);
  void heal(const QString&
                node);  ///< Ends every hand fault that strikes this node, wire or zone; empty: all.
  /// Follows every n-th request from now on; 0: none.
  void followRequests(int everyNth);

 Q_SIGNALS:
  void stateChanged(faultline::gui::RunController::State state);
  void snapshotReady(faultline::gui::SnapshotPtr snapshot);  ///< In the window's thread.
  void finished(faultline::gui::ResultPtr result);
  /// A run that could not go on: message, component and virtual time. Or a scenario with problems.
  void failed(QString message, QString component, double atSeconds);
  void handFaultsChanged();

 private:
  class Private;
  std::unique_ptr<Private> d_;
};

}  // namespace faultline::gui
Q_DECLARE_METATYPE(faultline::gui::SnapshotPtr)
Q_DECLARE_METATYPE(faultline::gui::ResultPtr)
