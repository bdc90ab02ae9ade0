/// What the parts of a sharded store tell each other beyond reads and writes: a router asks the
/// directory, the directory commands the shards.
///
///   asker --control, an ordinary request--> [ desk ] --its answer--> asker
///
/// A command is a request whose key is a ticket; what it says and what comes of it is left with the
/// ticket, because requests and replies carry no lists of keys (models/naming/name_server.hpp does
/// the same). A command whose asker waits no more is void: it has no effect when it arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/algorithms/sharding/shard_map.hpp"
#include "models/ticket_desk.hpp"

namespace faultline::models {

struct ShardCommand {
  enum class Kind : std::uint8_t {
    look_up,      ///< Of a directory: the version of a slot.
    track,        ///< Of a shard: from now on note what is written to the keys that move.
    hold,         ///< Take no more requests for them, and tell when those under way have ended.
    seal,         ///< Take no more copies, and tell when those under way have ended.
    switch_over,  ///< The slot has the new version.
    copy_read,    ///< Read a key that moves.
    copy_write,   ///< Write it where it is going.
    load,         ///< How much was asked for since the last time?
    query,        ///< Of a router: a request that concerns the whole shard and no key of it.
  };
  Kind kind = Kind::look_up;
  std::size_t slot = 0;
  ShardMap::Version version = 0;
  std::uint64_t key = 0;
  std::uint64_t value = 0;
  bool reads = true;  ///< Of query.

  // What comes of it.
  bool done = false;
  std::vector<std::uint64_t> keys;  ///< Of track: what it has of them. Of hold: written since.
  std::uint64_t requests = 0;
  std::optional<std::uint64_t> split;  ///< Of load: the key that halves it.
};

/// Keeps the commands that are on their way to one node.
class ShardDesk : public TicketDesk<ShardCommand> {};

}  // namespace faultline::models
