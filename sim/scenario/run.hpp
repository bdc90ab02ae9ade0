/// One run of a built system: it can be stepped to a time, paused from outside, resumed, and asked
/// for its result at any point.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/result.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {

class Watch;

/// The wires of a design: references from node to node, each once between two groups in one role.
std::vector<TopologyEdge> wires_of(const Spec& spec);
/// The series of all requests, as in Result.
std::map<std::string, std::vector<double>> series_of(const RequestLog& log, Duration step);

class Run {
 public:
  /// Builds the system. Requires: `spec` outlives the run. What is wrong goes to `problems`; then
  /// nothing else may be called.
  Run(const Spec& spec, std::uint64_t seed, std::uint64_t replication, Problems& problems);
  ~Run();

  /// Schedules what comes first. Otherwise that is done when something is to run.
  void begin();
  /// Runs on to `until`, at most to the planned end. Throws RunError when the run cannot go on.
  StopReason run_until(Time until);
  /// Runs on to the planned end.
  StopReason run_to_end() { return run_until(end_); }
  /// Fires one event. False at the planned end.
  bool step();
  /// Stops run_until after the current event. From any thread, or a signal handler.
  void request_pause() { system_.kernel().request_pause(); }

  Time now() { return system_.kernel().now(); }
  Time end() const { return end_; }
  bool finished() { return now() >= end_; }
  std::uint64_t events() { return system_.kernel().events(); }
  System& system() { return system_; }
  /// How far it has come, as of the last step of the series. From any thread.
  Time progress() const { return Time(Duration(progress_.load(std::memory_order_relaxed))); }
  std::uint64_t progress_events() const { return progress_events_.load(std::memory_order_relaxed); }

  /// Begins to watch it. Requires: called at most once, before the run begins.
  Watch& watch();
  /// Null if it is not watched.
  Watch* watched() { return watch_.get(); }

  Time warmup_end() const { return warmup_end_; }
  Duration step_length() const { return step_; }  ///< Of the series.
  /// When the present step of the series ends.
  Time step_end() const { return step_start_ + step_; }

  /// What was measured so far of the clients' requests, the objectives, the wanted nodes and their
  /// groups (pooled over the wanted ones), without series, digests and drawing: for a look in
  /// between.
  Result glance(const std::function<bool(const Node&)>& wanted);
  /// What was measured so far; marked as cut short before the planned end. The run can go on
  /// afterwards.
  Result result();

 private:
  class StepTimer;
  void close_step();
  void end_warmup();
  void note_load_test();
  /// What `glance` gives, without the groups.
  Result collect(const std::function<bool(const Node&)>& wanted);
  NodeResult node_result(const Node& node, Time now) const;
  void add_series(Result& result) const;
  ConsistencyResult consistency_result(const std::vector<NodeResult>& nodes, Time now) const;

  const Spec& spec_;
  std::unique_ptr<Watch> watch_;  ///< Outlives the system, which tells it.
  System system_;
  Time end_;
  Time warmup_end_;
  Duration step_;
  bool started_ = false;
  bool warm_ = false;
  Time statistics_start_{};
  Time step_start_{};
  std::unique_ptr<StepTimer> step_timer_;
  std::unique_ptr<StepTimer> warmup_timer_;

  std::atomic<std::int64_t> progress_{0};
  std::atomic<std::uint64_t> progress_events_{0};

  /// A sampled quantity of a node: its integral at the last closed step and its value at each.
  struct Sampled {
    std::size_t node = 0;
    std::size_t index = 0;
    double area = 0;
    double carried = 0;  ///< Area of the current step from before the statistics were reset.
    std::vector<double> values;
  };
  std::vector<Sampled> sampled_;
};

}  // namespace faultline::sim
