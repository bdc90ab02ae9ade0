/// Watches a run: turns it into frames as it goes, and into snapshots when it is asked. A run that
/// is watched does the same, event by event, as one that is not.
///
///   run --each step of its series--> frame --> history
///   window --now and then--> snapshot(): the last window, the history, the log, ...
///
/// Cost: some ten instructions a call between nodes, a few microseconds a node for each frame.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/frame_window.hpp"
#include "sim/scenario/request_tracer.hpp"
#include "sim/scenario/snapshot.hpp"
#include "sim/scenario/system.hpp"
#include "sim/scenario/wire_counts.hpp"

namespace faultline::sim {

class Run;

class Watch final : private NodeObserver {
 public:
  /// Node samples that the history holds at most; with more nodes and steps than that, a frame of
  /// the history spans several steps. About 100 bytes each.
  static constexpr std::size_t samples_max = 150'000;
  static constexpr std::size_t log_max = 10'000;
  static constexpr std::size_t next_max = 50;

  /// For Run::watch(). `run` has been built and has not begun; this outlives its system.
  Watch(Run& run, System& system, const Spec& spec, Duration step);
  ~Watch() override;

  struct Wish {
    bool standing = false;     ///< Nothing happens until the next one: the next events are given.
    bool window_over = false;  ///< Snapshot::frame is to reach up to now.
  };
  /// Requires: called between two events, on the thread of the run.
  std::shared_ptr<const Snapshot> snapshot(const Wish& wish);
  /// The frame of the last step of the series, or of the last few (see samples_max); null before
  /// the first.
  std::shared_ptr<const Frame> last_step() const {
    return history_.empty() ? nullptr : history_.back();
  }
  /// Of all clients, over the frame of last_step().
  const Headline& last_step_requests() const { return steps_.requests(); }
  const SnapshotLegend& legend() const { return *legend_; }
  RequestTracer& tracer() { return tracer_; }

  /// For the run, which tells what it does.
  void step_closed(Time now);
  void before_reset(Time now);

 private:
  void changed(const Node& node, Change change) override;
  void came_or_went(const Node& node) override;
  void noted(const Node& node, const std::string& text) override;
  void note_roles(Time now);
  void add_line(LogLine line);
  std::shared_ptr<const Frame> present_frame(const Wish& wish, Time now);
  Headline overall(const Histogram& latency) const;
  std::vector<LogLine> log_lines(const std::vector<SloResult>& slos, Time now) const;
  std::vector<NextEvent> next_events();

  Run& run_;
  System& system_;
  std::shared_ptr<const SnapshotLegend> legend_;
  RequestTracer tracer_;
  WireCounts wires_;
  FrameWindow steps_;           ///< Its windows are those of the history.
  FrameWindow present_;         ///< Its windows are those of Snapshot::frame.
  std::size_t stride_;          ///< Steps that make one frame of the history.
  std::size_t steps_open_ = 0;  ///< Steps since the last frame.
  std::vector<std::shared_ptr<const Frame>> history_;
  /// What the last snapshot was given of it.
  std::shared_ptr<const std::vector<std::shared_ptr<const Frame>>> history_shown_;
  std::shared_ptr<const Frame> frame_;  ///< The last of present_.
  Headline recent_;                     ///< Of the same window.
  std::deque<LogLine> lines_;           ///< Of nodes, roles and the run itself.
  std::vector<std::string> roles_;      ///< By node, as last noted.
  Time statistics_start_{};
};

}  // namespace faultline::sim
