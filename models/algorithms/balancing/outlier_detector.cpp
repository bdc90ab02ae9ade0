#include "models/algorithms/balancing/outlier_detector.hpp"

#include <algorithm>
#include <cmath>

#include "sim/param/assert.hpp"

namespace faultline::models {

void OutlierParams::describe(sim::ParamList<OutlierParams>& list) {
  list.add("consecutive_errors", &OutlierParams::consecutive_errors,
           "Errors in a row after which a backend is ejected")
      .unit("errors")
      .at_least(1);
  list.add("interval", &OutlierParams::interval,
           "Time between sweeps, which bring back and look at success rates")
      .above(sim::Duration(0));
  list.add("base_ejection", &OutlierParams::base_ejection,
           "How long the first ejection lasts; the second twice as long, and so on")
      .above(sim::Duration(0));
  list.add("max_ejection", &OutlierParams::max_ejection, "How long an ejection lasts at most")
      .above(sim::Duration(0));
  list.add("max_ejected", &OutlierParams::max_ejected,
           "Share of the backends that may be ejected at once; one may always be");
  list.add("success_rate_hosts", &OutlierParams::success_rate_hosts,
           "Backends that must have had enough requests for success rates to be compared")
      .unit("backends")
      .at_least(1);
  list.add("success_rate_requests", &OutlierParams::success_rate_requests,
           "Requests in an interval that are enough")
      .unit("requests")
      .at_least(1);
  list.add("success_rate_factor", &OutlierParams::success_rate_factor,
           "Standard deviations below the mean success rate at which a backend is ejected; 0: not "
           "by success rate")
      .between(0, 100);
}

std::size_t OutlierDetector::ejected_max() const {
  const double share = params_.max_ejected.value * static_cast<double>(hosts_.size());
  return std::max<std::size_t>(1, static_cast<std::size_t>(share + 1e-9));
}

sim::Duration OutlierDetector::ejection_time(std::size_t host) const {
  const sim::Duration longest = std::max(params_.base_ejection, params_.max_ejection);
  // The product is worked out only where it is below the cap: it cannot overflow.
  const std::int64_t times = hosts_[host].times;
  if (times > longest / params_.base_ejection) return longest;
  return params_.base_ejection * times;
}

bool OutlierDetector::record(std::size_t host, bool error, sim::Duration now) {
  SIM_ASSERT(host < hosts_.size());
  Host& one = hosts_[host];
  ++one.answers;
  if (!error) {
    one.errors_in_a_row = 0;
    return false;
  }
  ++one.errors;
  if (++one.errors_in_a_row < params_.consecutive_errors) return false;
  one.errors_in_a_row = 0;
  return eject(host, now);
}

bool OutlierDetector::eject(std::size_t host, sim::Duration now) {
  Host& one = hosts_[host];
  if (one.ejected || ejected_count_ >= ejected_max()) return false;
  one.ejected = true;
  one.since = now;
  const std::int64_t times_max =
      std::max(params_.base_ejection, params_.max_ejection) / params_.base_ejection + 1;
  one.times = std::min(one.times + 1, times_max);
  ++ejected_count_;
  ++ejections_;
  return true;
}

OutlierDetector::Changes OutlierDetector::sweep(sim::Duration now) {
  Changes changes;
  for (std::size_t host = 0; host < hosts_.size(); ++host) {
    Host& one = hosts_[host];
    if (!one.ejected) {
      one.times = std::max<std::int64_t>(0, one.times - 1);
    } else if (now - one.since >= ejection_time(host)) {
      one.ejected = false;
      one.errors_in_a_row = 0;
      --ejected_count_;
      changes.back.push_back(host);
    }
  }
  eject_by_success_rate(now, changes);
  for (Host& one : hosts_) one.answers = one.errors = 0;
  return changes;
}

void OutlierDetector::eject_by_success_rate(sim::Duration now, Changes& changes) {
  if (params_.success_rate_factor == 0) return;
  struct Rate {
    std::size_t host;
    double rate;
  };
  std::vector<Rate> rates;
  double sum = 0;
  for (std::size_t host = 0; host < hosts_.size(); ++host) {
    const Host& one = hosts_[host];
    if (one.ejected || one.answers < static_cast<std::uint64_t>(params_.success_rate_requests)) {
      continue;
    }
    rates.push_back(
        {host, static_cast<double>(one.answers - one.errors) / static_cast<double>(one.answers)});
    sum += rates.back().rate;
  }
  if (rates.size() < static_cast<std::size_t>(params_.success_rate_hosts)) return;
  const double mean = sum / static_cast<double>(rates.size());
  double squares = 0;
  for (const Rate& rate : rates) squares += (rate.rate - mean) * (rate.rate - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(rates.size()));
  const double threshold = mean - params_.success_rate_factor * deviation;
  for (const Rate& rate : rates) {
    // Equal rates have no outlier, whatever rounding says.
    if (rate.rate >= threshold - 1e-12 || !eject(rate.host, now)) continue;
    changes.ejected.push_back(rate.host);
  }
}

}  // namespace faultline::models
