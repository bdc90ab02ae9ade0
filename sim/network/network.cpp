#include "sim/network/network.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>

namespace faultline::sim {

Duration Route::sample() const {
  Duration sum{};
  for (LinkDirection* link : links_) {
    sum = saturating_sum(sum, link->latency.sample(link->stream));
  }
  return sum;
}

struct Network::Graph {
  /// Of an edge, in seconds: so little that the sum over a route is not taken for "no way".
  static constexpr double mean_max = 1e200;
  struct Edge {
    double mean_seconds = 0;
    const RandomDuration* latency = nullptr;
  };
  using Adjacency =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Edge>;
  Adjacency adjacency;
  std::deque<RandomDuration> latencies;
  std::map<std::pair<std::size_t, std::size_t>, LinkDirection*> directions;
  std::vector<Node*> nodes;
  /// The shortest-path tree of each source asked for: the predecessor of each vertex.
  std::map<std::size_t, std::vector<std::size_t>> trees;
};

Network::Network(Kernel& kernel, std::uint64_t seed, std::uint64_t replication,
                 RandomDuration default_latency)
    : kernel_(kernel),
      seed_(seed),
      replication_(replication),
      default_latency_(std::move(default_latency)) {}

Network::~Network() = default;

void Network::add_links(std::size_t node_count, const std::vector<LinkBetween>& links) {
  if (links.empty()) return;
  graph_ = std::make_unique<Graph>();
  graph_->adjacency = Graph::Adjacency(node_count);
  graph_->nodes.resize(node_count);
  for (const LinkBetween& link : links) {
    graph_->latencies.push_back(link.latency);
    // A law without a finite mean is a way too, if there is no other.
    const double mean = std::min(link.latency.mean_seconds(), Graph::mean_max);
    const Graph::Edge edge{mean, &graph_->latencies.back()};
    boost::add_edge(link.a->id(), link.b->id(), edge, graph_->adjacency);
    boost::add_edge(link.b->id(), link.a->id(), edge, graph_->adjacency);
    graph_->nodes[link.a->id()] = link.a;
    graph_->nodes[link.b->id()] = link.b;
  }
}

Target Network::target_of(Node& from, Node& to) {
  return Target{&to, route(from, to), route(to, from)};
}

const Route* Network::route(Node& from, Node& to) {
  if (!graph_ && default_latency_.is_constant()) {
    if (!constant_default_) {
      constant_default_ = &routes_.emplace_back(kernel_, default_latency_.constant_value());
    }
    return constant_default_;
  }
  const std::pair<std::uint32_t, std::uint32_t> key{from.id(), to.id()};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Route* made = graph_ ? shortest(from, to) : nullptr;
  if (!made) {
    if (default_latency_.is_constant()) {
      if (!constant_default_) {
        constant_default_ = &routes_.emplace_back(kernel_, default_latency_.constant_value());
      }
      made = constant_default_;
    } else {
      made = &routes_.emplace_back(
          std::vector<LinkDirection*>{direction(default_latency_, from.name(), to.name())});
    }
  }
  known_.emplace(key, made);
  return made;
}

const Route* Network::shortest(Node& from, Node& to) {
  Graph& graph = *graph_;
  auto tree = graph.trees.find(from.id());
  if (tree == graph.trees.end()) {
    std::vector<std::size_t> predecessors(boost::num_vertices(graph.adjacency));
    boost::dijkstra_shortest_paths(
        graph.adjacency, from.id(),
        boost::predecessor_map(
            boost::make_iterator_property_map(predecessors.begin(),
                                              boost::get(boost::vertex_index, graph.adjacency)))
            .weight_map(boost::get(&Graph::Edge::mean_seconds, graph.adjacency)));
    tree = graph.trees.emplace(from.id(), std::move(predecessors)).first;
  }
  const std::vector<std::size_t>& predecessors = tree->second;
  if (predecessors[to.id()] == to.id()) return nullptr;  // No way through explicit links.
  std::vector<LinkDirection*> links;
  Duration constant{};
  bool all_constant = true;
  for (std::size_t at = to.id(); at != from.id(); at = predecessors[at]) {
    const std::size_t before = predecessors[at];
    // Of parallel links the one with the least mean, the first declared among equals.
    const RandomDuration* latency = nullptr;
    for (auto [edge, end] = boost::out_edges(before, graph.adjacency); edge != end; ++edge) {
      if (boost::target(*edge, graph.adjacency) != at) continue;
      const Graph::Edge& candidate = graph.adjacency[*edge];
      if (!latency || candidate.mean_seconds < latency->mean_seconds()) latency = candidate.latency;
    }
    LinkDirection*& direction_here = graph.directions[{before, at}];
    if (!direction_here) {
      direction_here = direction(*latency, graph.nodes[before]->name(), graph.nodes[at]->name());
    }
    links.push_back(direction_here);
    all_constant = all_constant && latency->is_constant();
    if (latency->is_constant()) constant = saturating_sum(constant, latency->constant_value());
  }
  std::reverse(links.begin(), links.end());
  if (all_constant) return &routes_.emplace_back(kernel_, constant);
  return &routes_.emplace_back(std::move(links));
}

LinkDirection* Network::direction(const RandomDuration& latency, const std::string& from,
                                  const std::string& to) {
  return &directions_.emplace_back(
      LinkDirection{latency, Stream(seed_, replication_, from + "->" + to, "latency")});
}

}  // namespace faultline::sim
