/// Drives a run in a worker thread and says how it goes. The run never waits for a view: snapshots
/// are asked for by the window's thread, about ten a second, and the next one only when it has
/// taken the last. What is done by hand is a sim::LiveRun's affair.
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
  /// Until a claim over shown values holds at the end of a step of the series, in the notation of
  /// `expect` (sim/scenario/condition.hpp): "requests.latency_seconds.p99 > 200ms" since the
  /// statistics began, "window.nodes.app[0].utilization > 0.9" over the last step. False and a
  /// sentence in `error` if it cannot be read, or names no value.
  bool runUntilCondition(const QString& claim, QString* error);
  /// Begins anew with the same text, seed and hand faults, runs to exactly this time and pauses
  /// there.
  void replayTo(double seconds);
  /// Strikes now (as soon as the running event is over) and is remembered. `forSeconds` 0: until
  /// healed. The first fault of the network makes the run begin anew and play up to now, as fast as
  /// it can (docs/decisions/0020). False and a sentence in `error` if it cannot be.
  bool inject(const QString& fault, double forSeconds, QString* error);
  /// Ends every fault done by hand that strikes this node ("app[0]"), group, zone ("zone:eu-a") or
  /// wire ("app -> db"), or that is written so; empty: all.
  void heal(const QString& place);
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
  void begin(const RunRequest& request, bool standing);
  void askForSnapshot();
  void setState(State state);

  class Private;
  std::unique_ptr<Private> d_;
};

}  // namespace faultline::gui
Q_DECLARE_METATYPE(faultline::gui::SnapshotPtr)
Q_DECLARE_METATYPE(faultline::gui::ResultPtr)
