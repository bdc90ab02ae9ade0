#include "sim/scenario/wire_counts.hpp"

#include <map>
#include <string>

#include "sim/network/call.hpp"
#include "sim/scenario/request_tracer.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {

WireCounts::WireCounts(System& system, const std::vector<TopologyEdge>& wires,
                       RequestTracer& tracer)
    : tracer_(tracer), counts_(wires.size()) {
  std::map<std::string, std::uint32_t, std::less<>> groups;
  group_of_node_.resize(system.nodes().size());
  for (const auto& node : system.nodes()) {
    const auto number = static_cast<std::uint32_t>(groups.size());
    group_of_node_[node->id()] = groups.try_emplace(node->group(), number).first->second;
  }
  leading_.resize(groups.size());
  for (std::size_t i = 0; i < wires.size(); ++i) {
    leading_[groups.at(wires[i].from)].push_back(
        {groups.at(wires[i].to), system.role_id(wires[i].role), static_cast<std::uint32_t>(i)});
  }
  for (const auto& node : system.nodes()) node->observe_callers(*this);
}

std::uint32_t WireCounts::find(const Node& from, const Target& target) const {
  const std::uint32_t to = group_of_node_[target.node->id()];
  std::uint32_t first = none;
  for (const Leading& each : leading_[group_of_node_[from.id()]]) {
    if (each.to != to) continue;
    if (each.role == target.role) return each.count;
    if (first == none) first = each.count;
  }
  return first;
}

std::uint32_t WireCounts::call_begun(const Node& from, const Target& target, const Request& request,
                                     std::coroutine_handle<> frame) {
  // Opening and closing connections is no request.
  if (request.operation == Operation::connect || request.operation == Operation::close) {
    if (!tracer_.follows_any()) [[likely]]
      return 0;
    const std::uint32_t number = tracer_.connection_begun(request, frame);
    return number == 0 ? 0 : number | traced_bit;
  }
  const std::uint32_t count = find(from, target);
  if (count != none) ++counts_[count].sent;
  if (tracer_.follows_any()) [[unlikely]] {
    const std::uint32_t number = tracer_.call_begun(from, *target.node, request, frame, count);
    if (number != 0) return number | traced_bit;
  }
  return count + 1;  // Of none that is 0.
}

void WireCounts::call_lost(std::uint32_t operation) {
  if ((operation & traced_bit) != 0) tracer_.call_lost(operation & ~traced_bit);
}

void WireCounts::call_given_up(std::uint32_t operation) {
  if ((operation & traced_bit) != 0) tracer_.call_given_up(operation & ~traced_bit);
}

void WireCounts::call_sent(const Node& from, const Target& target, const Request& request) {
  const std::uint32_t count = find(from, target);
  if (count != none) ++counts_[count].sent;
  if (tracer_.follows_any()) [[unlikely]]
    tracer_.call_sent(from, *target.node, request);
}

void WireCounts::ended(std::uint32_t operation, const Reply& reply) {
  const bool traced = (operation & traced_bit) != 0;
  const std::uint32_t count =
      traced ? tracer_.call_ended(operation & ~traced_bit, reply) : operation - 1;
  if (!reply.is_ok() && count != none) ++counts_[count].failed;
}

}  // namespace faultline::sim
