#include "sim/scenario/cost_meter.hpp"

#include <algorithm>

#include "sim/network/node.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {
namespace {

/// What `own` says of `group`, or else the list of the item that `items` says it is.
std::optional<double> price_of(const std::string& group, const std::map<std::string, double>& own,
                               const std::map<std::string, std::string>& items,
                               const PriceList& list, std::string_view kind) {
  if (const auto found = own.find(group); found != own.end()) return found->second;
  if (const auto found = items.find(group); found != items.end())
    return list.find(kind, found->second);
  return {};
}

}  // namespace

CostMeter::CostMeter(const CostSpec& spec, const System& system)
    : system_(system), list_(spec.list()) {
  const std::size_t count = system.nodes().size();
  prices_.resize(count);
  outside_.resize(count);
  bytes_.resize(count);
  for (std::size_t i = 0; i < kinds; ++i) {
    const std::string name(boundaries[i]);
    const auto own = spec.gb_moved.find(name);
    const double price =
        own != spec.gb_moved.end() ? own->second : list_.find("gb_moved", name).value_or(0);
    per_byte_[i] = price / 1e9;
  }
  for (const auto& node : system.nodes()) {
    const std::string& group = node->group();
    Prices& prices = prices_[node->id()];
    const auto machine = price_of(group, spec.node_hour, spec.machines, list_, "node_hour");
    prices.has_machine = machine.has_value();
    prices.node_hour = machine.value_or(0);
    prices.request =
        price_of(group, spec.million_requests, spec.requests, list_, "million_requests")
            .value_or(0) /
        1e6;
    if (const auto stored = spec.stored.find(group); stored != spec.stored.end()) {
      const double price =
          price_of(group, spec.gb_month, spec.storage, list_, "gb_month").value_or(0);
      prices.stored_hour = static_cast<double>(stored->second.count) / 1e9 * price / hours_of_month;
    }
    if (spec.outside.empty()) outside_[node->id()] = !node->component().offers("any");
  }
  for (const NodeRef& ref : spec.outside) {
    for (const Node* node : system.find(ref.name)) outside_[node->id()] = true;
  }
  const bool moves =
      std::any_of(per_byte_.begin(), per_byte_.end(), [](double price) { return price > 0; });
  if (!moves) return;
  for (const auto& node : system.nodes()) node->observe_callers(*this);
}

void CostMeter::reset() { std::fill(bytes_.begin(), bytes_.end(), decltype(bytes_)::value_type{}); }

std::size_t CostMeter::boundary(const Node& from, const Node& to) const {
  if (outside_[from.id()]) return inside;  // What comes in is free.
  if (outside_[to.id()]) return 2;
  const Zone* here = from.zone();
  const Zone* there = to.zone();
  if (!here || !there || here->index == there->index) return inside;
  return here->region_index == there->region_index ? 0 : 1;
}

void CostMeter::count(const Node& from, const Node& to, std::int64_t bytes) {
  const std::size_t crossed = boundary(from, to);
  if (crossed != inside) bytes_[from.id()][crossed] += static_cast<std::uint64_t>(bytes);
}

std::uint32_t CostMeter::begun(const Node& from, const Node& at, const Request& request) {
  if (request.operation == Operation::connect || request.operation == Operation::close) return 0;
  count(from, at, request.size);
  // The reply goes the other way.
  const std::size_t crossed = boundary(at, from);
  if (crossed == inside) return 0;
  return static_cast<std::uint32_t>(at.id() * kinds + crossed + 1);
}

void CostMeter::sent(const Node& from, const Node& at, const Request& request) {
  count(from, at, request.size);
}

void CostMeter::posted(const Node& from, const Node& at, std::int64_t bytes) {
  count(from, at, bytes);
}

void CostMeter::ended(std::uint32_t operation, const Reply& reply) {
  const std::size_t which = operation - 1;
  if (reply.answered)
    bytes_[which / kinds][which % kinds] += static_cast<std::uint64_t>(reply.size);
}

CostResult CostMeter::result(Time now, Time start, const Result& result) const {
  CostResult cost;
  cost.runs = 1;
  cost.currency = list_.currency;
  cost.prices = list_.name;
  cost.date = list_.date;
  cost.seconds = to_seconds(now - start);
  cost.requests_ok = static_cast<double>(result.requests.counts.ok);
  for (const auto& node : system_.nodes()) {
    const Prices& prices = prices_[node->id()];
    const double hours = to_seconds(node->time_present(now)) / 3600;
    CostShare share;
    share.hours = prices.has_machine ? hours : 0;
    share.machines = share.hours * prices.node_hour;
    share.requests = static_cast<double>(node->tally().sent) * prices.request;
    share.stored = hours * prices.stored_hour;
    for (std::size_t i = 0; i < kinds; ++i) {
      const auto bytes = static_cast<double>(bytes_[node->id()][i]);
      share.moved += bytes * per_byte_[i];
      cost.bytes_moved[i] += bytes;
    }
    if (!prices.has_machine && share.total() == 0) continue;
    cost.all.add(share);
    cost.groups[node->group()].add(share);
    cost.nodes[node->name()] = share;
  }
  return cost;
}

}  // namespace faultline::sim
