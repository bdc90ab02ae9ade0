#include "gui/charts/chart_source.hpp"

#include <algorithm>

namespace faultline::gui {

ChartSource::ChartSource(TimeCursor& cursor, QObject* parent) : QObject(parent), cursor_(cursor) {}

void ChartSource::follow(RunController& controller) {
  connect(&controller, &RunController::snapshotReady, this, &ChartSource::setSnapshot);
  connect(&controller, &RunController::finished, this, &ChartSource::setResult);
  connect(&controller, &RunController::stateChanged, this,
          [this, &controller](RunController::State state) {
            // A run begins anew: the result is of the one before it.
            if (state == RunController::State::building || state == RunController::State::idle)
              clear();
            // It is played again, and what comes may be another thing than before.
            if (state == RunController::State::running && controller.result() == nullptr)
              setResult({});
          });
  setSnapshot(controller.snapshot());
  if (controller.result() != nullptr) setResult(controller.result());
}

double ChartSource::endSeconds() const {
  double end = 0;
  if (snapshot_ != nullptr) end = std::max(snapshot_->end_seconds, snapshot_->now_seconds);
  if (pinned_.result != nullptr) end = std::max(end, pinned_.result->virtual_seconds);
  return end;
}

void ChartSource::setSnapshot(SnapshotPtr snapshot) {
  if (snapshot == snapshot_) return;
  snapshot_ = std::move(snapshot);
  Q_EMIT changed();
}

void ChartSource::setResult(ResultPtr result) {
  if (result == result_) return;
  result_ = std::move(result);
  Q_EMIT changed();
}

void ChartSource::clear() {
  if (snapshot_ == nullptr && result_ == nullptr) return;
  snapshot_.reset();
  result_.reset();
  cursor_.goLive();
  Q_EMIT changed();
}

void ChartSource::pin() {
  if (result_ == nullptr) return;
  const QString title = QString::fromStdString(result_->title);
  pinRun({result_, snapshot_,
          tr("%1, seed %2").arg(title.isEmpty() ? tr("Untitled") : title).arg(result_->seed)});
}

void ChartSource::pinRun(const PinnedRun& run) {
  pinned_ = run;
  Q_EMIT pinnedChanged();
}

void ChartSource::unpin() {
  if (!hasPinned()) return;
  pinned_ = {};
  Q_EMIT pinnedChanged();
}

}  // namespace faultline::gui
