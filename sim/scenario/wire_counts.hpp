/// How many requests pass along the wires of a design, and how many of them come to nothing, as
/// those see it who ask. Tells a RequestTracer of the calls of requests that it follows.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/network/call_observer.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

class RequestTracer;
class System;

class WireCounts final : public CallObserver {
 public:
  struct Count {
    std::uint64_t sent = 0;
    std::uint64_t failed = 0;
  };

  /// Watches the callers of every node of `system`. It and `tracer` outlive the run.
  WireCounts(System& system, const std::vector<TopologyEdge>& wires, RequestTracer& tracer);

  /// In the order of the wires.
  const Count& of_wire(std::size_t wire) const { return counts_[wire]; }

  std::uint32_t begun(const Node&, const Node&, const Request&) override { return 0; }
  std::uint32_t call_begun(const Node& from, const Target& target, const Request& request,
                           std::coroutine_handle<> frame) override;
  void call_lost(std::uint32_t operation) override;
  void call_given_up(std::uint32_t operation) override;
  void call_sent(const Node& from, const Target& target, const Request& request) override;
  void ended(std::uint32_t operation, const Reply& reply) override;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  /// In the number of an operation that the tracer numbers.
  static constexpr std::uint32_t traced_bit = std::uint32_t{1} << 31;
  /// The wires that lead away from a group.
  struct Leading {
    std::uint32_t to;     ///< A group.
    std::uint16_t role;   ///< Target::role.
    std::uint32_t count;  ///< In counts_.
  };
  std::uint32_t find(const Node& from, const Target& target) const;

  RequestTracer& tracer_;
  std::vector<std::uint32_t> group_of_node_;   ///< By Node::id.
  std::vector<std::vector<Leading>> leading_;  ///< By group.
  std::vector<Count> counts_;                  ///< By wire.
};

}  // namespace faultline::sim
