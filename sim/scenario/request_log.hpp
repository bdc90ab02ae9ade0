/// What the users of a system got: every request of every client, counted once, by how it ended and
/// how long it took.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/measure/histogram.hpp"
#include "sim/measure/slo.hpp"
#include "sim/network/call_observer.hpp"
#include "sim/network/node.hpp"
#include "sim/network/request.hpp"

namespace faultline::sim {

/// The names of endpoints and request classes of one run, as small numbers.
class Names {
 public:
  NameId id_of(const std::string& name);
  std::optional<NameId> find(std::string_view name) const;
  const std::string& name_of(NameId id) const { return names_[id]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
};

/// Requests of one class.
struct ClassLog {
  OutcomeTally tally;  ///< Of requests sent since the statistics began.
  Histogram latency;   ///< Of the ok ones among them.
};

/// One step of the time series: all requests that ended in it, whenever they were sent.
struct RequestStep {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t unknown = 0;
  double p50 = 0, p90 = 0, p99 = 0, mean = 0, max = 0;  ///< Seconds; NaN without an ok request.
};

class RequestLog {
 public:
  /// Which requests an SLO looks at, and its meter.
  struct WatchedSlo {
    explicit WatchedSlo(SloMeter meter_) : meter(std::move(meter_)) {}
    SloMeter meter;
    std::int64_t request_class = -1;  ///< -1: every class.
    bool at_nodes =
        false;  ///< Its requests are those that reach certain nodes; they report by themselves.
  };

  /// Room for the classes known so far. Called once, before the run.
  void prepare(std::size_t class_count) {
    classes_.resize(class_count);
    several_classes_ = class_count > 1;
  }
  std::deque<WatchedSlo>& slos() { return slos_; }
  /// Who is told of every request of a client, as the client sees it; null: nobody.
  CallObserver* observer() const { return observer_; }
  /// Before the run; several may be told.
  void observe(CallObserver& observer) { observers_.add(observer, observer_); }

  /// Requests sent before `time`, the end of the warm-up, do not count for the objectives.
  void set_slos_from(Time time) { slos_from_ = time; }
  Time slos_from() const { return slos_from_; }

  void sent(const Request& request) {
    ++sent_;
    ++classes_[request.request_class].tally.sent;
  }
  void ended(const Request& request, const Reply& reply, Time now) {
    ++finished_;
    ++step_.ended[static_cast<std::size_t>(reply.outcome)];
    const Duration latency = now - request.born;
    if (request.born < statistics_start_) [[unlikely]] {
      if (reply.is_ok()) late_latency_.record(latency.count());
      return;
    }
    ClassLog& log = classes_[request.request_class];
    log.tally.end(reply);
    if (reply.is_ok()) {
      step_latency_.record(latency.count());
      if (several_classes_) log.latency.record(latency.count());
    }
    if (request.born < slos_from_) return;
    for (WatchedSlo& slo : slos_) {
      if (slo.at_nodes) continue;
      if (slo.request_class < 0 || slo.request_class == request.request_class) {
        slo.meter.record(request.born, reply.is_ok(), latency);
      }
    }
  }

  /// The warm-up is over: what was sent before counts no more.
  void reset_statistics(Time now);
  /// A step of the series is over.
  void close_step();

  std::uint64_t in_flight() const { return sent_ - finished_; }
  /// Since the run began.
  std::uint64_t sent_total() const { return sent_; }
  std::uint64_t finished_total() const { return finished_; }
  const Histogram& latency() const { return latency_; }  ///< Up to the last closed step.
  const Histogram& open_step_latency() const { return step_latency_; }
  bool several_classes() const { return several_classes_; }
  const std::vector<ClassLog>& classes() const { return classes_; }
  const std::vector<RequestStep>& steps() const { return steps_; }
  const std::deque<WatchedSlo>& slos() const { return slos_; }

 private:
  std::vector<ClassLog> classes_;
  std::deque<WatchedSlo> slos_;
  CallObserver* observer_ = nullptr;
  CallObservers observers_;
  bool several_classes_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t finished_ = 0;
  Time statistics_start_{};
  Time slos_from_{};
  OutcomeTally step_;
  Histogram step_latency_;  ///< Of requests sent since the statistics began.
  Histogram late_latency_;  ///< Of those of the same step that were sent before.
  Histogram latency_;
  std::vector<RequestStep> steps_;
};

}  // namespace faultline::sim
