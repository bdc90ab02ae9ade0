/// How the requests of a caller get to those it calls: names are looked up, connections are opened
/// and kept. A caller that has neither has no Dialer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/connections/connections.hpp"
#include "models/naming/resolver.hpp"

namespace faultline::models {

class Dialer {
 public:
  struct Plan {
    std::optional<ConnectionParams> connections{};
    ResolverParams resolver{};
    std::vector<sim::NodeRef> names{};  ///< Targets that are name servers.
    /// The node stands for many hosts, told apart by Request::source, each with its own connections
    /// and its own memory of names.
    bool many_hosts = false;
  };
  Dialer(const Plan& plan, const sim::BuildContext& context);

  /// Sends `request` to `target` and waits for the reply, all in all no longer than `patience`.
  sim::Task<sim::Reply> exchange(sim::Target target, sim::Request request, sim::Patience patience);

 private:
  sim::Node& node_;
  bool many_hosts_;
  std::optional<Connections> connections_;
  std::vector<std::unique_ptr<Resolver>> resolvers_;  ///< One for each name.
};

}  // namespace faultline::models
