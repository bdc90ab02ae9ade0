#include "gui/run/run_worker.hpp"

#include <utility>

#include "sim/kernel/run_error.hpp"

namespace faultline::gui {

using sim::LiveRun;

namespace {

/// How often a run that is held back to a speed is let go on.
constexpr std::chrono::milliseconds tick{10};

}  // namespace

RunWorker::RunWorker(std::shared_ptr<Listener> listener)
    : listener_(std::move(listener)), thread_([this] { loop(); }) {}

RunWorker::~RunWorker() {
  leave();
  thread_.join();
}

void RunWorker::leave() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
    commands_.clear();
    if (live_) live_->interrupt();
  }
  changed_.notify_all();
}

void RunWorker::post(std::function<void()> command) {
  {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
    if (live_) live_->interrupt();
  }
  changed_.notify_all();
}

std::optional<std::string> RunWorker::ask(std::function<std::optional<std::string>()> question) {
  auto answer = std::make_shared<std::promise<std::optional<std::string>>>();
  std::future<std::optional<std::string>> waiting = answer->get_future();
  post([this, answer, question = std::move(question)] {
    std::optional<std::string> reply = "the run could not go on";
    guarded([&] { reply = !live_ || over_ ? "there is no run under way" : question(); });
    answer->set_value(std::move(reply));
  });
  return waiting.get();
}

void RunWorker::loop() {
  std::unique_lock lock(mutex_);
  while (!quit_) {
    if (!commands_.empty()) {
      const std::function<void()> command = std::move(commands_.front());
      commands_.pop_front();
      lock.unlock();
      command();
      lock.lock();
    } else if (!on_) {
      changed_.wait(lock);
    } else {
      lock.unlock();
      bool early = false;
      guarded([&] { early = advance(); });
      lock.lock();
      if (early && !quit_ && commands_.empty()) changed_.wait_for(lock, tick);
    }
  }
  const std::shared_ptr<sim::LiveRun> last = std::move(live_);
  lock.unlock();
  left_.store(true);
}

/// Does something with the run; what it throws ends it.
void RunWorker::guarded(const std::function<void()>& act) {
  try {
    act();
  } catch (const sim::RunError& error) {
    sayFailed(error.what(), error.where(), sim::to_seconds(error.when()));
  } catch (const LiveRun::Wrong& error) {
    sayFailed(error.what(), "", 0);
  } catch (const std::exception& error) {
    sayFailed(error.what(), "", live_ ? sim::to_seconds(live_->run().now()) : 0);
  }
}

void RunWorker::sayFailed(const std::string& message, const std::string& component,
                          double atSeconds) {
  on_ = false;
  over_ = true;
  if (live_) giveSnapshot();
  listener_->stateIs(State::failed);
  listener_->runFailed(message, component, atSeconds);
}

void RunWorker::giveSnapshot() {
  const WallClock::time_point begin = WallClock::now();
  auto snapshot = live_->snapshot(!on_);
  const std::chrono::duration<double> took = WallClock::now() - begin;
  listener_->snapshotMade(std::move(snapshot), took.count());
}

void RunWorker::setPace() {
  paceWall_ = WallClock::now();
  if (live_) paceVirtual_ = live_->run().now();
}

void RunWorker::setOn(bool on) {
  if (!live_ || over_) return;
  on_ = on;
  setPace();
  listener_->stateIs(on ? State::running : State::standing);
}

void RunWorker::stand() {
  setOn(false);
  giveSnapshot();
}

void RunWorker::finish() {
  on_ = false;
  over_ = true;
  giveSnapshot();
  auto result = std::make_shared<const sim::Result>(live_->result());
  listener_->stateIs(State::over);
  listener_->resultMade(std::move(result));
}

bool RunWorker::advance() {
  sim::Time until = sim::time_max;
  const bool held = speed_ > 0 && !live_->replaying();
  if (held) {
    const std::chrono::duration<double> passed = WallClock::now() - paceWall_;
    const double ahead = passed.count() * speed_;
    // Beyond this the run is over anyhow.
    if (ahead < 9e9) until = paceVirtual_ + sim::from_seconds(ahead);
    if (until <= live_->run().now()) return true;
  }
  switch (live_->advance(until)) {
    case LiveRun::Stop::until:
      return true;
    case LiveRun::Stop::interrupted:
      return false;
    case LiveRun::Stop::goal:
      stand();
      return false;
    case LiveRun::Stop::replayed:
      if (standAfterReplay_) {
        stand();
      } else {
        setPace();
      }
      return false;
    case LiveRun::Stop::end:
      finish();
      return false;
  }
  return false;
}

void RunWorker::start(LiveRun::Scenario scenario, bool standing, std::uint64_t followEvery) {
  post([this, scenario = std::move(scenario), standing, followEvery] {
    on_ = false;
    over_ = false;
    {
      const std::lock_guard lock(mutex_);
      live_.reset();
    }
    guarded([&] {
      auto live = std::make_shared<LiveRun>(scenario);
      if (followEvery != 0) live->follow_requests(followEvery);
      {
        const std::lock_guard lock(mutex_);
        live_ = std::move(live);
      }
      setOn(!standing);
      giveSnapshot();
    });
  });
}

void RunWorker::goOn(bool on) {
  post([this, on] {
    guarded([&] {
      if (!live_ || over_) return;
      if (live_->replaying() && !on) standAfterReplay_ = true;
      if (on) {
        setOn(true);
      } else if (on_) {
        stand();
      }
    });
  });
}

void RunWorker::goTo(std::function<void(LiveRun&)> setGoal) {
  post([this, setGoal = std::move(setGoal)] {
    guarded([&] {
      if (!live_ || over_) return;
      setGoal(*live_);
      setOn(true);
    });
  });
}

void RunWorker::stepEvent() {
  post([this] {
    guarded([&] {
      if (!live_ || over_) return;
      on_ = false;
      live_->step_event();
      if (live_->run().finished()) return finish();
      stand();
    });
  });
}

void RunWorker::stop() {
  post([this] {
    guarded([&] {
      if (live_ && !over_) finish();
    });
  });
}

void RunWorker::replayTo(sim::Time time) {
  post([this, time] {
    guarded([&] {
      if (!live_) return;
      over_ = false;
      live_->replay_to(time);
      live_->go_to_end();
      standAfterReplay_ = true;
      setOn(true);
    });
  });
}

std::optional<std::string> RunWorker::inject(std::string fault,
                                             std::optional<sim::Duration> length) {
  return ask([this, fault = std::move(fault), length]() -> std::optional<std::string> {
    if (auto why = live_->inject(fault, length)) return why;
    if (live_->replaying()) {
      standAfterReplay_ = !on_;
      setOn(true);
    } else if (!on_) {
      live_->take_effect();
      stand();
    }
    listener_->injectedAre(live_->injected());
    return std::nullopt;
  });
}

void RunWorker::heal(std::string place) {
  post([this, place = std::move(place)] {
    guarded([&] {
      if (!live_ || over_ || !live_->heal(place)) return;
      if (!on_) {
        live_->take_effect();
        stand();
      }
      listener_->injectedAre(live_->injected());
    });
  });
}

std::optional<std::string> RunWorker::goToCondition(std::string claim) {
  return ask([this, claim = std::move(claim)]() -> std::optional<std::string> {
    if (auto why = live_->go_to_condition(claim)) return why;
    setOn(true);
    return std::nullopt;
  });
}

void RunWorker::follow(std::uint64_t every) {
  post([this, every] {
    if (live_) live_->follow_requests(every);
  });
}

void RunWorker::setSpeed(double factor) {
  post([this, factor] {
    speed_ = factor;
    setPace();
  });
}

void RunWorker::makeSnapshot() {
  post([this] {
    if (live_ && on_) guarded([&] { giveSnapshot(); });
  });
}

}  // namespace faultline::gui
