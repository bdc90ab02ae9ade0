#include <QMessageBox>
#include <QRandomGenerator>
#include <QStatusBar>
#include <random>

#include "gui/charts/chart_source.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/condition_values.hpp"
#include "gui/shell/design_compare.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/main_window.hpp"
#include "gui/shell/until_dialog.hpp"
#include "gui/timeline/time_cursor.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {

using State = RunController::State;

void MainWindow::toggleRun() {
  switch (run_->state()) {
    case State::building:
      break;
    case State::running:
      run_->pause();
      break;
    case State::paused:
      run_->resume();
      break;
    default:
      startRun();
  }
}

void MainWindow::startRun() { restart(false); }

void MainWindow::restart(bool newSeed) {
  cursor_->goLive();
  banner_->dismiss();
  designStands();
  RunRequest request{document_->text(), document_->baseDirectory(), 0};
  // Small enough to be typed again.
  if (newSeed) request.seed = QRandomGenerator::global()->bounded(1, 1'000'000);
  run_->start(request);
  if (newSeed) statusBar()->showMessage(tr("Seed %1").arg(request.seed), 8000);
}

void MainWindow::designStands() {
  ran_text_ = document_->text();
  old_design_ = false;
  old_dismissed_ = false;
}

void MainWindow::runState() {
  const State state = run_->state();
  const bool runs = state == State::running || state == State::building;
  actions_->setAppearance("run.toggle", runs ? "run.pause" : "run.toggle");
  actions_->setText("run.toggle", !runs && state == State::paused ? tr("&Go on") : QString());
  refreshActions();
}

void MainWindow::runFailed(const QString& message, const QString& component, double atSeconds) {
  // What stops a run while it goes says itself when and where.
  const QString said = shownSentence(message);
  const bool began = !component.isEmpty() || atSeconds > 0;
  banner_->say(Banner::Tone::error, began ? tr("The run could not go on: %1").arg(said) : said);
  if (!document_->problems().empty()) {
    if (Dock* dock = (*docks_)["problems"]) dock->bringUp();
  }
  runState();
}

void MainWindow::showOldDesign() {
  const bool old = run_->hasRun() && !sameDesign(document_->text(), ran_text_);
  if (old == old_design_) return;
  old_design_ = old;
  if (!old) {
    banner_->dismiss();
    old_dismissed_ = false;
  } else if (!old_dismissed_) {
    banner_->say(Banner::Tone::warning,
                 tr("The design has changed since this run: its figures are of the old design."),
                 tr("Run the new one"));
  }
}

void MainWindow::keepHandFaults() {
  const auto faults = run_->handFaults();
  if (faults.empty()) return;
  document_->beginMacro(tr("keep the faults done by hand"));
  for (const HandFault& fault : faults) {
    document_->addFault(fault.text, fault.atSeconds, fault.forSeconds);
  }
  document_->endMacro();
  // The run had these faults: what it shows is of this design.
  designStands();
  banner_->say(
      Banner::Tone::note,
      tr("The faults done by hand stand in the scenario now: %1. Another run repeats them.")
          .arg(faults.size()));
}

void MainWindow::runToTime() {
  const SnapshotPtr snapshot = run_->snapshot();
  const double now = snapshot ? snapshot->now_seconds : 0;
  double end = snapshot ? snapshot->end_seconds : 0;
  if (end <= 0 && document_->spec()) end = sim::to_seconds(document_->spec()->run.duration);
  if (end <= 0) end = 60;
  UntilTimeDialog dialog(now, end, this);
  if (dialog.exec() != QDialog::Accepted) return;
  const bool alive = run_->state() == State::running || run_->state() == State::paused;
  cursor_->goLive();
  if (!alive) {
    designStands();
    run_->startPaused({document_->text(), document_->baseDirectory(), 0});
  }
  // Its time may have passed while the dialog was open.
  const SnapshotPtr newest = run_->snapshot();
  if (alive && newest && dialog.seconds() < newest->now_seconds) {
    run_->replayTo(dialog.seconds());
  } else {
    run_->runUntil(dialog.seconds());
  }
}

void MainWindow::runToCondition() {
  UntilConditionDialog dialog(
      conditionValues(run_->snapshot().get(), run_->result().get()),
      [this](const QString& claim) {
        QString error;
        return run_->runUntilCondition(claim, &error) ? QString() : error;
      },
      this);
  dialog.exec();
}

}  // namespace faultline::gui
