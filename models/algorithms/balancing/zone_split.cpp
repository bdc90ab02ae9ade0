#include "models/algorithms/balancing/zone_split.hpp"

#include "sim/param/assert.hpp"

namespace faultline::models {

std::vector<double> zone_split(const std::vector<ZoneCounts>& zones, std::size_t own) {
  SIM_ASSERT(own < zones.size());
  SIM_ASSERT(zones[own].callers > 0);
  double callers = 0;
  double backends = 0;
  for (const ZoneCounts& zone : zones) {
    callers += static_cast<double>(zone.callers);
    backends += static_cast<double>(zone.backends);
  }
  SIM_ASSERT(backends > 0);
  // How much larger a zone's share of backends is than its share of callers, times callers and
  // backends, so that equal shares are exactly equal.
  const auto to_spare = [&](std::size_t zone) {
    return static_cast<double>(zones[zone].backends) * callers -
           static_cast<double>(zones[zone].callers) * backends;
  };
  std::vector<double> shares(zones.size());
  if (to_spare(own) >= 0) {
    shares[own] = 1;
    return shares;
  }
  shares[own] = static_cast<double>(zones[own].backends) * callers /
                (static_cast<double>(zones[own].callers) * backends);
  double residual = 0;
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    if (to_spare(zone) > 0) residual += to_spare(zone);
  }
  // What one zone lacks others have to spare: the differences of all zones add up to nothing.
  for (std::size_t zone = 0; zone < zones.size(); ++zone) {
    if (to_spare(zone) > 0) shares[zone] = (1 - shares[own]) * to_spare(zone) / residual;
  }
  return shares;
}

}  // namespace faultline::models
