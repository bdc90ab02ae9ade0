/// Where a link may end: at a node, at a zone or at a region. Places are numbered: the nodes first,
/// then the zones, then the regions.
///
/// A message that crosses a link between two zones leaves the one and enters the other; whatever
/// stands in them is near them at no cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/network/node.hpp"
#include "sim/network/zone.hpp"

namespace faultline::sim {

using PlaceId = std::uint32_t;

/// The nodes, zones and regions of a system, and who stands where.
class Places {
 public:
  /// No zones: every node stands nowhere.
  Places() = default;
  Places(std::vector<const Node*> nodes, const std::vector<Zone>& zones);

  std::size_t size() const { return nodes_.size() + zones_.size() + regions_.size(); }
  std::size_t node_count() const { return nodes_.size(); }
  std::size_t zone_count() const { return zones_.size(); }
  std::size_t region_count() const { return regions_.size(); }
  bool is_node(PlaceId place) const { return place < nodes_.size(); }
  PlaceId of_node(const Node& node) const { return node.id(); }
  PlaceId of_zone(std::uint32_t index) const { return static_cast<PlaceId>(nodes_.size()) + index; }
  PlaceId of_region(std::uint32_t index) const {
    return static_cast<PlaceId>(nodes_.size() + zones_.size()) + index;
  }
  bool is_region(PlaceId place) const { return place >= nodes_.size() + zones_.size(); }
  const Node& node(PlaceId place) const { return *nodes_[place]; }
  const std::vector<const Node*>& nodes() const { return nodes_; }
  const std::vector<Zone>& zones() const { return zones_; }
  /// Whether `node` is this place, or stands in it.
  bool holds(PlaceId place, const Node& node) const {
    if (is_node(place)) return place == node.id();
    const Zone* zone = node.zone();
    if (!zone) return false;
    return place == of_zone(zone->index) || place == of_region(zone->region_index);
  }
  /// The places of a reference that names `nodes`: the zone or the region, or else the nodes.
  std::vector<PlaceId> named(std::string_view reference, const std::vector<Node*>& nodes) const;
  /// As references name it: "app[0]", "zone:eu-a", "region:eu".
  std::string name(PlaceId place) const;

 private:
  std::vector<const Node*> nodes_;
  std::vector<Zone> zones_;
  std::vector<std::string> regions_;
};

/// Some of the places.
class PlaceSet {
 public:
  PlaceSet() = default;
  /// `named` and all that stands in them; and each zone and region all of whose nodes are in.
  PlaceSet(const Places& places, const std::vector<PlaceId>& named);
  static PlaceSet all(const Places& places);
  /// The zones named, and those of the regions named, and these, but not the nodes that stand
  /// there: what messages of others pass through.
  static PlaceSet relays(const Places& places, const std::vector<PlaceId>& named);
  bool has(PlaceId place) const { return place < in_.size() && in_[place]; }
  bool empty() const { return in_.empty(); }

 private:
  std::vector<bool> in_;
};

}  // namespace faultline::sim
