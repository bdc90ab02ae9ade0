/// What a run measured, as plain values: the one thing that reports, the window and the store are
/// given.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/measure/histogram.hpp"
#include "sim/scenario/consistency_result.hpp"
#include "sim/scenario/cost_result.hpp"
#include "sim/scenario/findings.hpp"

namespace faultline::sim {

/// Where requests ended. sent = ok + fail + unknown + in_flight, always.
struct OutcomeCounts {
  std::uint64_t sent = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;       ///< Certainly no effect.
  std::uint64_t unknown = 0;    ///< May or may not have taken effect.
  std::uint64_t in_flight = 0;  ///< Still under way when the run ended.
  std::map<std::string, std::uint64_t>
      errors;  ///< fail and unknown by reason: "timeout", "rejected", "refused", "reset", "error".
};

/// What all clients together, or one class of requests, or one clients node saw. Counted by arrival
/// after the warm-up.
struct RequestsResult {
  OutcomeCounts counts;
  double throughput_per_second = 0;  ///< ok a second of the measured time.
  Histogram latency;                 ///< Nanoseconds, of the requests that ended ok.
};

/// A stretch of virtual time that every time chart shows as a band.
struct Band {
  std::string name;  ///< "crash(app[0])", "fast: breach"
  std::string kind;  ///< "fault", "phase" (of an incident) or "breach"
  double from_seconds = 0;
  double to_seconds = 0;
};

/// One node's measurements. `scalars` and `series` are keyed by JSON name with unit suffix.
struct NodeResult {
  std::string name;      ///< "app[0]"
  std::string group;     ///< "app"
  std::string type;      ///< "app_server"
  OutcomeCounts counts;  ///< By arrival at this node; sent = received here.
  std::map<std::string, double>
      scalars;  ///< "utilization", "queue_length_mean", "served", "hit_ratio", ...
  std::map<std::string, Histogram>
      histograms;  ///< "latency_seconds" (with queue wait), "queue_wait_seconds".
  std::map<std::string, std::vector<double>>
      series;  ///< "utilization", "queue_length": one value a step.
};

struct SloResult {
  std::string name;
  std::string good;  ///< The indicator as written: "latency < 50ms".
  std::string window;
  double target = 0;
  std::uint64_t good_count = 0;
  std::uint64_t total = 0;
  double ratio = 1;
  bool met = true;
  double budget_used = 0;  ///< Share of the error budget of the run's own length that was spent: (1
                           ///< - ratio) / (1 - target).
  std::vector<Band> breaches;
};

/// What a load test found. Values that do not exist are `none`; over replications they are means
/// over those runs that have them.
struct LoadTestResult {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::string type;                       ///< "stress"
  std::string slo;                        ///< The objective that was watched.
  std::uint64_t runs = 0;                 ///< Replications; 0: there was no load test.
  std::uint64_t broken_runs = 0;          ///< Of them, those in which the objective broke.
  double broken_at_seconds = none;        ///< When the first window in breach began.
  double rate_per_second = none;          ///< Of open arrivals at its middle, as planned.
  double users = none;                    ///< Closed users at its middle, as planned.
  double factor = none;                   ///< Times the usual load at its middle.
  double sent_per_second = none;          ///< Of requests in it, as counted.
  double recovered_at_seconds = none;     ///< When the objective was kept again, for good so far.
  double highest_rate_per_second = none;  ///< Planned so far.
  double highest_users = none;
};

/// Mean over replications of one scalar of the result.
struct Interval {
  double mean = 0;
  double stddev = 0;
  double half_width = 0;  ///< Student-t, two-sided.
  double confidence = 0.95;
  std::uint64_t count = 0;
};

/// One `expect` claim and what came of it.
struct ExpectationResult {
  std::string claim;
  double value = 0;
  bool held = false;
  bool found = true;      ///< False: the path named no value of the result.
  std::string hint = {};  ///< If not found: what to write instead, "did you mean ...?", or empty.
  std::string word = {};  ///< What was found, if it is a word: "causal". `value` is its strength.
};

/// Something that a component did and that people want to read of: it scaled a group, took a node
/// into service, rolled a version back.
struct LogEntry {
  double at_seconds = 0;
  std::string node;
  std::string text;
};

/// A place where two nodes are wired, for drawing.
struct TopologyEdge {
  std::string from;  ///< Group names.
  std::string to;
  std::string role;  ///< "target", "backends", "cache", "store", "call"
};
struct TopologyNode {
  std::string name;  ///< Group name.
  std::string type;
  std::int64_t replicas = 1;
  bool has_position = false;  ///< From `layout`.
  double x = 0;
  double y = 0;
};

struct Result {
  std::string version;
  std::string title;
  std::string scenario_sha256;
  std::string scenario_text;  ///< The file as read, with `--set` applied, for repeating the run;
                              ///< not in the JSON.
  std::uint64_t seed = 1;
  std::uint64_t replications = 1;
  double virtual_seconds = 0;  ///< Reached, which is less than planned when cut short.
  double planned_seconds = 0;
  double warmup_seconds = 0;
  double measured_seconds = 0;  ///< After the warm-up.
  double wall_seconds = 0;      ///< Not part of any digest.
  std::uint64_t events = 0;
  bool cut_short = false;
  std::string order_digest;
  std::string results_digest;

  RequestsResult requests;
  std::map<std::string, RequestsResult> by_class;
  std::vector<NodeResult> nodes;  ///< Sorted by group, then index.
  std::map<std::string, NodeResult>
      groups;  ///< Replicas pooled: counts summed, histograms merged, gauges averaged.
  std::vector<SloResult> slos;
  LoadTestResult load_test;
  ConsistencyResult consistency;
  CostResult cost;
  std::vector<LogEntry> log;  ///< By time; of the first replication.
  std::vector<Band> faults;
  Findings findings;  ///< In the JSON only if there are any.
  std::vector<ExpectationResult> expectations;

  double series_start_seconds = 0;
  double series_step_seconds = 1;
  std::map<std::string, std::vector<double>>
      series;  ///< Of all requests: "throughput_per_second", "fail_per_second",
               ///< "unknown_per_second", "latency_p50_seconds", "latency_p99_seconds",
               ///< ...; NaN where a step has no sample (JSON null).
  std::map<std::string, Interval>
      intervals;  ///< With replications: by the path of the scalar in the JSON.

  std::vector<TopologyNode> topology_nodes;
  std::vector<TopologyEdge> topology_edges;
};

/// The object of docs/architecture.md, "Result". Keys carry their units; numbers are in base units.
nlohmann::json to_json(const Result& result);
nlohmann::json to_json(const Histogram& histogram_in_nanoseconds);  ///< count, mean, min, p50 ..
                                                                    ///< p999, max, in seconds.

/// The digest of everything in the result that does not depend on the machine, as hexadecimal text.
std::string digest_of(const Result& result);

}  // namespace faultline::sim
