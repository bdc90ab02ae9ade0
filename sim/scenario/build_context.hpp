/// What a component is handed when it is built: its node, its random streams, and its wires to
/// others.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/network/call.hpp"
#include "sim/network/network.hpp"
#include "sim/param/param.hpp"
#include "sim/random/rate_curve.hpp"
#include "sim/random/stream.hpp"
#include "sim/scenario/request_log.hpp"

namespace faultline::sim {

class System;
class TransactionObserver;
class Findings;

/// A wire: the nodes a reference names, in the order of their indices.
using Port = std::vector<Target>;

class BuildContext {
 public:
  BuildContext(System& system, Node& node, Problems& problems)
      : system_(system), node_(node), problems_(problems) {}

  Node& node() const { return node_; }
  Kernel& kernel() const { return node_.kernel(); }
  /// The stream of `purpose` in this component.
  Stream stream(std::string_view purpose) const;
  /// The nodes that `ref` names: one node, or all replicas of a group. Requires: a reference the
  /// reader has checked.
  Port port(const NodeRef& ref) const;
  /// The name of the type of the nodes that `ref` names: "app_server". Their components may not be
  /// built yet.
  const std::string& type_of(const NodeRef& ref) const;
  Patience patience(Duration limit) const { return Patience(kernel(), limit); }
  NameId name(const std::string& text) const;
  RequestLog& requests() const;
  /// Where to tell what a model finds out about the run (sim/scenario/findings.hpp).
  Findings& findings() const;
  /// The ways between nodes that are not this one, for those who pass on what others send.
  Network& network() const;
  /// The nodes of the group this one is part of, itself among them, in the order of their indices.
  std::vector<Node*> group() const;
  /// What only building could find wrong with parameter `key`.
  void problem(std::string_view key, std::string message, std::string hint = {}) const;
  /// How a load test shapes what this node sends; null if none does.
  const RateCurve* load_test_curve() const;
  /// What this node sends at the usual load: requests a second, and users who wait for answers.
  /// Requires: load_test_curve().
  void add_load(double requests_per_second, double users) const;
  /// Whether somebody will ask which values reads found: stores and caches are to keep them.
  bool values_matter() const;
  /// Who is told of transactions; null: nobody.
  TransactionObserver* transactions() const;
  /// The first of `count` numbers for sessions that nobody else in the run has.
  std::uint32_t first_session(std::uint32_t count) const;
  /// A number for a request that no other request of the run has.
  std::uint64_t first_request_id() const;

 private:
  System& system_;
  Node& node_;
  Problems& problems_;
};

/// One call after the other to the nodes of a port, as a client library without a balancer does it:
/// round robin over the replicas that the reference names and that are in service, or by key, so
/// that the same key always meets the same replica.
class PortPicker {
 public:
  explicit PortPicker(Port port) : port_(std::move(port)) {}
  const Target& next() {
    if (port_.size() == 1) return port_.front();
    const Target* target = &turn();
    for (std::size_t i = 1; !target->node->listed() && i < port_.size(); ++i)
      [[unlikely]] target = &turn();
    return *target;
  }
  const Target& for_key(std::uint64_t key) const {
    return port_.size() == 1 ? port_.front() : port_[key % port_.size()];
  }
  const Port& port() const { return port_; }

 private:
  const Target& turn() {
    const Target& target = port_[turn_];
    if (++turn_ == port_.size()) turn_ = 0;
    return target;
  }
  Port port_;
  std::size_t turn_ = 0;
};

}  // namespace faultline::sim
