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

/// A call that a request to an endpoint is certain to make, for finding cycles of calls without
/// end.
struct CertainCall {
  const Node* target = nullptr;
  NameId endpoint = 0;
};

class Component {
 public:
  static constexpr std::string_view kind = "node";
  using MakeArgs = BuildContext;

  virtual ~Component() = default;
  /// Serves one request, which lives until the reply is given. Runs as a process of the node; a
  /// crash ends it wherever it waits.
  virtual Task<Reply> handle(const Request& request) = 0;
  /// The run begins, or the node is up again after a crash: start background processes here.
  virtual void start() {}
  /// The node crashed; its processes are gone. Forget what a restart forgets.
  virtual void crashed() {}
  /// Names what is measured, once, before the run.
  virtual void describe_statistics(NodeStatistics&) {}
  /// Whether this component can be the target of a reference with `role` ("any", "cache", "store").
  virtual bool offers(std::string_view role) const { return role == "any"; }
  /// The calls that serving `endpoint` makes in every case.
  virtual void certain_calls(NameId /*endpoint*/, std::vector<CertainCall>& /*out*/) const {}
};

}  // namespace faultline::sim
