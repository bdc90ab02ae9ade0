/// Outlier ejection: the balancer learns from the answers that pass it who is ill (passive health
/// checking), and leaves those out for a while.
///
/// Rule: a host that errs `consecutive_errors` times in a row is ejected at once. A sweep every
/// `interval` brings back those ejected longer than `base_ejection` times the number of their
/// ejections (`max_ejection` at most), and takes one from that number of each host that was not
/// ejected. The sweep also ejects by success rate: of the hosts with at least
/// `success_rate_requests` answers since the last one, if there are `success_rate_hosts` of them,
/// each whose rate lies more than `success_rate_factor` standard deviations below their mean. Never
/// more than `max_ejected` of all hosts are ejected at once, but one may always be.
/// Source: Envoy documentation, "Outlier detection"; Envoy, outlier_detection_impl.cc; its
/// defaults. Does not model: jitter of the ejection time, failure percentage, errors told apart by
/// origin.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/param/param.hpp"

namespace faultline::models {

struct OutlierParams {
  std::int64_t consecutive_errors = 5;
  sim::Duration interval = std::chrono::seconds(10);
  sim::Duration base_ejection = std::chrono::seconds(30);
  sim::Duration max_ejection = std::chrono::seconds(300);
  sim::Probability max_ejected{0.1};
  std::int64_t success_rate_hosts = 5;
  std::int64_t success_rate_requests = 100;
  double success_rate_factor = 1.9;

  static void describe(sim::ParamList<OutlierParams>& list);
};

/// Times are since the start of the run and never go back.
class OutlierDetector {
 public:
  OutlierDetector(const OutlierParams& params, std::size_t hosts)
      : params_(params), hosts_(hosts) {}

  /// `host` answered. True if that ejects it.
  bool record(std::size_t host, bool error, sim::Duration now);

  /// Who came back and who was ejected in a sweep.
  struct Changes {
    std::vector<std::size_t> back;
    std::vector<std::size_t> ejected;
  };
  Changes sweep(sim::Duration now);

  bool ejected(std::size_t host) const { return hosts_[host].ejected; }
  std::size_t ejected_count() const { return ejected_count_; }
  /// The most hosts that are ejected at once.
  std::size_t ejected_max() const;
  /// How long `host`, ejected now, stays out at least; sweeps decide when it is noticed.
  sim::Duration ejection_time(std::size_t host) const;
  std::uint64_t ejections() const { return ejections_; }  ///< So far. Statistic.

 private:
  struct Host {
    std::int64_t errors_in_a_row = 0;
    std::uint64_t answers = 0;  ///< Since the last sweep.
    std::uint64_t errors = 0;   ///< Since the last sweep.
    bool ejected = false;
    std::int64_t times = 0;  ///< Ejections, less one for each sweep it was not ejected.
    sim::Duration since{};   ///< When it was ejected last.
  };

  bool eject(std::size_t host, sim::Duration now);
  void eject_by_success_rate(sim::Duration now, Changes& changes);

  OutlierParams params_;           ///< Parameters.
  std::vector<Host> hosts_;        ///< State.
  std::size_t ejected_count_ = 0;  ///< State.
  std::uint64_t ejections_ = 0;    ///< Statistic.
};

}  // namespace faultline::models
