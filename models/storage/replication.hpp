/// How the replicas of a database keep each other up to date: a protocol, run by the replicas of a
/// group through messages (sim/network/message.hpp) and alarms (sim/network/node_timer.hpp).
///
///   request --> replica: connection, service time --> serve() --> answer
///                                                       |  ^
///                                       post() to peers v  | receive()
///
/// The protocol itself is a plain state machine in models/algorithms; an implementation here is its
/// driver: it carries what comes in to the machine and what comes out of it to the network, the
/// storage engine and those who wait for answers. It also keeps the values, key by key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/storage/storage_engine.hpp"
#include "sim/kernel/task.hpp"
#include "sim/network/call.hpp"
#include "sim/network/message.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// By this connection (Request::connection) come the requests that replicas of a group pass on to
/// each other: who let them in has asked all that is to be asked.
inline constexpr std::uint32_t peer_connection = ~sim::Request::transaction_bit;

/// What a replica is handed when it is built.
struct ReplicationContext {
  const sim::BuildContext& build;
  /// The replicas of the group, in the order of their indices; members of the group are named by
  /// their place here.
  std::vector<sim::Node*> members;
  std::size_t self;
  /// How to reach each of them; the entry of `self` leads to itself and is not to be used.
  std::vector<sim::Target> targets;
  /// Of this replica; lives as long as the replication.
  StorageEngine& storage;
};

/// What a replica is to the others just now.
enum class ReplicaRole : std::uint8_t {
  peer,      ///< One like all others.
  leader,    ///< Or primary, or head: takes the writes.
  follower,  ///< Or replica.
  candidate  ///< Wants to lead.
};

/// "leader", "follower", "candidate"; empty for a peer.
constexpr std::string_view to_text(ReplicaRole role) {
  switch (role) {
    case ReplicaRole::leader:
      return "leader";
    case ReplicaRole::follower:
      return "follower";
    case ReplicaRole::candidate:
      return "candidate";
    case ReplicaRole::peer:
      break;
  }
  return {};
}

/// Members of a group, by their places in it, that are to come and to go at once.
struct MembershipChange {
  std::vector<std::size_t> add;
  std::vector<std::size_t> remove;
  bool learners_first = true;  ///< Those who come have no say until they have caught up.
};

class Replication {
 public:
  static constexpr std::string_view kind = "replication";
  using MakeArgs = ReplicationContext;

  virtual ~Replication() = default;
  /// Serves a read or a write that came to this replica, after its connection and service time. It
  /// may ask or wait for others. Reply.value of a read is what it found.
  virtual sim::Task<sim::Reply> serve(const sim::Request& request) = 0;
  /// A message that member `from` posted. Runs in the turn of its arrival.
  virtual void receive(std::size_t from, sim::Message& message) = 0;
  /// The node is up: for the first time, or again with what survived; its storage has recovered.
  virtual void start() {}
  /// The node crashed; its processes are gone, StorageEngine::survives() says what is left. Cancel
  /// alarms, forget what was in memory.
  virtual void crashed() {}
  /// What the replica is now, for display and for the time that a group is without a leader.
  virtual ReplicaRole role() const { return ReplicaRole::peer; }
  /// Whether it can be changed who belongs to the group while it works.
  virtual bool changes_membership() const { return false; }
  /// Orders such a change of the whole group; what becomes of it is seen later. Any member may be
  /// asked, also one that is down. Requires: changes_membership().
  virtual void change_membership(const MembershipChange&) {}
  virtual void describe_statistics(sim::NodeStatistics&) {}
};

}  // namespace faultline::models
