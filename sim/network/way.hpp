/// The way of a message: the links it passes, one after the other.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "sim/network/link.hpp"
#include "sim/network/place.hpp"

namespace faultline::sim {

class Journey;
class Network;

/// One link on the way, and between which places the message passes it, as a Impairment sees it.
struct Hop {
  LinkDirection* link = nullptr;
  PlaceId left = 0;
  PlaceId right = 0;
  bool operator==(const Hop&) const = default;
};
using Hops = std::vector<Hop>;

/// Of what is not a matter of time alone, between one node and another: which path a message takes
/// now. State of the network, which finds the paths.
struct Way {
  Network& network;
  Node& from;
  Node& to;
  Hops usual;                     ///< The path while nothing is cut.
  Hops direct;                    ///< Another way, without explicit links; empty: there is none.
  bool in_graph = true;           ///< Explicit links lead from the one to the other.
  std::uint64_t version = 0;      ///< Of the impairments, when `now` was found; 0: never.
  const Hops* now = nullptr;      ///< Null: no way is open.
  std::deque<Hops> detours = {};  ///< Found so far; messages under way point here.
  /// The last message under way of each Parcel::stream that has any; never iterated.
  std::unordered_map<std::uint64_t, Journey*> last_of_stream = {};
};

}  // namespace faultline::sim
