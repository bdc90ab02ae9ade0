#include "sim/scenario/wire_counts.hpp"

#include <map>
#include <string>

#include "sim/scenario/request_tracer.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {

WireCounts::WireCounts(const System& system, const std::vector<TopologyEdge>& wires,
                       RequestTracer& tracer)
    : tracer_(tracer) {
  std::map<std::string, std::uint32_t, std::less<>> groups;
  group_of_node_.resize(system.nodes().size());
  for (const auto& node : system.nodes()) {
    const auto number = static_cast<std::uint32_t>(groups.size());
    group_of_node_[node->id()] = groups.try_emplace(node->group(), number).first->second;
  }
  leading_.resize(groups.size());
  for (const TopologyEdge& wire : wires) {
    const std::uint32_t to = groups.at(wire.to);
    std::vector<Leading>& leading = leading_[groups.at(wire.from)];
    std::uint32_t count = none;
    for (const Leading& each : leading) {
      if (each.to == to) count = each.count;
    }
    if (count == none) {
      count = static_cast<std::uint32_t>(counts_.size());
      counts_.emplace_back();
      leading.push_back({to, count});
    }
    count_of_wire_.push_back(count);
  }
  for (const auto& node : system.nodes()) node->observe_callers(*this);
}

std::uint32_t WireCounts::find(const Node& from, const Node& at) const {
  const std::uint32_t to = group_of_node_[at.id()];
  for (const Leading& each : leading_[group_of_node_[from.id()]]) {
    if (each.to == to) return each.count;
  }
  return none;
}

std::uint32_t WireCounts::begun(const Node& from, const Node& at, const Request& request) {
  // Opening and closing connections is no request.
  if (request.operation == Operation::connect || request.operation == Operation::close) return 0;
  const std::uint32_t count = find(from, at);
  if (count != none) ++counts_[count].sent;
  if (tracer_.follows_any()) [[unlikely]] {
    const std::uint32_t number = tracer_.call_begun(from, at, request, count);
    if (number != 0) return number | traced_bit;
  }
  return count + 1;  // Of none that is 0.
}

void WireCounts::sent(const Node& from, const Node& at, const Request& request) {
  const std::uint32_t count = find(from, at);
  if (count != none) ++counts_[count].sent;
  if (tracer_.follows_any()) [[unlikely]]
    tracer_.call_sent(from, at, request);
}

void WireCounts::ended(std::uint32_t operation, const Reply& reply) {
  const bool traced = (operation & traced_bit) != 0;
  const std::uint32_t count =
      traced ? tracer_.call_ended(operation & ~traced_bit, reply) : operation - 1;
  if (!reply.is_ok() && count != none) ++counts_[count].failed;
}

}  // namespace faultline::sim
