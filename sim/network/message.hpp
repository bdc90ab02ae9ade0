/// What the nodes of a group tell each other, one way: votes, entries of a log, gossip.
///
///   post(node, peer, std::make_unique<Heartbeat>(term), Bytes{64});
///   ... one way later: peer.node->component().receive(node, message)
///
/// No request: nobody waits for an answer, no node counts it as one, and it passes no queue. It is
/// taken in the turn in which it arrives; what takes time there, the component starts as a process.
/// Rule: a node that is down gets nothing, and one that stands still gets it when it goes on. Over
/// a reliable transport a message belongs to a connection, which ends when the receiver crashes:
/// what was sent before the crash never arrives after it. What the sender has sent before its own
/// crash arrives. In a cut and on a lossy way it fares as any other message does (journey.hpp).
#pragma once

#include <memory>

#include "sim/network/call.hpp"
#include "sim/param/units.hpp"

namespace faultline::sim {

struct Message {
  virtual ~Message() = default;
  /// Another one like it: of a datagram, the network may make two.
  virtual std::unique_ptr<Message> copy() const = 0;
};

/// Sends `message` from `from` to the target, over the transport that the target names.
void post(Node& from, const Target& to, std::unique_ptr<Message> message, Bytes size);

/// Frees a posted message that is still travelling when the run is torn down: an event of kind
/// notice.
void discard_posted(Event& event);

}  // namespace faultline::sim
