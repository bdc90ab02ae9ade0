/// The thread in which a run goes on. What it has to say it says in that thread; RunController
/// carries it over to the window's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "sim/scenario/live_run.hpp"

namespace faultline::gui {

class RunWorker {
 public:
  enum class State { running, standing, over, failed };
  /// Who is told, in the worker's thread.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void stateIs(State state) = 0;
    virtual void snapshotMade(std::shared_ptr<const sim::Snapshot> snapshot,
                              double wallSeconds) = 0;
    virtual void resultMade(std::shared_ptr<const sim::Result> result) = 0;
    virtual void runFailed(const std::string& message, const std::string& component,
                           double atSeconds) = 0;
    virtual void injectedAre(const std::vector<sim::LiveRun::Injected>& injected) = 0;
  };

  explicit RunWorker(std::shared_ptr<Listener> listener);
  ~RunWorker();  ///< Ends the run where it is, and waits for that.
  /// Ends the run soon, and waits for nothing. From then on nothing else may be called.
  void leave();
  bool hasLeft() const { return left_.load(); }  ///< Its thread has nothing more to do.

  /// All of these may be called from any thread, and are done between two events of the run.
  void start(sim::LiveRun::Scenario scenario, bool standing, std::uint64_t followEvery);
  void goOn(bool on);
  /// Sets a goal and goes on.
  void goTo(std::function<void(sim::LiveRun&)> setGoal);
  void stepEvent();
  void stop();
  void replayTo(sim::Time time);
  void heal(std::string place);
  void follow(std::uint64_t every);
  void setSpeed(double factor);  ///< Virtual seconds a second; 0: as fast as it can.
  void makeSnapshot();

  /// These wait for the answer: nothing, or why it cannot be.
  std::optional<std::string> goToCondition(std::string claim);
  std::optional<std::string> inject(std::string fault, std::optional<sim::Duration> length);

 private:
  using WallClock = std::chrono::steady_clock;
  void post(std::function<void()> command);
  std::optional<std::string> ask(std::function<std::optional<std::string>()> question);
  void loop();
  /// Lets the run go on for a while. True if it is to wait for its time then.
  bool advance();
  void guarded(const std::function<void()>& act);
  void setOn(bool on);
  void stand();
  void finish();
  void setPace();
  void sayFailed(const std::string& message, const std::string& component, double atSeconds);
  void giveSnapshot();

  std::shared_ptr<Listener> listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> commands_;  ///< Guarded by mutex_.
  std::shared_ptr<sim::LiveRun> live_;          ///< Guarded by mutex_ where the thread sets it.
  bool quit_ = false;                           ///< Guarded by mutex_.
  std::atomic<bool> left_{false};

  bool on_ = false;                ///< The run goes on. Of the worker's thread, as all below.
  bool over_ = false;              ///< It has ended or failed.
  bool standAfterReplay_ = false;  ///< Else it goes on then.
  double speed_ = 0;
  WallClock::time_point paceWall_{};
  sim::Time paceVirtual_{};

  std::thread thread_;  ///< Last: it uses all the others.
};

}  // namespace faultline::gui
