#include "models/resilience/caller_counters.hpp"

#include <cmath>
#include <utility>

namespace faultline::models {

void CallerCounters::describe(sim::NodeStatistics& statistics) const {
  using sim::Time;
  const auto add = [this, &statistics](const char* name, std::uint64_t CallerCounters::*count) {
    statistics.scalar_part(name, [this, count](Time) { return static_cast<double>(this->*count); });
  };
  if (std::isnan(statistics.value("calls", Time{}))) {
    statistics.scalar("attempts_per_call", [&statistics](Time now) {
      const double made = statistics.value("calls", now);
      return made > 0 ? statistics.value("attempts", now) / made : 0;
    });
  }
  add("calls", &CallerCounters::calls);
  add("attempts", &CallerCounters::attempts);
  add("retries", &CallerCounters::retries);
  add("retries_denied", &CallerCounters::retries_denied);
  add("hedges_sent", &CallerCounters::hedges_sent);
  add("hedges_won", &CallerCounters::hedges_won);
  add("fallbacks", &CallerCounters::fallbacks);
  add("bulkhead_rejected", &CallerCounters::bulkhead_rejected);
  add("breaker_rejected", &CallerCounters::breaker_rejected);
  statistics.series_part("retries_per_second",
                         [this](Time) { return static_cast<double>(retries); });
}

}  // namespace faultline::models
