/// A load test: the load that clients are put under, and the objective that is watched meanwhile.
///
///   "load_test": "stress(from=0.1, to=3, over=10min, slo=fast)"
///
/// It stands at the top of a file because it concerns several parts of it at once: it takes the
/// place of the profile of the clients it names (of all, without names), it watches one of the
/// file's `slos`, and it may end the run.
///
/// Rule: time is cut into windows. A window is in breach when, of the requests that ended in it,
/// the share of good ones is below the objective's target, or when none ended though some were
/// under way. The objective is broken by the first of `windows` such windows in a row; the rate at
/// the middle of that first window is the breaking point. It has recovered when as many in a row
/// are not in breach.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/kernel/time.hpp"
#include "sim/random/rate_profile.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

class Node;
class System;
class SloMeter;

/// What all load tests have in common: `list.include(&StressParams::watch)`.
struct LoadTestWatch {
  std::string slo;
  std::vector<NodeRef> clients;
  Duration window = std::chrono::seconds(10);
  std::int64_t windows = 1;
  bool ends_run = false;

  static void describe(ParamList<LoadTestWatch>& list);
};

class LoadTest {
 public:
  static constexpr std::string_view kind = "load test";
  struct MakeArgs {};

  virtual ~LoadTest() = default;
  /// Times the usual load.
  virtual RateCurve curve() const = 0;
  virtual const LoadTestWatch& watch() const = 0;
};

/// A load test under way: watches the objective window by window.
class LoadTestMonitor final : private Event {
 public:
  /// Requires: `choice` and `system` outlive it, and a checked objective.
  LoadTestMonitor(System& system, const Choice<LoadTest>& choice, const SloMeter& meter);
  ~LoadTestMonitor();

  void start();
  /// Whether it shapes the load that `node` makes.
  bool strikes(const Node& node) const;
  const RateCurve& curve() const { return curve_; }
  /// Clients say what they send at factor 1: requests a second, and users who wait for answers.
  void add_load(double requests_per_second, double users);
  /// True once it has ended the run.
  bool ended_run() const { return ended_run_; }
  LoadTestResult result() const;

 private:
  static void fire(Event& event);
  void close_window();
  bool is_in_breach(std::uint64_t ended, std::uint64_t good) const;

  System& system_;
  std::string type_;
  std::unique_ptr<LoadTest> test_;
  RateCurve curve_;
  std::vector<const Node*> clients_;  ///< Empty: all.
  const SloMeter& meter_;
  double rate_usual_ = 0;   ///< Open requests a second at factor 1.
  double users_usual_ = 0;  ///< Closed users at factor 1.
  Time window_begin_{};
  std::uint64_t total_before_ = 0;
  std::uint64_t good_before_ = 0;
  std::uint64_t sent_before_ = 0;
  std::int64_t in_row_ = 0;  ///< Windows in a row that speak against the present state. State.
  Time row_begin_{};         ///< When the first of them began. State.
  double row_sent_ = 0;      ///< And what was sent in it, a second. State.
  bool in_breach_ = false;   ///< The present state. State.
  bool ended_run_ = false;
  LoadTestResult result_;
};

}  // namespace faultline::sim
