/// The graph of the explicit links (Boost.Graph), and the cheapest paths through it: those with the
/// least mean latency.
///
///   app[0] --> zone a (out) ==link==> zone b (in) --> db          ==: a link  -->: stands in
///                                     zone b (in) --> zone b (out) ==link==> ...
///
/// A zone or region has two vertices, one that messages leave it by and one that they enter it by,
/// so that nodes of one zone are not joined by their zone. A path never comes back into a place its
/// sender stands in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/network/way.hpp"

namespace faultline::sim {

/// A link, usable in both directions; each direction has its own queue and draws its own latencies.
struct LinkBetween {
  PlaceId a = 0;
  PlaceId b = 0;  ///< The same as `a`: how the nodes in that zone or region reach each other.
  LinkLaw law;
};

class RouteGraph {
 public:
  /// Makes the direction of a link when a path first leads over it.
  using MakeLink = std::function<LinkDirection*(const LinkLaw& law, const std::string& name)>;
  /// Whether a message cannot go from `left` to `right` on a link.
  using Closed = std::function<bool(PlaceId left, PlaceId right)>;

  RouteGraph(const Places& places, const std::vector<LinkBetween>& links, MakeLink make_link);
  ~RouteGraph();

  /// The cheapest path; empty if there is none.
  Hops cheapest(const Node& from, const Node& to);
  /// The cheapest one that is open.
  Hops cheapest_open(const Node& from, const Node& to, const Closed& closed);
  /// The path inside a zone or region that a link from it to itself describes; empty without one.
  Hops inside(const Node& from, const Node& to);
  /// Whether a single link leads from a place where the one stands to a place where the other does.
  bool joined(const Node& from, const Node& to) const;
  /// Whether all ends of the path's links are nodes.
  bool among_nodes(const Hops& path) const;

 private:
  struct Graph;
  Hops path_of(const Node& from, const Node& to, const std::vector<std::size_t>& predecessors);

  const Places& places_;
  MakeLink make_link_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace faultline::sim
