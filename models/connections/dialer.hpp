/// How the requests of a caller get to those it calls: names are looked up, connections are opened
/// and kept. A caller that has neither has no Dialer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/connections/connections.hpp"

namespace faultline::models {

class Dialer {
 public:
  /// `many_hosts`: the node stands for many hosts, told apart by Request::source, each with its own
  /// connections.
  Dialer(const std::optional<ConnectionParams>& connections, bool many_hosts,
         const sim::BuildContext& context);

  /// Sends `request` to `target` and waits for the reply, all in all no longer than `patience`.
  sim::Task<sim::Reply> exchange(sim::Target target, sim::Request request, sim::Patience patience);

 private:
  sim::Node& node_;
  bool many_hosts_;
  std::optional<Connections> connections_;
};

}  // namespace faultline::models
