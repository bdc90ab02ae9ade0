/// Turns what nodes, wires and requests have counted since a run began into frames: what they did
/// from one moment to the next. It only reads, so that a run does the same whether it is watched or
/// not.
#pragma once

#include <memory>
#include <vector>

#include "sim/measure/histogram_window.hpp"
#include "sim/scenario/snapshot.hpp"
#include "sim/scenario/system.hpp"
#include "sim/scenario/wire_counts.hpp"

namespace faultline::sim {

/// The frames of one series of windows, each of which begins where the last one ended. What counts
/// is the time at which a request ended here, warm-up or not; only those that were here when the
/// warm-up ended, and statistics began anew, are in no window.
class FrameWindow {
 public:
  /// Requires: `system` and `wires` outlive it; the run has not begun.
  FrameWindow(System& system, const WireCounts& wires, const SnapshotLegend& legend);

  Time begin() const { return begin_; }
  /// Ends the window at `now`, and begins the next.
  std::shared_ptr<const Frame> close(Time now);
  /// Puts what is true at `now`, whatever the window, into a frame of this system: conditions,
  /// roles, who waits, what is cut.
  void mark_present(Frame& frame, Time now);
  /// Of all clients, over the window closed last.
  const Headline& requests() const { return requests_; }
  /// Statistics are about to begin anew.
  void before_reset(Time now);

 private:
  /// A number that grows, but for a reset, and what it grew by in a window.
  class Growth {
   public:
    double take(double now) {
      const double grown = now - before_ + carried_;
      before_ = now;
      carried_ = 0;
      return grown;
    }
    void before_reset(double now) {
      carried_ += now - before_;
      before_ = 0;
    }

   private:
    double before_ = 0;
    double carried_ = 0;
  };
  struct NodeWindow {
    const Node* node = nullptr;
    const NodeStatistics::Sampled* utilization = nullptr;   ///< Null: it has none.
    const NodeStatistics::Sampled* queue_length = nullptr;  ///< Null: it has none.
    const NodeStatistics::Scalar* hits = nullptr;           ///< Null: it is no cache.
    const NodeStatistics::Scalar* misses = nullptr;
    Growth received, ok, not_ok, in_service, utilization_area, queue_area, hit, missed;
    HistogramWindow latency;
  };
  struct WireWindow {
    Growth sent, failed;
  };
  /// Calls visit(growth, its value now) for every growth that a reset begins anew.
  template <class Visit>
  static void visit_growths(NodeWindow& window, Time now, Visit visit);
  static void mark_present(const NodeWindow& window, Time now, NodeSample& sample);
  NodeSample sample_of(NodeWindow& window, Time now, double seconds);
  void mark_cuts(Frame& frame);
  void close_requests(Time now, double seconds);

  System& system_;
  const WireCounts& wires_;
  Time begin_{};
  std::vector<NodeWindow> node_windows_;
  std::vector<WireWindow> wire_windows_;
  /// From which group to which each wire leads, as numbers.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> wire_ends_;
  std::vector<std::uint32_t> group_of_node_;  ///< By Node::id.
  Growth ok_, not_ok_;
  HistogramWindow latency_;
  Headline requests_;
  WindowSamples samples_;  ///< Of one node after the other.
};

/// What is wrong with `node` itself; whether it is cut off is the network's affair.
NodeCondition condition_of(const Node& node);
/// Of all ok requests since the statistics began.
Histogram latency_of(const RequestLog& log);
/// By how they ended, since the statistics began.
OutcomeTally tally_of(const RequestLog& log);

}  // namespace faultline::sim
