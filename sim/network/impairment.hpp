/// What goes wrong between places for a time: a cut, a slow or lossy way. Faults begin and end
/// them.
///
/// Rule: it concerns every link on which a message goes from a place of `from` to one of `to` (and
/// back, unless it is one-way). A link between two zones goes from the message's sender, if that
/// stands in the zone, else from the zone; and likewise to its receiver. So "zone a from zone b"
/// strikes the link between the two, for all; "app[0] from db" strikes it for messages from the one
/// to the other alone; and neither strikes a way over a third place.
#pragma once

#include "sim/network/place.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::sim {

struct Impairment {
  PlaceSet from;
  PlaceSet to;
  bool one_way = false;
  bool cut = false;           ///< Nothing arrives.
  RandomDuration extra;       ///< Added to the latency.
  double loss = 0;            ///< Of each segment, beside what gets lost anyhow.
  double duplication = 0;     ///< Of each datagram: it arrives twice.
  double bandwidth_left = 1;  ///< Of the bandwidth, this share.

  bool concerns(PlaceId left, PlaceId right) const {
    return (from.has(left) && to.has(right)) || (!one_way && from.has(right) && to.has(left));
  }
};

}  // namespace faultline::sim
