/// What a node does. A component is the behaviour behind a box on the canvas; its state lives in
/// it, not in coroutine frames, so that it can be shown, reset, crashed and compared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/task.hpp"
#include "sim/network/request.hpp"

namespace faultline::sim {

class Node;
class NodeStatistics;
class BuildContext;
struct Message;

/// A call that a request to an endpoint is certain to make, for finding cycles of calls without
/// end.
struct CertainCall {
  const Node* target = nullptr;
  NameId endpoint = 0;
};

/// What a fault does to a component beyond making its node slow, silent or dead. All causes of one
/// kind together give one level, which is handed to the component.
enum class Disturbance : std::uint8_t {
  cpu,          ///< Its work on cores takes so many times as long: the product of the factors.
  disk,         ///< Its work on disks takes so many times as long: the product of the factors.
  memory,       ///< The share of its memory that is left: the product of the shares.
  connections,  ///< How many it works on at once at the most: the least of the limits.
  drain,        ///< It takes no new work and finishes what it has: the number of causes.
  flush,        ///< An event without a length: what it keeps in memory is lost.
  stop,         ///< Its processes stand still: the number of causes.
};
inline constexpr std::size_t disturbance_count = 7;
/// The level without a cause.
double calm_level(Disturbance kind);

class Component {
 public:
  static constexpr std::string_view kind = "node";
  using MakeArgs = BuildContext;

  virtual ~Component() = default;
  /// Serves one request, which lives until the reply is given. Runs as a process of the node; a
  /// crash ends it wherever it waits.
  virtual Task<Reply> handle(const Request& request) = 0;
  /// Takes a message that `from` posted (sim/network/message.hpp); may take what is in it.
  virtual void receive(Node& /*from*/, Message&) {}
  /// The run begins, or the node is up again after a crash: start background processes here.
  virtual void start() {}
  /// The node crashed; its processes are gone. Forget what a restart forgets.
  virtual void crashed() {}
  /// Whether a disturbance of this kind means anything to it; a file that disturbs one that it does
  /// not is wrong. Of `cpu` and `disk` the node keeps the slowness (Node::cpu_slowness).
  virtual bool suffers(Disturbance /*kind*/) const { return false; }
  /// The level of one disturbance is another one. Called also of kinds it does not suffer.
  virtual void disturbed(Disturbance /*kind*/, double /*level*/) {}
  /// Names what is measured, once, before the run.
  virtual void describe_statistics(NodeStatistics&) {}
  /// Whether this component can be the target of a reference with `role` ("any", "cache", "store").
  virtual bool offers(std::string_view role) const { return role == "any"; }
  /// Whether connections to this node go on to another one: then it handles `connect` and `close`
  /// too. Of all others, connections end here, and are accepted while the node is up.
  virtual bool passes_connections() const { return false; }
  /// What it is among its like just now, for display: "leader", "follower". Empty: nothing special.
  virtual std::string_view role() const { return {}; }
  /// The calls that serving `endpoint` makes in every case.
  virtual void certain_calls(NameId /*endpoint*/, std::vector<CertainCall>& /*out*/) const {}
};

}  // namespace faultline::sim
