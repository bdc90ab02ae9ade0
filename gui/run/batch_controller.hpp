/// Runs a scenario many times, in the background: replications with different luck, and sweeps over
/// the values of one parameter with replications of each.
#pragma once

#include <memory>
#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>
#include <vector>

#include "gui/run/run_controller.hpp"

namespace faultline::gui {

struct BatchRequest {
  QByteArray text;  ///< The scenario.
  QString baseDirectory;
  quint64 seed = 0;          ///< 0: as the file says.
  quint64 replications = 1;  ///< Of each point.
  quint64 jobs = 0;          ///< Threads; 0: one for each processor, but one for the window.
  QString path;        ///< Of the parameter that is varied: "nodes.app.replicas"; empty: none.
  QStringList values;  ///< Its values, as `--set` takes them.
};

/// What one value gave.
struct BatchPoint {
  QString value;     ///< Empty without a sweep.
  ResultPtr result;  ///< Pooled, with intervals if there are replications. Null: not yet.
};

/// How far it has come.
struct BatchProgress {
  double share = 0;  ///< Of all virtual time, 0 to 1.
  quint64 runsDone = 0;
  quint64 runs = 0;
  double secondsLeft = -1;  ///< Of wall time, at the speed so far; negative: not known yet.
};

class BatchController : public QObject {
  Q_OBJECT
 public:
  explicit BatchController(QObject* parent = nullptr);
  ~BatchController() override;  ///< Cancels what is under way.

  bool isRunning() const;
  const BatchRequest& request() const;
  const std::vector<BatchPoint>& points() const;  ///< In the order of the values.
  const BatchProgress& progress() const;

  /// "1, 2, 4", "4..32 step 4" (both ends belong to it), or both: "1, 2, 4..16 step 4". Commas
  /// inside brackets and quotes part nothing.
  static QStringList valuesOf(const QString& text);

 public Q_SLOTS:
  void start(const BatchRequest& request);  ///< Cancels what is under way.
  /// Ends it soon. What is complete stays; of the point under way stays what is complete.
  void cancel();

 Q_SIGNALS:
  void progressed(faultline::gui::BatchProgress progress);
  void pointReady(int index);
  /// Nothing more comes; `complete`: no run is missing.
  void finished(bool complete);
  /// A scenario with problems, or a run that could not go on. Then it is finished, too.
  void failed(QString message);

 private:
  class Private;
  std::unique_ptr<Private> d_;
};

}  // namespace faultline::gui
Q_DECLARE_METATYPE(faultline::gui::BatchProgress)
