/// Prices a run: how long each node was there, what it was asked, what it sent over a boundary that
/// is paid for, what it keeps.
///
///   cost = hours * node_hour + requests * million_requests / 10^6
///        + sum over boundaries of GB sent * gb_moved + GB kept * gb_month * hours / 730
///
/// Rule: a node is paid for from when it begins to start until it is off, crashed or not. What is
/// sent is paid for by who sends it: requests, replies and what replicas post. Requests that are
/// answered are priced whatever the answer. Does not model: bytes of opening connections and of
/// retransmission, replies that nobody waits for any more; discounts, tiers, minimum charges.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/kernel/time.hpp"
#include "sim/network/call_observer.hpp"
#include "sim/scenario/cost_result.hpp"
#include "sim/scenario/cost_spec.hpp"

namespace faultline::sim {

class System;
struct Result;

class CostMeter final : public CallObserver {
 public:
  /// Requires: the nodes have their components. It and `system` outlive the run.
  CostMeter(const CostSpec& spec, const System& system);

  /// Statistics begin anew.
  void reset();
  /// From `start` to `now`, `result` having the counts of all clients.
  CostResult result(Time now, Time start, const Result& result) const;

  std::uint32_t begun(const Node& from, const Node& at, const Request& request) override;
  void sent(const Node& from, const Node& at, const Request& request) override;
  void posted(const Node& from, const Node& at, std::int64_t bytes) override;
  void ended(std::uint32_t operation, const Reply& reply) override;

 private:
  static constexpr std::size_t kinds = boundaries.size();
  static constexpr std::size_t inside = kinds;  ///< Nothing to pay for.
  /// Prices of one node; those it does not have are 0.
  struct Prices {
    double node_hour = 0;
    double request = 0;
    double stored_hour = 0;
    bool has_machine = false;
  };
  /// What a message crosses on its way.
  std::size_t boundary(const Node& from, const Node& to) const;
  void count(const Node& from, const Node& to, std::int64_t bytes);

  const System& system_;
  PriceList list_;
  std::array<double, kinds> per_byte_{};                 ///< By boundary.
  std::vector<Prices> prices_;                           ///< By Node::id.
  std::vector<bool> outside_;                            ///< By Node::id.
  std::vector<std::array<std::uint64_t, kinds>> bytes_;  ///< Sent, by Node::id. Statistic.
};

}  // namespace faultline::sim
