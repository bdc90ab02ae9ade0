/// The ways between nodes. Explicit links form a graph (Boost.Graph); a message takes the way
/// through it with the least mean latency, and where there is none, the default latency.
///
/// Does not model: bandwidth, loss, partitions; links are never down.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/network/call.hpp"
#include "sim/network/node.hpp"
#include "sim/network/route.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::sim {

/// A link between two nodes, usable in both directions; each direction draws its own latencies.
struct LinkBetween {
  Node* a = nullptr;
  Node* b = nullptr;
  RandomDuration latency;
};

class Network {
 public:
  /// `seed` and `replication` name the random streams of the links.
  Network(Kernel& kernel, std::uint64_t seed, std::uint64_t replication,
          RandomDuration default_latency);
  ~Network();

  /// Requires: before the first target_of.
  void add_links(std::size_t node_count, const std::vector<LinkBetween>& links);
  /// The two ways between a caller and a callee; they live as long as the network.
  Target target_of(Node& from, Node& to);

 private:
  struct Graph;
  const Route* route(Node& from, Node& to);
  const Route* shortest(Node& from, Node& to);
  LinkDirection* direction(const RandomDuration& latency, const std::string& from,
                           const std::string& to);

  Kernel& kernel_;
  std::uint64_t seed_;
  std::uint64_t replication_;
  RandomDuration default_latency_;
  std::unique_ptr<Graph> graph_;  ///< Null without explicit links.
  std::deque<Route> routes_;
  std::deque<LinkDirection> directions_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, const Route*> known_;
  const Route* constant_default_ = nullptr;
};

}  // namespace faultline::sim
