/// The ways between nodes.
///
/// Rule: explicit links form a graph; a message takes the way through it with the least mean
/// latency. Where no explicit links lead, it goes directly: by the table of latencies where that
/// reaches, or else by the default latency. A direct way by the table and a longer one through the
/// graph are compared, unless a link joins the two places. Impairments cut, slow or thin links for
/// a time; while a way is cut, messages take the cheapest one that is open.
///
/// What cannot be disturbed, has no bandwidth and loses nothing is a matter of time alone, decided
/// when the system is built (Route); all else is played link by link (Journey).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/network/call.hpp"
#include "sim/network/impairment.hpp"
#include "sim/network/latencies.hpp"
#include "sim/network/node.hpp"
#include "sim/network/place.hpp"
#include "sim/network/route.hpp"
#include "sim/network/route_graph.hpp"
#include "sim/network/way.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::sim {

/// When what was lost is sent again.
struct Retransmission {
  Duration first = std::chrono::milliseconds(200);  ///< Linux: TCP_RTO_MIN.
  Duration longest = std::chrono::seconds(60);      ///< RFC 6298, 2.5: at least this.
  std::int32_t rounds_unwanted = 15;  ///< What nobody waits for is sent so often at most.
};

/// Messages on ways where more happens than that time passes. sent + doubled = arrived + lost +
/// under way.
struct MessageCounts {
  std::uint64_t sent = 0;  ///< Copies included.
  std::uint64_t arrived = 0;
  std::uint64_t lost = 0;     ///< Datagrams, and what was given up or nobody waited for any more.
  std::uint64_t doubled = 0;  ///< Copies that the network made of datagrams.
  std::uint64_t sent_again = 0;  ///< Rounds of retransmission.
};

class Network {
 public:
  /// `seed` and `replication` name the random streams of the links.
  Network(Kernel& kernel, std::uint64_t seed, std::uint64_t replication,
          RandomDuration default_latency);
  ~Network();

  /// What is known when the nodes are there.
  struct Plan {
    Places places;
    std::vector<LinkBetween> links = {};
    std::shared_ptr<const Latencies> latencies = nullptr;  ///< Null: the default latency for all.
    Retransmission retransmission = {};
    bool impairable = false;  ///< Impairments may begin.
  };
  /// Requires: once, before the first target_of.
  void lay_out(Plan plan);
  /// The two ways between a caller and a callee; they live as long as the network.
  Target target_of(Node& from, Node& to);
  /// The same for the node with number `to`. Requires: there is one.
  Target target_of(Node& from, std::uint32_t to);

  /// From now on `impairment` impairs. Requires: a impairable network; it stays where and as it
  /// is until it ends.
  void begin(const Impairment& impairment);
  void end(const Impairment& impairment);

  const Places& places() const { return plan_.places; }
  /// Whether impairments may begin.
  bool impairable() const { return plan_.impairable; }
  const Retransmission& retransmission() const { return plan_.retransmission; }
  Kernel& kernel() const { return kernel_; }
  const MessageCounts& counts() const { return counts_; }
  /// The mean latency of the usual way, in seconds: how near the other is.
  double mean_latency_seconds(Node& from, Node& to);

  /// What a message meets on a link now.
  struct LinkState {
    bool cut = false;
    double loss = 0;
    double duplication = 0;
    double bandwidth_left = 1;
  };
  LinkState state_of(const Hop& hop) const;
  bool is_cut(const Hop& hop) const { return is_cut(hop.left, hop.right); }
  bool is_cut(PlaceId left, PlaceId right) const;
  /// The impairments' delay of one message, drawn.
  Duration extra_delay(const Hop& hop) const;
  /// Whether any impairment cuts anything now.
  bool anything_cut() const;
  /// Calls visit(from, to, open) for every way that is in use and may be cut: with the nodes at its
  /// ends, and whether a message could pass now.
  template <class Visit>
  void visit_ways(Visit visit) {
    for (Way& way : ways_)
      visit(std::as_const(way.from), std::as_const(way.to), open_path(way) != nullptr);
  }
  /// The cheapest open path, or null.
  const Hops* open_path(Way& way);

 private:
  friend class Journey;
  /// How a message gets from one node to another while nothing is wrong.
  struct Ways {
    Hops usual;
    Hops direct;
    bool in_graph = false;
  };
  const Route* route(Node& from, Node& to);
  const Route* route_by_default(Node& from, Node& to);
  const Route* constant_route(Duration constant);
  const Ways& ways_between(Node& from, Node& to);
  Ways find_ways(Node& from, Node& to);
  LinkLaw direct_law(const Node& from, const Node& to, bool& by_table) const;
  LinkDirection* direction(const LinkLaw& law, const std::string& name);

  Kernel& kernel_;
  std::uint64_t seed_;
  std::uint64_t replication_;
  RandomDuration default_latency_;
  Plan plan_;
  std::unique_ptr<RouteGraph> graph_;  ///< Null without explicit links.
  std::deque<Route> routes_;
  std::deque<Way> ways_;
  std::deque<LinkDirection> directions_;
  using Pair = std::pair<std::uint32_t, std::uint32_t>;  ///< Numbers of nodes, from and to.
  std::map<Pair, const Route*> known_;
  std::map<Pair, Ways> ways_known_;
  std::map<Duration, const Route*> constant_routes_;
  std::vector<const Impairment*> impairments_;  ///< In the order of their beginnings.
  std::uint64_t version_ = 1;                   ///< Of the impairments.
  MessageCounts counts_;
};

/// Frees all messages that are under way, when the run is torn down and nobody waits any more.
void discard_messages(Kernel& kernel);

}  // namespace faultline::sim
