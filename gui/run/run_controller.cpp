#include "gui/run/run_controller.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <mutex>
#include <QTimer>
#include <utility>

#include "gui/run/run_worker.hpp"
#include "gui/shell/language.hpp"

namespace faultline::gui {
namespace {

/// Wall time between two snapshots, and how much of it making them may take.
constexpr int snapshotInterval = 100;
constexpr double snapshotShare = 0.05;
constexpr int snapshotIntervalMax = 2000;

sim::Time timeOf(double seconds) {
  const double nanoseconds = std::round(seconds * 1e9);
  if (!(nanoseconds > 0)) return sim::time_zero;
  if (nanoseconds >= 9e18) return sim::time_max;
  return sim::Time(sim::Duration(static_cast<std::int64_t>(nanoseconds)));
}

HandFault handFaultOf(const sim::LiveRun::Injected& injected) {
  return {QString::fromStdString(injected.text), sim::to_seconds(injected.at),
          injected.length ? sim::to_seconds(*injected.length) : 0.0};
}

}  // namespace

/// What the worker says is put down here and read in the window's thread, in order.
class RunController::Private {
 public:
  explicit Private(RunController& controller) : controller_(controller) {}
  ~Private() { dismissWorker(); }

  /// In the worker's thread.
  void stateIs(RunWorker::State state) {
    say([this, state] { takeState(state); });
  }
  void snapshotMade(SnapshotPtr made, double wallSeconds) {
    const std::lock_guard lock(mutex_);
    // The window is behind: it gets the newer one instead.
    const bool waiting = std::exchange(newest_, std::move(made)) != nullptr;
    newestTook_ = wallSeconds;
    if (!waiting) push([this] { takeSnapshot(); });
  }
  void resultMade(ResultPtr made) {
    say([this, made] {
      result = made;
      Q_EMIT controller_.finished(made);
    });
  }
  void runFailed(const std::string& message, const std::string& component, double atSeconds) {
    say([this, message, component, atSeconds] {
      Q_EMIT controller_.failed(QString::fromStdString(message), QString::fromStdString(component),
                                atSeconds);
    });
  }
  void injectedAre(const std::vector<sim::LiveRun::Injected>& injected) {
    std::vector<HandFault> faults;
    std::transform(injected.begin(), injected.end(), std::back_inserter(faults), handFaultOf);
    say([this, faults = std::move(faults)] {
      handFaults = faults;
      Q_EMIT controller_.handFaultsChanged();
    });
  }

  /// A worker for the next run. The last one ends in its own time, and is not listened to any more.
  void hireWorker() {
    dismissWorker();
    std::erase_if(leaving_, [](const auto& each) { return each->hasLeft(); });
    ear_ = std::make_shared<Ear>(*this);
    worker = std::make_unique<RunWorker>(ear_);
    worker->setSpeed(speed);
  }
  /// All that has been said so far.
  void hear() {
    for (;;) {
      std::function<void()> news;
      {
        const std::lock_guard lock(mutex_);
        if (news_.empty()) return;
        news = std::move(news_.front());
        news_.pop_front();
      }
      news();
    }
  }

  State state = State::idle;
  RunRequest request;
  SnapshotPtr snapshot;
  ResultPtr result;
  std::vector<HandFault> handFaults;
  double speed = 0;
  int followEvery = 0;
  QTimer timer;
  std::unique_ptr<RunWorker> worker;

 private:
  /// Between one worker and this: can be closed at any time.
  class Ear final : public RunWorker::Listener {
   public:
    explicit Ear(Private& hearer) : hearer_(&hearer) {}
    void close() {
      const std::lock_guard lock(mutex_);
      hearer_ = nullptr;
    }
    void stateIs(RunWorker::State state) override {
      hear([&](Private& hearer) { hearer.stateIs(state); });
    }
    void snapshotMade(SnapshotPtr made, double wallSeconds) override {
      hear([&](Private& hearer) { hearer.snapshotMade(std::move(made), wallSeconds); });
    }
    void resultMade(ResultPtr made) override {
      hear([&](Private& hearer) { hearer.resultMade(std::move(made)); });
    }
    void runFailed(const std::string& message, const std::string& component,
                   double atSeconds) override {
      hear([&](Private& hearer) { hearer.runFailed(message, component, atSeconds); });
    }
    void injectedAre(const std::vector<sim::LiveRun::Injected>& injected) override {
      hear([&](Private& hearer) { hearer.injectedAre(injected); });
    }

   private:
    template <class Act>
    void hear(Act act) {
      const std::lock_guard lock(mutex_);
      if (hearer_) act(*hearer_);
    }
    std::mutex mutex_;
    Private* hearer_;  ///< Null: closed.
  };

  void dismissWorker() {
    if (!worker) return;
    ear_->close();
    worker->leave();
    leaving_.push_back(std::move(worker));
    const std::lock_guard lock(mutex_);
    news_.clear();
    newest_.reset();
  }
  void say(std::function<void()> news) {
    const std::lock_guard lock(mutex_);
    push(std::move(news));
  }
  /// Requires: mutex_ is held.
  void push(std::function<void()> news) {
    news_.push_back(std::move(news));
    QMetaObject::invokeMethod(
        &controller_, [this] { hear(); }, Qt::QueuedConnection);
  }
  void takeState(RunWorker::State said) {
    switch (said) {
      case RunWorker::State::running:
        if (!timer.isActive()) timer.start(snapshotInterval);
        return controller_.setState(State::running);
      case RunWorker::State::standing:
        return controller_.setState(State::paused);
      case RunWorker::State::over:
        return controller_.setState(State::finished);
      case RunWorker::State::failed:
        return controller_.setState(State::failed);
    }
  }
  void takeSnapshot() {
    double took = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!newest_) return;
      snapshot = std::exchange(newest_, nullptr);
      took = newestTook_;
    }
    const double pause = std::min(1e3 * took / snapshotShare, 1.0 * snapshotIntervalMax);
    timer.start(std::max(snapshotInterval, static_cast<int>(pause)));
    Q_EMIT controller_.snapshotReady(snapshot);
  }

  RunController& controller_;
  std::mutex mutex_;
  std::deque<std::function<void()>> news_;  ///< Guarded by mutex_, as all below.
  SnapshotPtr newest_;
  double newestTook_ = 0;
  std::shared_ptr<Ear> ear_;
  std::vector<std::unique_ptr<RunWorker>> leaving_;  ///< Dismissed; last, for they end with this.
};

RunController::RunController(QObject* parent)
    : QObject(parent), d_(std::make_unique<Private>(*this)) {
  qRegisterMetaType<SnapshotPtr>();
  qRegisterMetaType<ResultPtr>();
  d_->timer.setSingleShot(true);
  connect(&d_->timer, &QTimer::timeout, this, &RunController::askForSnapshot);
  d_->hireWorker();
}

RunController::~RunController() = default;

RunController::State RunController::state() const { return d_->state; }
bool RunController::hasRun() const { return d_->snapshot != nullptr; }
const RunRequest& RunController::request() const { return d_->request; }
SnapshotPtr RunController::snapshot() const { return d_->snapshot; }
ResultPtr RunController::result() const { return d_->result; }
const std::vector<HandFault>& RunController::handFaults() const { return d_->handFaults; }
double RunController::speed() const { return d_->speed; }

void RunController::setSpeed(double factor) {
  d_->speed = factor > 0 ? factor : 0;
  d_->worker->setSpeed(d_->speed);
}

void RunController::setState(State state) {
  if (d_->state == state) return;
  d_->state = state;
  Q_EMIT stateChanged(state);
}

void RunController::askForSnapshot() {
  if (d_->state == State::running) d_->worker->makeSnapshot();
}

void RunController::begin(const RunRequest& request, bool standing) {
  d_->hireWorker();
  d_->request = request;
  d_->snapshot.reset();
  d_->result.reset();
  d_->handFaults.clear();
  setState(State::building);
  Q_EMIT handFaultsChanged();
  d_->worker->start({.text = request.text.toStdString(),
                     .base_directory = request.baseDirectory.toStdString(),
                     .seed = request.seed},
                    standing, static_cast<std::uint64_t>(d_->followEvery));
}

void RunController::start(const RunRequest& request) { begin(request, false); }
void RunController::startPaused(const RunRequest& request) { begin(request, true); }
void RunController::pause() { d_->worker->goOn(false); }
void RunController::resume() { d_->worker->goOn(true); }
void RunController::stepEvent() { d_->worker->stepEvent(); }
void RunController::stop() { d_->worker->stop(); }

void RunController::stepSeries() {
  d_->worker->goTo([](sim::LiveRun& live) { live.go_to_step_end(); });
}

void RunController::runUntil(double seconds) {
  d_->worker->goTo([time = timeOf(seconds)](sim::LiveRun& live) { live.go_to(time); });
}

void RunController::runUntilNextFault() {
  d_->worker->goTo([](sim::LiveRun& live) { live.go_to_next_fault(); });
}

void RunController::runUntilBreach() {
  d_->worker->goTo([](sim::LiveRun& live) { live.go_to_breach(); });
}

void RunController::replayTo(double seconds) {
  d_->result.reset();
  d_->worker->replayTo(timeOf(seconds));
}

namespace {

/// True without a reason; else the reason goes to `error`.
bool isDone(const std::optional<std::string>& why, QString* error) {
  if (why && error) *error = shownSentence(*why);
  return !why;
}

}  // namespace

bool RunController::runUntilCondition(const QString& claim, QString* error) {
  if (d_->state == State::building) return isDone("the run is still being built", error);
  return isDone(d_->worker->goToCondition(claim.toStdString()), error);
}

bool RunController::inject(const QString& fault, double forSeconds, QString* error) {
  if (d_->state == State::building) return isDone("the run is still being built", error);
  std::optional<sim::Duration> length;
  if (forSeconds > 0) length = timeOf(forSeconds).time_since_epoch();
  const bool done = isDone(d_->worker->inject(fault.toStdString(), length), error);
  // What was said meanwhile, the new list of faults among it, is known at once.
  d_->hear();
  return done;
}

void RunController::heal(const QString& place) { d_->worker->heal(place.toStdString()); }

void RunController::followRequests(int everyNth) {
  d_->followEvery = std::max(0, everyNth);
  d_->worker->follow(static_cast<std::uint64_t>(d_->followEvery));
}

}  // namespace faultline::gui
