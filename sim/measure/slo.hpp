/// Service level objectives: what counts as a good request, which share of them is promised, and
/// how much of the error budget a run has spent.
///
/// An indicator is written as a user would say it: "latency < 50ms", "latency <= 1s", "ok", or
/// several joined by "and", all of which must hold. A request that did not end ok (that failed, or
/// whose outcome is unknown) is never good. The budget is the share of requests that may be bad,
/// which is 1 - target; `budget_used` is the share of it that the run has spent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/kernel/time.hpp"
#include "sim/measure/series.hpp"
#include "sim/param/param.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

/// A checked indicator: which requests are good.
class Indicator {
 public:
  Indicator() = default;  ///< "ok": every request that ended ok.
  /// Requires: latency_max >= 0.
  explicit Indicator(Duration latency_max) : latency_max_(latency_max) {}

  bool is_good(bool ok, Duration latency) const { return ok && latency <= latency_max_; }
  /// The longest latency that is good; Duration::max() without a limit.
  Duration latency_max() const { return latency_max_; }

 private:
  Duration latency_max_ = Duration::max();
};

/// Reads `text`:  term { "and" term },  term = "ok" | "latency" ("<" | "<=") duration.  Several
/// limits: the tightest holds. Nothing, and one problem at `path`, if it is not that, or if no
/// request could be good.
std::optional<Indicator> parse_indicator(std::string_view text, const Path& path,
                                         Problems& problems);

/// One objective as a scenario file states it. Every field is a parameter.
struct Slo {
  std::string name;          ///< In reports and charts.
  std::string good;          ///< The indicator.
  Probability target{0.99};  ///< The share of requests that must be good. Above 0 %, below 100 %.
  Duration window = std::chrono::hours(30 * 24);  ///< The period the promise is made for.
  NodeRef node;                                   ///< Whose requests; none: those of all clients.
  std::string request_class;  ///< Only requests of this class (endpoint); empty: of all.

  static void describe(ParamList<Slo>& list);
  static void check(const Slo& slo, const Path& path, Problems& problems);
};

/// Fills ratio, met and budget_used of `result` from its good_count, total and target. Without a
/// request the ratio is 1. The objective is met if the bad requests are at most
/// (1 - target) * total, up to a rounding of 1e-9 of that.
void complete(SloResult& result);

/// Follows one objective through a run. The owner offers it the requests its filters let through,
/// each once.
///
/// Breaches: a step of the clock whose own share of good requests is below the target is in breach.
/// Neighbouring steps in breach make one interval, and steps without any request do not interrupt
/// it; it ends with its last step in breach.
class SloMeter {
 public:
  /// Requires: slo.good is a valid indicator; 0 < target < 1.
  SloMeter(const Slo& slo, const SeriesClock& clock);

  /// A request that arrived at `arrival` has ended.
  void record(Time arrival, bool ok, Duration latency) {
    record(arrival, indicator_.is_good(ok, latency));
  }
  void record(Time arrival, bool good) {
    total_.add(arrival);
    ++total_count_;
    if (!good) {
      bad_.add(arrival);
      ++bad_count_;
    }
  }

  std::uint64_t good_count() const { return total_count_ - bad_count_; }
  std::uint64_t total() const { return total_count_; }
  const Slo& slo() const { return slo_; }
  /// Everything so far. Requires: no arrival after `end`.
  SloResult result(Time end) const;

 private:
  Slo slo_;
  Indicator indicator_;
  CounterSeries total_;
  CounterSeries bad_;
  std::uint64_t total_count_ = 0;
  std::uint64_t bad_count_ = 0;
};

/// An alert on the speed at which the budget is spent. Source: Google, "The Site Reliability
/// Workbook", 2018, chapter 5.
struct BurnAlert {
  double budget_share =
      0;              ///< The share of the period's budget whose loss raises the alert, 0 to 1.
  Duration window{};  ///< The window over which the loss is measured.
  Duration period = std::chrono::hours(30 * 24);  ///< The period of the objective.

  /// The burn rate (1: the budget lasts exactly the period) above which the alert is raised.
  double threshold() const;
  /// How long errors must last, from a clean start, until the alert is raised. Never
  /// (Duration::max()) if `error_ratio` is too small for it. Requires: 0 < target < 1, 0 <=
  /// error_ratio <= 1.
  Duration time_to_fire(double error_ratio, Probability target) const;
};

/// How long a full outage spends the whole budget of `period`.
Duration outage_budget(Probability target, Duration period);

/// Requests by how they felt to a user.
struct ApdexCounts {
  std::uint64_t satisfied = 0;   ///< At most T.
  std::uint64_t tolerating = 0;  ///< Above T, at most 4 T.
  std::uint64_t frustrated = 0;  ///< Above, or not ok.
};
/// (satisfied + tolerating / 2) / all; 1 without a request. Source: Apdex Alliance, "Apdex
/// Technical Specification 1.1".
double apdex(const ApdexCounts& counts);

}  // namespace faultline::sim
