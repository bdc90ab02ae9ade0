#include "models/algorithms/balancing/priority_loads.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {

PriorityLoads priority_loads(const std::vector<LevelHealth>& levels, double overprovisioning,
                             double panic_threshold) {
  PriorityLoads result{.load = std::vector<int>(levels.size()),
                       .panic = std::vector<bool>(levels.size()),
                       .total_health = 0};
  std::vector<int> health(levels.size());
  std::size_t first = levels.size();
  for (std::size_t level = 0; level < levels.size(); ++level) {
    if (levels[level].hosts == 0) continue;
    first = std::min(first, level);
    // 1.4 * 100 * 5 / 7 is 100, whatever rounding says.
    const double percent = 100 * overprovisioning * static_cast<double>(levels[level].healthy) /
                           static_cast<double>(levels[level].hosts);
    health[level] = static_cast<int>(std::min(100.0, percent + 1e-9));
    result.total_health += health[level];
  }
  SIM_ASSERT(first < levels.size());
  result.total_health = std::min(100, result.total_health);

  if (result.total_health < 100) {
    for (std::size_t level = 0; level < levels.size(); ++level) {
      result.panic[level] = static_cast<double>(levels[level].healthy) <
                            panic_threshold * static_cast<double>(levels[level].hosts);
    }
  }
  if (result.total_health == 0) {
    result.load[first] = 100;
    return result;
  }
  int rest = 100;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const int scaled =
        (200 * health[level] + result.total_health) / (2 * result.total_health);  // Rounded.
    result.load[level] = std::min(rest, scaled);
    rest -= result.load[level];
  }
  const auto healthy = std::find_if(health.begin(), health.end(), [](int one) { return one > 0; });
  result.load[static_cast<std::size_t>(healthy - health.begin())] += rest;
  return result;
}

}  // namespace faultline::models
