/// What faults of the network have in common: impairments of the ways between places.
///
///   link_down(from, to)     each unit is one impairment, which begins and ends
///   partition(groups)
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/network/network.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {

/// The places that a reference names, and all that stand in them.
sim::PlaceSet places_of(const sim::FaultContext& context, const std::vector<sim::NodeRef>& names);

/// A fault with one unit, which is one impairment of the network or several.
class NetworkFault : public sim::Fault {
 public:
  bool impairs_network() const override { return true; }
  std::size_t prepare(sim::FaultContext& context) final;
  std::string unit_text(std::size_t) const override { return target_text(); }
  void begin(std::size_t unit) override;
  void end(std::size_t unit) override;

 protected:
  /// What it does to the network, in the order in which it begins.
  virtual std::vector<sim::Impairment> impairments(sim::FaultContext& context) = 0;

 private:
  sim::Network* network_ = nullptr;
  std::vector<sim::Impairment> impairments_;
};

/// The two ends of a way; an impairment of it.
struct WayParams {
  sim::NodeRef from;
  sim::NodeRef to;
  bool one_way = false;

  static void describe(sim::ParamList<WayParams>& list);
  std::string text() const { return from.name + (one_way ? " -> " : " - ") + to.name; }
  /// Between the two, without an effect yet.
  sim::Impairment impairment(const sim::FaultContext& context) const;
};

/// "a, b and c"
std::string joined(const std::vector<sim::NodeRef>& names);

}  // namespace faultline::models
