#include "sim/network/route_graph.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/property_map/function_property_map.hpp>
#include <deque>
#include <limits>
#include <map>

namespace faultline::sim {

struct RouteGraph::Graph {
  /// Of an edge, in seconds: so little that the sum over a route is not taken for "no way".
  static constexpr double mean_max = 1e200;
  struct Edge {
    double mean_seconds = 0;
    const LinkLaw* law = nullptr;  ///< Null: no link, but standing in a place.
    LinkDirection* link = nullptr;
  };
  using Adjacency =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Edge>;
  using EdgeId = Adjacency::edge_descriptor;

  const Places& places;
  Adjacency adjacency;
  std::deque<LinkLaw> laws;
  std::map<PlaceId, Edge> inner;  ///< Links from a place to itself.
  /// The shortest-path tree of each source asked for: the predecessor of each vertex.
  std::map<std::size_t, std::vector<std::size_t>> trees = {};

  explicit Graph(const Places& all) : places(all), adjacency(2 * all.size() - all.node_count()) {}

  std::size_t in(PlaceId place) const {
    return places.is_node(place) ? place : 2 * std::size_t{place} - places.node_count();
  }
  std::size_t out(PlaceId place) const { return in(place) + (places.is_node(place) ? 0 : 1); }
  PlaceId place_of(std::size_t vertex) const {
    const std::size_t nodes = places.node_count();
    return static_cast<PlaceId>(vertex < nodes ? vertex : nodes + (vertex - nodes) / 2);
  }
  void stands_in(PlaceId small, PlaceId large) {
    boost::add_edge(out(small), out(large), Edge{}, adjacency);
    boost::add_edge(in(large), in(small), Edge{}, adjacency);
  }

  /// Predecessors of all vertices on the cheapest paths from `from`. `closed` may be empty; then
  /// the paths are for any receiver, and else for `to`.
  std::vector<std::size_t> tree(const Node& from, const Node* to, const Closed& closed) const {
    constexpr double no_way = std::numeric_limits<double>::max();
    const auto weight = [&](const EdgeId& edge) {
      const Edge& link = adjacency[edge];
      const PlaceId tail = place_of(boost::source(edge, adjacency));
      const PlaceId head = place_of(boost::target(edge, adjacency));
      const bool enters = head != tail && boost::target(edge, adjacency) == in(head);
      if (enters && !places.is_node(head) && places.holds(head, from) && tail != from.id()) {
        return no_way;
      }
      if (link.law && closed) {
        const PlaceId left = places.holds(tail, from) ? from.id() : tail;
        const PlaceId right = places.holds(head, *to) ? to->id() : head;
        if (closed(left, right)) return no_way;
      }
      return link.mean_seconds;
    };
    std::vector<std::size_t> predecessors(boost::num_vertices(adjacency));
    boost::dijkstra_shortest_paths(
        adjacency, from.id(),
        boost::predecessor_map(
            boost::make_iterator_property_map(predecessors.begin(),
                                              boost::get(boost::vertex_index, adjacency)))
            .weight_map(boost::make_function_property_map<EdgeId>(weight))
            .distance_inf(no_way));
    return predecessors;
  }
};

RouteGraph::RouteGraph(const Places& places, const std::vector<LinkBetween>& links,
                       MakeLink make_link)
    : places_(places), make_link_(std::move(make_link)), graph_(std::make_unique<Graph>(places)) {
  Graph& graph = *graph_;
  std::vector<bool> used(places.size(), false);
  std::vector<bool> has_access_link(places.size(), false);
  for (const LinkBetween& link : links) {
    const LinkLaw& law = graph.laws.emplace_back(link.law);
    // A law without a finite mean is a way too, if there is no other.
    const Graph::Edge edge{std::min(law.mean_seconds(), Graph::mean_max), &law, nullptr};
    if (link.a == link.b) {
      graph.inner.try_emplace(link.a, edge);
      continue;
    }
    boost::add_edge(graph.out(link.a), graph.in(link.b), edge, graph.adjacency);
    boost::add_edge(graph.out(link.b), graph.in(link.a), edge, graph.adjacency);
    used[link.a] = used[link.b] = true;
    for (const auto& [node, place] : {std::pair{link.a, link.b}, std::pair{link.b, link.a}}) {
      if (places.is_node(node) && !places.is_node(place) &&
          places.holds(place, places.node(node))) {
        has_access_link[node] = true;
      }
    }
  }
  for (const Zone& zone : places.zones()) {
    const PlaceId region = places.of_region(zone.region_index);
    const PlaceId place = places.of_zone(zone.index);
    if (!used[place] && !used[region]) continue;
    boost::add_edge(graph.in(place), graph.out(place), Graph::Edge{}, graph.adjacency);
    if (used[region]) graph.stands_in(place, region);
    for (const Node* node : places.nodes()) {
      if (node->zone() && node->zone()->index == zone.index && !has_access_link[node->id()]) {
        graph.stands_in(node->id(), place);
      }
    }
  }
  for (std::uint32_t region = 0; region < places.region_count(); ++region) {
    const PlaceId place = places.of_region(region);
    if (used[place])
      boost::add_edge(graph.in(place), graph.out(place), Graph::Edge{}, graph.adjacency);
  }
}

RouteGraph::~RouteGraph() = default;

Hops RouteGraph::cheapest(const Node& from, const Node& to) {
  auto tree = graph_->trees.find(from.id());
  if (tree == graph_->trees.end()) {
    tree = graph_->trees.emplace(from.id(), graph_->tree(from, nullptr, {})).first;
  }
  return path_of(from, to, tree->second);
}

Hops RouteGraph::cheapest_open(const Node& from, const Node& to, const Closed& closed) {
  return path_of(from, to, graph_->tree(from, &to, closed));
}

Hops RouteGraph::path_of(const Node& from, const Node& to,
                         const std::vector<std::size_t>& predecessors) {
  Graph& graph = *graph_;
  Hops path;
  if (predecessors[to.id()] == to.id()) return path;
  for (std::size_t at = to.id(); at != from.id(); at = predecessors[at]) {
    const std::size_t before = predecessors[at];
    // Of parallel links the one with the least mean, the first declared among equals.
    Graph::Edge* cheapest = nullptr;
    for (auto [edge, end] = boost::out_edges(before, graph.adjacency); edge != end; ++edge) {
      if (boost::target(*edge, graph.adjacency) != at) continue;
      Graph::Edge& candidate = graph.adjacency[*edge];
      if (!cheapest || candidate.mean_seconds < cheapest->mean_seconds) cheapest = &candidate;
    }
    if (!cheapest->law) continue;
    const PlaceId tail = graph.place_of(before);
    const PlaceId head = graph.place_of(at);
    if (!cheapest->link) {
      cheapest->link = make_link_(*cheapest->law, places_.name(tail) + "->" + places_.name(head));
    }
    path.push_back({cheapest->link, places_.holds(tail, from) ? from.id() : tail,
                    places_.holds(head, to) ? to.id() : head});
  }
  std::reverse(path.begin(), path.end());
  return path;
}

Hops RouteGraph::inside(const Node& from, const Node& to) {
  for (auto& [place, edge] : graph_->inner) {  // Zones come before regions.
    if (!places_.holds(place, from) || !places_.holds(place, to)) continue;
    if (!edge.link) edge.link = make_link_(*edge.law, places_.name(place));
    return {{edge.link, from.id(), to.id()}};
  }
  return {};
}

bool RouteGraph::joined(const Node& from, const Node& to) const {
  const auto places_of = [this](const Node& node) {
    std::vector<PlaceId> places{node.id()};
    if (const Zone* zone = node.zone()) {
      places.push_back(places_.of_zone(zone->index));
      places.push_back(places_.of_region(zone->region_index));
    }
    return places;
  };
  for (const PlaceId a : places_of(from)) {
    for (const PlaceId b : places_of(to)) {
      if (boost::edge(graph_->out(a), graph_->in(b), graph_->adjacency).second && a != b)
        return true;
    }
  }
  return false;
}

bool RouteGraph::among_nodes(const Hops& path) const {
  return std::all_of(path.begin(), path.end(), [this](const Hop& hop) {
    return places_.is_node(hop.left) && places_.is_node(hop.right);
  });
}

}  // namespace faultline::sim
