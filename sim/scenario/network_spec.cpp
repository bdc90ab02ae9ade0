#include "sim/scenario/network_spec.hpp"

#include <fmt/format.h>

#include "sim/param/described.hpp"

namespace faultline::sim {

void ZoneSpec::describe(ParamList<ZoneSpec>& list) {
  list.add("region", &ZoneSpec::region,
           "The region this zone is part of; without it, it is a region of its own");
}

void LinkSpec::describe(ParamList<LinkSpec>& list) {
  list.add("from", &LinkSpec::from,
           "One end: a node, a group for a link of each of its nodes, or \"zone:NAME\" or "
           "\"region:NAME\" for one link that all who stand there share")
      .required();
  list.add("to", &LinkSpec::to,
           "The other end; the link works in both directions. A zone or region joined to itself: "
           "what its nodes reach each other by")
      .required();
  list.add("latency", &LinkSpec::latency,
           "Time a message takes, drawn for each message; without it, what the table of latencies "
           "says, or else the default latency");
  list.add("jitter", &LinkSpec::jitter, "Added to the latency, drawn for each message");
  list.add(
          "bandwidth", &LinkSpec::bandwidth,
          "In each direction; messages are sent one after the other. Without it, there is no limit")
      .above(Bandwidth{0});
  list.add("loss", &LinkSpec::loss, "Share of segments of 1460 bytes that get lost")
      .below(Probability{1});
}

void NetworkSpec::describe(ParamList<NetworkSpec>& list) {
  list.add("default_latency", &NetworkSpec::default_latency,
           "Time a message takes between two nodes that no explicit links connect and no table of "
           "latencies knows");
  list.add("latencies", &NetworkSpec::latencies, "A table of latencies between zones and regions");
  list.add("links", &NetworkSpec::links,
           "Links between nodes, zones and regions; a message takes the way through them with the "
           "least mean latency");
  list.add("retransmission_timeout", &NetworkSpec::retransmission_timeout,
           "What got lost of a message is sent again after so long; doubles each time")
      .above(Duration(0));
  list.add("retransmission_timeout_max", &NetworkSpec::retransmission_timeout_max,
           "The doubling ends here")
      .above(Duration(0));
}

void NetworkSpec::check(const NetworkSpec& network, const Path& path, Problems& problems) {
  if (network.retransmission_timeout_max < network.retransmission_timeout) {
    problems.add(path / "retransmission_timeout_max",
                 fmt::format("expected at least the retransmission_timeout {}, got {}",
                             to_text(network.retransmission_timeout),
                             to_text(network.retransmission_timeout_max)));
  }
}

}  // namespace faultline::sim
