/// A few nodes in zones, with links between them, for the tests of messages under way.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "sim/network/travel.hpp"
#include "tests/sim/network/node_world.hpp"

namespace faultline::sim {

/// When a message arrived: not yet, or the time.
using Arrival = std::shared_ptr<std::optional<Time>>;

class NetworkWorld : public NodeWorld {
 public:
  explicit NetworkWorld(Duration latency = Duration(0)) : NodeWorld(latency) {}
  ~NetworkWorld() {
    for (const auto& node : nodes) node->end_processes();
  }

  /// Requires: all zones before the first node.
  void add_zone(const std::string& name, const std::string& region, std::uint32_t region_index) {
    zones.push_back({static_cast<std::uint32_t>(zones.size()), name, region_index, region});
  }
  Node& add_in(const std::string& name, const std::string& zone) {
    Node& node = add(name);
    for (const Zone& each : zones) {
      if (each.name == zone) node.set_zone(&each);
    }
    return node;
  }
  /// A link of constant latency; `ends` are as in a file: "a", "zone:x". The law, to change it.
  LinkLaw& link(const std::string& from, const std::string& to, Duration latency) {
    links.push_back({from, to, {}});
    links.back().law.latency = latency;
    return links.back().law;
  }
  /// Ends the building.
  void lay_out(bool impairable = false) {
    Network::Plan plan{.places = places(), .impairable = impairable};
    for (const Link& each : links) {
      plan.links.push_back({place(plan.places, each.from), place(plan.places, each.to), each.law});
    }
    network.lay_out(std::move(plan));
  }
  /// Sends a bare message now.
  Arrival send(Node& from, Node& to, std::int64_t bytes,
               Transport transport = Transport::reliable) {
    auto arrival = std::make_shared<std::optional<Time>>();
    from.spawn(go(from, network.target_of(from, to), Bytes{bytes}, transport, arrival));
    return arrival;
  }
  PlaceSet set(const std::vector<std::string>& names) {
    std::vector<PlaceId> ids;
    for (const std::string& name : names) ids.push_back(place(network.places(), name));
    return PlaceSet(network.places(), ids);
  }
  Impairment cut(const std::vector<std::string>& from, const std::vector<std::string>& to) {
    Impairment impairment;
    impairment.from = set(from);
    impairment.to = set(to);
    impairment.cut = true;
    return impairment;
  }
  void run_to(Duration time) { kernel.run_until(Time(time)); }

  std::deque<Zone> zones;

 private:
  struct Link {
    std::string from;
    std::string to;
    LinkLaw law;
  };
  Places places() const {
    std::vector<const Node*> all;
    for (const auto& node : nodes) all.push_back(node.get());
    return Places(std::move(all), {zones.begin(), zones.end()});
  }
  PlaceId place(const Places& places, const std::string& name) {
    std::vector<Node*> named;
    for (const auto& node : nodes) {
      if (node->name() == name) named.push_back(node.get());
    }
    return places.named(name, named).at(0);
  }
  static Task<void> go(Node& from, Target target, Bytes size, Transport transport,
                       Arrival arrival) {
    co_await travel(from, target, size, transport);
    arrival->emplace(from.kernel().now());
  }
  std::deque<Link> links;
};

}  // namespace faultline::sim
