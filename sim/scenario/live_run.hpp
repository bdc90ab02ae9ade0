/// A run with somebody at the controls: it goes on, stands, stops by itself where it was asked to,
/// is broken and healed by hand, and is played again to any moment.
///
///   LiveRun live({.text = file});
///   live.go_to_next_fault();
///   while (live.advance(time_max) == LiveRun::Stop::interrupted) ...;
///   live.inject("crash(app[0])", std::nullopt);
///
/// What is done by hand makes a run that could have been written down: the file with the faults of
/// injected() behind its own has the same events and the same result
/// (docs/decisions/0020-faults-by-hand-are-faults-of-the-file.md).
/// Knows no thread: all calls on one, but for interrupt().
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/condition.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/snapshot.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::sim {

class LiveRun {
 public:
  struct Scenario {
    std::string text;
    std::filesystem::path base_directory = ".";
    std::uint64_t seed = 0;  ///< 0: as the file says.
  };
  /// A scenario that cannot be run: what() has its problems, a line each.
  struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  /// A fault done by hand.
  struct Injected {
    std::string text;  ///< As in a file: "crash(app[0])".
    Choice<Fault> fault;
    Time at{};  ///< When it strikes.
    std::optional<Duration> length{};
  };

  /// Reads and builds it. Throws Wrong.
  explicit LiveRun(const Scenario& scenario);
  ~LiveRun();

  Run& run() { return *run_; }

  /// Where it stops by itself. Each replaces the one before.
  void go_to_end() { goal_ = Goal::end; }
  void go_to(Time time);
  void go_to_step_end();  ///< Of the present step of the series.
  void go_to_next_fault();
  /// The end of the first step of the series at which a breach of an objective is known that was
  /// not under way: breaches are judged over System::slo_step().
  void go_to_breach();
  /// The end of the first step of the series at which the claim (condition.hpp) holds. Nothing, or
  /// why it cannot be tested: then the goal is what it was.
  std::optional<std::string> go_to_condition(std::string_view claim);

  enum class Stop : std::uint8_t {
    until,        ///< It is at the time that was asked for.
    goal,         ///< It is where it was to stop; from here it goes to the end.
    replayed,     ///< It is where it was to be played to again; the goal still stands.
    end,          ///< It is over.
    interrupted,  ///< Somebody called interrupt().
  };
  /// Runs on, at most to `until`. Throws what the run throws; then only its snapshots and its
  /// result are of use.
  Stop advance(Time until);
  /// Fires one event.
  void step_event() { run_->step(); }
  /// Makes advance() return soon. From any thread, while this lives.
  void interrupt();

  /// A fault that strikes now: one nanosecond on, or as soon after that as no event is scheduled.
  /// The first one of the network makes all begin anew, on ways that can be impaired: then it is
  /// replaying() up to when the fault strikes. Nothing, or why it cannot be done.
  std::optional<std::string> inject(std::string_view fault, std::optional<Duration> length);
  /// Ends every fault done by hand that strikes `place`: a node, a group, "zone:NAME",
  /// "region:NAME", two of them with " -> " between for a wire, or the text of the fault; empty:
  /// all. True if there was any.
  bool heal(std::string_view place);
  /// In the order in which they were done.
  const std::vector<Injected>& injected() const { return injected_; }
  /// Runs on to where the latest of what was injected or healed takes effect, a moment from now.
  /// Requires: not replaying.
  void take_effect();

  /// Begins anew with the same seed and the faults done by hand, and is replaying() from then on.
  void replay_to(Time time);
  bool replaying() const { return replay_to_.has_value(); }

  /// Every n-th request of the clients; 0: none. In what is played again from its beginning.
  void follow_requests(std::uint64_t every);

  /// `standing`: nothing happens until the next one.
  std::shared_ptr<const Snapshot> snapshot(bool standing);
  /// What was measured so far, with the claims of the file.
  Result result();

 private:
  enum class Goal : std::uint8_t { end, time, next_fault, breach, condition };
  using WallClock = std::chrono::steady_clock;

  void build();
  Time next_stop() const;
  bool reached_goal();
  bool is_new_breach();
  bool strikes(const Injected& fault, std::string_view place) const;

  Spec file_;  ///< As read.
  Spec spec_;  ///< With the faults done by hand, as of the last build().
  std::uint64_t seed_ = 1;
  std::vector<Injected> injected_;
  Time effect_at_{};
  std::unique_ptr<Run> run_;
  std::mutex interrupting_;
  Run* interruptible_ = nullptr;  ///< Guarded by interrupting_.
  std::uint64_t follow_ = 0;

  Goal goal_ = Goal::end;
  Time goal_time_{};
  std::size_t begun_before_ = 0;       ///< Faults, when it set out for the next.
  std::vector<double> breaches_from_;  ///< By objective: those that begin later are new. Seconds.
  std::optional<Condition> condition_;
  std::optional<Time> replay_to_;

  WallClock::time_point started_ = WallClock::now();
  WallClock::time_point window_began_ = WallClock::now();
  Time window_begin_{};
};

}  // namespace faultline::sim
