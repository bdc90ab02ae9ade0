#include "sim/scenario/cost_result.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/scenario/price_list.hpp"

namespace faultline::sim {
namespace {

using nlohmann::json;

json share_json(const CostShare& share) {
  return {{"total", share.total()}, {"machines", share.machines}, {"requests", share.requests},
          {"moved", share.moved},   {"stored", share.stored},     {"hours", share.hours}};
}

json shares_json(const std::map<std::string, CostShare>& shares) {
  json out = json::object();
  for (const auto& [name, share] : shares) out[name] = share_json(share);
  return out;
}

}  // namespace

void CostShare::add(const CostShare& share) {
  machines += share.machines;
  requests += share.requests;
  moved += share.moved;
  stored += share.stored;
  hours += share.hours;
}

void CostShare::divide(double count) {
  machines /= count;
  requests /= count;
  moved /= count;
  stored /= count;
  hours /= count;
}

double CostResult::per_month() const { return per_hour() * hours_of_month; }

double CostResult::per_million_requests() const {
  if (requests_ok == 0) return std::numeric_limits<double>::quiet_NaN();
  return all.total() / requests_ok * 1e6;
}

void CostResult::add(const CostResult& other) {
  runs += other.runs;
  seconds += other.seconds;
  requests_ok += other.requests_ok;
  all.add(other.all);
  for (const auto& [name, share] : other.nodes) nodes[name].add(share);
  for (const auto& [name, share] : other.groups) groups[name].add(share);
  for (std::size_t i = 0; i < bytes_moved.size(); ++i) bytes_moved[i] += other.bytes_moved[i];
}

void CostResult::divide() {
  if (runs < 2) return;
  const auto count = static_cast<double>(runs);
  seconds /= count;
  requests_ok /= count;
  all.divide(count);
  for (auto& entry : nodes) entry.second.divide(count);
  for (auto& entry : groups) entry.second.divide(count);
  for (double& bytes : bytes_moved) bytes /= count;
}

json to_json(const CostResult& cost) {
  json out = share_json(cost.all);
  out["currency"] = cost.currency;
  out["prices"] = cost.prices;
  out["date"] = cost.date;
  out["per_hour"] = cost.per_hour();
  out["per_month"] = cost.per_month();
  const double per_million = cost.per_million_requests();
  out["per_million_requests"] = std::isfinite(per_million) ? json(per_million) : json(nullptr);
  out["nodes"] = shares_json(cost.nodes);
  out["groups"] = shares_json(cost.groups);
  json& moved = out["moved_bytes"] = json::object();
  for (std::size_t i = 0; i < boundaries.size(); ++i)
    moved[std::string(boundaries[i])] = cost.bytes_moved[i];
  return out;
}

}  // namespace faultline::sim
