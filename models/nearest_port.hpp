/// A port as whoever calls it picks from it: each node in turn, the one of the key, or, of nodes
/// that share one address (a content delivery network), the nearest.
///
/// Rule of one address (anycast): a call goes to the node in the zone of the caller; else to one in
/// its region; else to the one with the least latency; equals by their index. A node that takes no
/// requests has withdrawn its address, and the next nearest is called.
/// Source: Nygren, Sitaraman, Sun, "The Akamai Network", 2010; RFC 4786 (anycast).
/// Does not model: how long routes take to change.
#pragma once

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "models/keyed_port.hpp"
#include "sim/network/network.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class NearestPort {
 public:
  NearestPort(const sim::NodeRef& ref, const sim::BuildContext& context)
      : picker_(context.port(ref)),
        anycast_(picker_.port().size() > 1 && context.type_of(ref) == "cdn") {
    if (!anycast_) return;
    order_ = picker_.port();
    const sim::Node& here = context.node();
    const auto distance = [&](const sim::Target& target) {
      const sim::Zone* mine = here.zone();
      const sim::Zone* there = target.node->zone();
      const bool same_zone = mine && there && mine->index == there->index;
      const bool same_region = mine && there && mine->region_index == there->region_index;
      return std::tuple(!same_zone, !same_region,
                        context.network().mean_latency_seconds(context.node(), *target.node));
    };
    std::stable_sort(order_.begin(), order_.end(), [&](const sim::Target& a, const sim::Target& b) {
      return distance(a) < distance(b);
    });
  }

  const sim::Target& next() {
    if (!anycast_) [[likely]]
      return picker_.next();
    for (const sim::Target& target : order_) {
      if (target.node->takes_requests()) return target;
    }
    return order_.front();
  }

 private:
  sim::PortPicker picker_;
  bool anycast_;
  sim::Port order_;  ///< The nearest first, of one address.
};

}  // namespace faultline::models
