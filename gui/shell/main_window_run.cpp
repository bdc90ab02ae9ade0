#include <nlohmann/json.hpp>
#include <QRandomGenerator>
#include <QToolButton>

#include "gui/charts/chart_source.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/condition_values.hpp"
#include "gui/shell/design_compare.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/main_window.hpp"
#include "gui/shell/run_error_text.hpp"
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

RunRequest MainWindow::newRun() {
  cursor_->goLive();
  banner_->dismiss();
  designStands();
  offerLostFaults();
  // A seed of the dice stands until the file gets another one.
  const quint64 of_file = seedOfFile();
  if (of_file != file_seed_) drawn_seed_ = 0;
  file_seed_ = of_file;
  showSeed();
  return {document_->text(), document_->baseDirectory(), drawn_seed_};
}

void MainWindow::restart(bool newSeed) {
  if (newSeed) {
    // Small enough to be typed again.
    drawn_seed_ = QRandomGenerator::global()->bounded(1, 1'000'000);
    file_seed_ = seedOfFile();
  }
  run_->start(newRun());
}

quint64 MainWindow::seedOfFile() const {
  const nlohmann::json& scenario = document_->json();
  const nlohmann::json::json_pointer place("/run/seed");
  if (!scenario.contains(place)) return std::uint64_t(sim::RunSpec{}.seed);
  const nlohmann::json& seed = scenario.at(place);
  return seed.is_number_unsigned() ? seed.get<quint64>() : 0;
}

void MainWindow::showSeed() {
  seed_button_->setVisible(drawn_seed_ != 0);
  seed_button_->setText(tr("Seed %1").arg(drawn_seed_));
  seed_button_->setToolTip(
      tr("Drawn by “Restart with a new seed”; the file says %1.").arg(file_seed_));
}

void MainWindow::keepSeed() {
  if (drawn_seed_ == 0) return;
  const bool was_old = old_design_;
  document_->setValue(QStringLiteral("run.seed"), drawn_seed_, tr("keep the seed"));
  drawn_seed_ = 0;
  file_seed_ = seedOfFile();
  // The run had this seed: what it shows is of this design, if it was before.
  if (!was_old) designStands();
  showSeed();
}

void MainWindow::forgetSeed() {
  drawn_seed_ = 0;
  showSeed();
  restart(false);
}

bool MainWindow::isAlive() const {
  return run_->state() == State::running || run_->state() == State::paused;
}

void MainWindow::runToNext(void (RunController::*goal)()) {
  if (!isAlive()) run_->startPaused(newRun());
  (run_.get()->*goal)();
}

void MainWindow::step() {
  if (run_->state() == State::paused) {
    run_->stepEvent();
  } else {
    run_->startPaused(newRun());
  }
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
  const QString said = shownRunError(message);
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
    banner_action_ = [this] { restart(false); };
    banner_->say(Banner::Tone::warning,
                 tr("The design has changed since this run: its figures are of the old design."),
                 tr("Run the new one"));
  }
}

std::vector<HandFault> MainWindow::handFaultsToKeep() const {
  std::vector<HandFault> faults = run_->handFaults();
  std::erase_if(faults, [&](const HandFault& fault) {
    return document_->holdsFault(fault.text, fault.atSeconds, fault.forSeconds);
  });
  return faults;
}

void MainWindow::offerLostFaults() {
  const std::vector<HandFault> lost = handFaultsToKeep();
  if (lost.empty()) return;
  banner_action_ = [this, lost, seed = run_->request().seed] {
    drawn_seed_ = seed;
    addFaults(lost);
    restart(false);
  };
  banner_->say(
      Banner::Tone::note,
      tr("The faults done by hand in the run before are not in this one: %1.").arg(lost.size()),
      tr("Put them into the scenario and run"));
}

void MainWindow::addFaults(const std::vector<HandFault>& faults) {
  document_->beginMacro(tr("keep the faults done by hand"));
  for (const HandFault& fault : faults) {
    document_->keepFault(fault.text, fault.atSeconds, fault.forSeconds);
  }
  // With other luck it would not be the same run.
  keepSeed();
  document_->endMacro();
}

void MainWindow::keepHandFaults() {
  const std::vector<HandFault> faults = handFaultsToKeep();
  if (faults.empty()) return;
  const bool was_old = old_design_;
  addFaults(faults);
  // The run had these faults: what it shows is of this design, if it was before.
  if (was_old) return;
  designStands();
  banner_->say(
      Banner::Tone::note,
      tr("The faults done by hand stand in the scenario now: %1. Another run repeats them.")
          .arg(faults.size()));
}

void MainWindow::runToTime() {
  // The run stands while it is asked, so that what the dialog says of now stays true.
  const bool was_running = run_->state() == State::running;
  if (was_running) run_->pause();
  const SnapshotPtr snapshot = run_->snapshot();
  const double now = snapshot ? snapshot->now_seconds : 0;
  double end = snapshot ? snapshot->end_seconds : 0;
  if (end <= 0 && document_->spec()) end = sim::to_seconds(document_->spec()->run.duration);
  if (end <= 0) end = 60;
  UntilTimeDialog dialog(now, end, this);
  if (dialog.exec() != QDialog::Accepted) {
    if (was_running) run_->resume();
    return;
  }
  goToTime(dialog.seconds());
}

void MainWindow::goToTime(double seconds) {
  // A run that is over is played again, with what was done to it by hand; unless the design is
  // another one by now: then that is what is meant.
  const SnapshotPtr newest = run_->snapshot();
  const bool can_replay =
      newest && (isAlive() || (run_->state() == State::finished && !old_design_));
  if (can_replay && seconds <= newest->now_seconds) {
    cursor_->goLive();
    run_->replayTo(seconds);
  } else {
    if (isAlive()) {
      cursor_->goLive();
    } else {
      run_->startPaused(newRun());
    }
    run_->runUntil(seconds);
  }
}

void MainWindow::replayHere() {
  const double here = cursor_->position();
  // What is newest is that moment then.
  cursor_->goLive();
  run_->replayTo(here);
}

void MainWindow::runToCondition() {
  // Nothing is missed while the claim is written.
  const bool was_running = run_->state() == State::running;
  if (was_running) run_->pause();
  const QStringList values = conditionValues(run_->snapshot().get(), run_->result().get());
  if (!isAlive()) run_->startPaused(newRun());
  UntilConditionDialog dialog(
      values,
      [this](const QString& claim) {
        QString error;
        return run_->runUntilCondition(claim, &error) ? QString() : error;
      },
      this);
  if (dialog.exec() != QDialog::Accepted && was_running) run_->resume();
}

}  // namespace faultline::gui
