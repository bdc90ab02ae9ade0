/// What a running system looks like at one moment, as plain values: what the window shows while a
/// run goes on. It says for each figure what time it covers.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::sim {

/// What is wrong with a node, several at once possible.
struct NodeCondition {
  bool down = false;      ///< Crashed or vanished.
  bool paused = false;    ///< Stands still.
  bool slow = false;      ///< Takes longer than declared, in whatever way.
  bool cut_off = false;   ///< Some place cannot be reached from it.
  bool draining = false;  ///< Finishes what it has and takes nothing new.
  bool faulty = false;    ///< Answers with errors, or is disturbed in another way.
  bool off = false;       ///< Not in service: neither there nor paid for.
  bool starting = false;  ///< There and paid for, not ready yet.
  bool operator==(const NodeCondition&) const = default;
};

/// One node over one window of time. NaN: the node has no such quantity, or had no sample.
struct NodeSample {
  static constexpr float none = std::numeric_limits<float>::quiet_NaN();
  NodeCondition condition;    ///< At the end of the window.
  float utilization = none;   ///< 0 to 1, mean over the window.
  float queue_length = none;  ///< Mean over the window.
  float queue_now = none;     ///< Who waits at the end of the window.
  float in_service = 0;       ///< Requests here, mean over the window.
  float in_service_now = 0;   ///< Requests here at the end of the window.
  float received_per_second = 0;
  float ok_per_second = 0;
  float fail_per_second = 0;         ///< fail and unknown.
  float latency_p50_seconds = none;  ///< Of the ok answers of the window, queue wait included.
  float latency_p99_seconds = none;
  float hit_ratio = none;  ///< Of caches, over the window.
  std::string role = {};   ///< "leader", "follower", ... ; empty without replication.
};

/// A wire of the design over one window: what is asked by the references with its role. What nobody
/// knows the wire of, as it was not sent to a node that a reference names, shows at the first wire
/// between the two groups.
struct WireSample {
  float per_second = 0;       ///< Requests sent along it.
  float fail_per_second = 0;  ///< Those that ended otherwise than ok, as the caller saw it.
  float cut_ratio = 0;  ///< Of the ways between their nodes, the share that is cut at the end.
  bool cut = false;     ///< At the end of the window no message could pass.
};

/// What stays the same during a run: the order in which samples come.
struct SnapshotLegend {
  struct NodeEntry {
    std::string name;   ///< "app[0]"
    std::string group;  ///< "app"
    std::string type;   ///< "app_server"
    std::string zone;
  };
  std::vector<NodeEntry> nodes;  ///< Sorted as in Result.
  struct WireEntry {
    std::string from;  ///< Groups.
    std::string to;
    std::string role;
  };
  std::vector<WireEntry> wires;
};

/// All nodes and wires over one window, in the order of the legend.
struct Frame {
  double from_seconds = 0;
  double to_seconds = 0;
  std::vector<NodeSample> nodes;
  std::vector<WireSample> wires;
  /// Of each objective in the order of Snapshot::slos: SloResult::budget_used as it stood at
  /// `to_seconds`, since the statistics began; NaN before the first request.
  std::vector<float> budgets_used = {};
};

/// An event that is to come.
struct NextEvent {
  double at_seconds = 0;
  std::string component;  ///< The node, or "network", "statistics", the fault's text.
  std::string what;       ///< The kind of event, for people.
};

/// Something that happened, for the log.
struct LogLine {
  double at_seconds = 0;
  /// "fault", "phase", "slo", "leader" (noticed at the end of a step of the series), "node",
  /// "scale" (what scales and deploys, and what comes and goes), "run", or the kind of a finding:
  /// "deadlock", "lost_update"
  std::string kind;
  std::string component;  ///< Empty: the system as a whole.
  std::string text;
  bool end = false;  ///< It is over, rather than that it began.
};

/// What a hop did for a while.
struct HopStretch {
  enum class Doing : std::uint8_t {
    queueing,  ///< Nothing but waiting for its turn at the node: for a worker, a core, a lock.
    working,   ///< The node worked on it: its processor, its disk, a step that takes time.
    awaiting,  ///< Neither: it waited for what others do, or for the time of the next try.
  };
  Doing doing = Doing::working;
  double from_seconds = 0;
  double to_seconds = 0;
};

/// One hop of a request that was followed. A retry or a hedge is a hop of its own. NaN: it did not
/// come to that before the request was over.
struct HopSpan {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::int64_t parent = -1;  ///< Index of the hop that asked; -1: the client.
  std::string node;
  std::string what;                ///< Operation and endpoint: "read search".
  std::int64_t attempt = 0;        ///< 0: the first try; then retries and hedges.
  double sent_seconds = none;      ///< When the caller sent it.
  double arrived_seconds = none;   ///< At the node.
  double started_seconds = none;   ///< When work began: before it, the wait in the queue.
  double answered_seconds = none;  ///< When the node was done.
  double ended_seconds = none;     ///< When the caller had the answer, or no longer waited for it.
  double waiting_seconds = 0;      ///< The stretches in which it was queueing.
  double working_seconds = 0;
  double awaiting_seconds = 0;
  std::string outcome;  ///< "ok", or the reason.
  /// From the arrival to the answer, or as long as the request was followed: one after the other,
  /// without gaps. Of parts of it that run beside each other one that works comes first, then one
  /// that queues.
  std::vector<HopStretch> stretches;
};

/// A request from its client to its answer.
struct RequestTrace {
  std::uint64_t id = 0;
  std::string endpoint;
  double born_seconds = 0;
  double latency_seconds = 0;
  std::string outcome;
  /// False: a hop that nobody waits for any more goes on. What it does is known when it ends, so
  /// its stretches may change.
  bool settled = true;
  std::vector<HopSpan> hops;  ///< In the order in which they were sent.
};

/// The figures that matter most, over one window.
struct Headline {
  double from_seconds = 0;
  double to_seconds = 0;
  double throughput_per_second = 0;
  double fail_ratio = 0;  ///< fail and unknown among what ended.
  double latency_p50_seconds = std::numeric_limits<double>::quiet_NaN();
  double latency_p99_seconds = std::numeric_limits<double>::quiet_NaN();
};

struct Snapshot {
  std::shared_ptr<const SnapshotLegend> legend;
  double now_seconds = 0;
  double end_seconds = 0;
  double warmup_seconds = 0;
  std::uint64_t events = 0;
  Headline recent;   ///< The window of `frame`.
  Headline overall;  ///< Since the statistics began: the numbers of the result.
  /// The last window that is over.
  std::shared_ptr<const Frame> frame;
  /// One for each step of the series so far, or for a few steps together where there are many
  /// nodes; each says from when to when. Shared between snapshots, only ever longer.
  std::shared_ptr<const std::vector<std::shared_ptr<const Frame>>> history;
  double series_start_seconds = 0;
  double series_step_seconds = 1;
  std::map<std::string, std::vector<double>> series;  ///< As in Result.
  Histogram latency;  ///< Of all ok requests since the statistics began, nanoseconds.
  std::vector<SloResult> slos;
  std::vector<Band> bands;           ///< Of faults and phases; what lasts ends now.
  std::vector<LogLine> log;          ///< By time; the newest 10,000.
  std::vector<NextEvent> next;       ///< Soonest first, at most 50; only while the run stands.
  std::vector<RequestTrace> traces;  ///< Of the requests that were followed, newest last.
};

}  // namespace faultline::sim
