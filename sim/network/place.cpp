#include "sim/network/place.hpp"

#include <algorithm>

namespace faultline::sim {

Places::Places(std::vector<const Node*> nodes, const std::vector<Zone>& zones)
    : nodes_(std::move(nodes)), zones_(zones) {
  for (const Zone& zone : zones_) {
    if (regions_.size() <= zone.region_index) regions_.resize(zone.region_index + 1);
    regions_[zone.region_index] = zone.region;
  }
}

std::string Places::name(PlaceId place) const {
  if (is_node(place)) return nodes_[place]->name();
  const std::size_t zone = place - nodes_.size();
  if (zone < zones_.size()) return std::string(zone_prefix) + zones_[zone].name;
  return std::string(region_prefix) + regions_[zone - zones_.size()];
}

std::vector<PlaceId> Places::named(std::string_view reference,
                                   const std::vector<Node*>& nodes) const {
  std::vector<PlaceId> places;
  if (reference.starts_with(zone_prefix)) {
    for (const Zone& zone : zones_) {
      if (zone.name == reference.substr(zone_prefix.size())) places.push_back(of_zone(zone.index));
    }
  } else if (reference.starts_with(region_prefix)) {
    for (std::uint32_t i = 0; i < regions_.size(); ++i) {
      if (regions_[i] == reference.substr(region_prefix.size())) places.push_back(of_region(i));
    }
  } else {
    for (const Node* node : nodes) places.push_back(of_node(*node));
  }
  return places;
}

PlaceSet::PlaceSet(const Places& places, const std::vector<PlaceId>& named)
    : in_(places.size(), false) {
  for (const PlaceId place : named) in_[place] = true;
  for (const Zone& zone : places.zones()) {
    if (in_[places.of_region(zone.region_index)]) in_[places.of_zone(zone.index)] = true;
  }
  // What of each zone and region is in, and what is not.
  std::vector<std::uint32_t> in(places.size()), out(places.size());
  for (const Node* node : places.nodes()) {
    const Zone* zone = node->zone();
    if (!zone) continue;
    const PlaceId at = places.of_zone(zone->index);
    if (in_[at]) in_[node->id()] = true;
    auto& counts = in_[node->id()] ? in : out;
    ++counts[at];
    ++counts[places.of_region(zone->region_index)];
  }
  for (auto place = static_cast<PlaceId>(places.node_count()); place < places.size(); ++place) {
    if (in[place] > 0 && out[place] == 0) in_[place] = true;
  }
}

PlaceSet PlaceSet::all(const Places& places) {
  PlaceSet set;
  set.in_.assign(places.size(), true);
  return set;
}

PlaceSet PlaceSet::relays(const Places& places, const std::vector<PlaceId>& named) {
  PlaceSet set;
  set.in_.assign(places.size(), false);
  for (const PlaceId place : named) set.in_[place] = true;
  for (const Zone& zone : places.zones()) {
    if (set.in_[places.of_region(zone.region_index)]) set.in_[places.of_zone(zone.index)] = true;
  }
  return set;
}

}  // namespace faultline::sim
