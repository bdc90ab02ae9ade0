#include "models/network/distances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/param/assert.hpp"

namespace faultline::models {

sim::LinkLaw law_of(sim::Duration one_way, const DistanceParams& params) {
  sim::LinkLaw law;
  law.latency = one_way;
  const sim::Duration jitter = sim::scaled(one_way, params.jitter.value);
  if (jitter > sim::Duration(0)) {
    law.jitter = sim::RandomDuration(fmt::format("exponential({}ns)", jitter.count()));
  }
  return law;
}

std::size_t RegionTable::index_of(std::string_view region) const {
  for (const auto& [name, meant] : data_.aliases) {
    if (name == region) region = meant;
  }
  const auto found = std::find(data_.names.begin(), data_.names.end(), region);
  SIM_ASSERT(found != data_.names.end());
  return static_cast<std::size_t>(found - data_.names.begin());
}

std::optional<sim::LinkLaw> RegionTable::between(const sim::Zone* from, const sim::Zone* to) const {
  if (!from || !to) return std::nullopt;
  if (from->index == to->index) return law_of(in_zone, params_);
  if (from->region_index == to->region_index) return law_of(between_zones, params_);
  const std::size_t a = index_of(from->region);
  const std::size_t b = index_of(to->region);
  // Two names for one place: as two zones of it.
  if (a == b) return law_of(between_zones, params_);
  const std::size_t row = std::max(a, b);
  const double round_trip = data_.round_trips[row * (row - 1) / 2 + std::min(a, b)];
  return law_of(sim::from_seconds(round_trip / 2 * 1e-3), params_);
}

std::vector<std::string> RegionTable::regions() const {
  std::vector<std::string> names(data_.names.begin(), data_.names.end());
  for (const auto& alias : data_.aliases) names.emplace_back(alias.first);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace faultline::models
