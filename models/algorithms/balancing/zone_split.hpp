/// Zone-aware routing: requests stay in the zone of the balancer as far as that keeps the load of
/// all backends even, the rest goes to zones with backends to spare.
///
/// Rule: compare the share of the callers (the balancer and its like) that stand in each zone with
/// the share of the healthy backends there. Where the own zone's share of backends is at least its
/// share of callers everything stays. Else backends/callers of it stays, and the rest is split over
/// the other zones in proportion to how much their share of backends exceeds their share of
/// callers. Source: Envoy documentation, "Zone aware routing"; Envoy, ZoneAwareLoadBalancerBase.
/// Does not model: percentages in hundredths, as Envoy rounds them.
#pragma once

#include <cstddef>
#include <vector>

namespace faultline::models {

/// What one zone has.
struct ZoneCounts {
  std::size_t callers = 0;   ///< Balancers that spread their requests alike.
  std::size_t backends = 0;  ///< Healthy ones.
};

/// The share of the requests of a balancer in zone `own` that each zone gets; they add up to 1.
/// Requires: some zone has backends; zone `own` has a caller.
std::vector<double> zone_split(const std::vector<ZoneCounts>& zones, std::size_t own);

}  // namespace faultline::models
