/// A claim over a run that goes on, to run until it holds.
///
///   "requests.latency_seconds.p99 > 200ms"            as in the result: since the statistics began
///   "slos.fast.budget_used > 1"
///   "window.requests.latency_seconds.p99 > 200ms"     over the last step of the series
///   "window.nodes.app[0].utilization > 0.9"
///
/// The notation is that of `expect` (expectation.hpp). What stands under "window" is:
///   window.from_seconds, window.to_seconds
///   window.requests: throughput_per_second, fail_ratio, latency_seconds (p50, p99)
///   window.nodes.NAME: utilization, queue_length, queue_now, in_service, in_service_now,
///       received_per_second, ok_per_second, fail_per_second, latency_seconds (p50, p99), hit_ratio,
///       down, paused, slow, cut_off, draining, faulty
/// With very many nodes a window spans several steps (Watch::samples_max). Series, consistency and
/// digests are known at the end of a run only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/expectation.hpp"
#include "sim/scenario/run.hpp"

namespace faultline::sim {

class Condition {
 public:
  /// Reads a claim; nothing, and a sentence in `error`, if it cannot be read.
  static std::optional<Condition> parse(std::string_view text, std::string& error);

  /// Compares it with what `run` shows now. Requires: `run` is watched; between two events.
  ExpectationResult evaluate(Run& run) const;
  const std::string& text() const { return claim_.claim; }

 private:
  explicit Condition(Expectation claim) : claim_(std::move(claim)) {}
  Expectation claim_;
};

}  // namespace faultline::sim
