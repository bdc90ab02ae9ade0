#include "models/algorithms/scaling/horizontal_scaler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::models {

namespace {

using State = HorizontalScaler::Sample::State;

/// The least whole number not below `value`, where a value that is a whole number but for rounding
/// is that number: 10 * 1.1 is 11.
std::int64_t ceiling(double value) {
  return static_cast<std::int64_t>(std::ceil(value - 1e-9 * std::max(1.0, std::abs(value))));
}

std::int64_t longest_period(const std::vector<HorizontalScaler::SpeedLimit>& limits) {
  std::int64_t longest = 0;
  for (const auto& limit : limits) longest = std::max(longest, limit.period);
  return longest;
}

template <class Entries>
void forget_before(Entries& entries, std::int64_t time) {
  while (!entries.empty() && entries.front().at <= time) entries.pop_front();
}

template <class Changes>
std::int64_t sum_after(const Changes& changes, std::int64_t time) {
  std::int64_t sum = 0;
  for (const auto& change : changes) {
    if (change.at > time) sum += change.count;
  }
  return sum;
}

}  // namespace

HorizontalScaler::HorizontalScaler(Config config) : config_(std::move(config)) {
  SIM_ASSERT(config_.target > 0);
  SIM_ASSERT(config_.replicas_min >= 0);
  SIM_ASSERT(config_.replicas_max >= config_.replicas_min);
}

std::int64_t HorizontalScaler::desired(const std::vector<Sample>& samples) const {
  SIM_ASSERT(!samples.empty());
  const auto replicas = static_cast<std::int64_t>(samples.size());
  double sum = 0;
  std::int64_t ready = 0;
  std::int64_t not_ready = 0;
  std::int64_t missing = 0;
  for (const Sample& sample : samples) {
    if (sample.state == State::ready) {
      sum += sample.value;
      ++ready;
    } else {
      ++(sample.state == State::missing ? missing : not_ready);
    }
  }
  if (ready == 0) return replicas;  // Nobody knows anything.
  const auto within_tolerance = [this](double ratio) {
    // The bound itself is within: 1.1 of a tolerance of 0.1, whatever its last digit.
    return std::abs(ratio - 1) <= config_.tolerance + 1e-9;
  };
  const double ratio = sum / (static_cast<double>(ready) * config_.target);
  const bool with_not_ready = not_ready > 0 && ratio > 1;
  if (!with_not_ready && missing == 0) {
    if (within_tolerance(ratio)) return replicas;
    return ceiling(ratio * static_cast<double>(ready));
  }
  std::int64_t counted = ready + missing;
  if (ratio < 1) sum += static_cast<double>(missing) * config_.target;
  if (with_not_ready) counted += not_ready;
  const double cautious = sum / (static_cast<double>(counted) * config_.target);
  const bool turned = (ratio < 1) != (cautious < 1);
  if (within_tolerance(cautious) || turned) return replicas;
  const std::int64_t result = ceiling(cautious * static_cast<double>(counted));
  const bool other_way = cautious < 1 ? result > replicas : result < replicas;
  return other_way ? replicas : result;
}

std::int64_t HorizontalScaler::decide(std::int64_t now, const std::vector<Sample>& samples) {
  return decide(now, static_cast<std::int64_t>(samples.size()), desired(samples));
}

std::int64_t HorizontalScaler::decide(std::int64_t now, std::int64_t replicas,
                                      std::int64_t wanted) {
  std::int64_t result = stabilised(now, replicas, wanted);
  if (result > replicas) result = std::min(result, most_allowed(now, replicas));
  if (result < replicas) result = std::max(result, least_allowed(now, replicas));
  result = std::clamp(result, config_.replicas_min, config_.replicas_max);
  if (result > replicas) added_.push_back({now, result - replicas});
  if (result < replicas) removed_.push_back({now, replicas - result});
  forget_before(added_, now - longest_period(config_.up.limits));
  forget_before(removed_, now - longest_period(config_.down.limits));
  return result;
}

/// Up to the lowest that was wanted in the window of rising, down to the highest in that of
/// falling; between the two it stays.
std::int64_t HorizontalScaler::stabilised(std::int64_t now, std::int64_t replicas,
                                          std::int64_t wanted) {
  if (!begun_) recommendations_.push_back({now, replicas});  // As Kubernetes begins.
  begun_ = true;
  recommendations_.push_back({now, wanted});
  forget_before(recommendations_, now - std::max(config_.up.window, config_.down.window));
  std::int64_t up = wanted;
  std::int64_t down = wanted;
  for (const Recommendation& each : recommendations_) {
    if (each.at > now - config_.up.window) up = std::min(up, each.replicas);
    if (each.at > now - config_.down.window) down = std::max(down, each.replicas);
  }
  if (replicas < up) return up;
  if (replicas > down) return down;
  return replicas;
}

std::int64_t HorizontalScaler::most_allowed(std::int64_t now, std::int64_t replicas) const {
  if (config_.up.limits.empty()) return config_.replicas_max;
  std::int64_t most = replicas;
  for (const SpeedLimit& limit : config_.up.limits) {
    const std::int64_t at_start = replicas - sum_after(added_, now - limit.period);
    if (limit.replicas > 0) most = std::max(most, at_start + limit.replicas);
    if (limit.share > 0) {
      most = std::max(most, ceiling(static_cast<double>(at_start) * (1 + limit.share)));
    }
  }
  return most;
}

std::int64_t HorizontalScaler::least_allowed(std::int64_t now, std::int64_t replicas) const {
  if (config_.down.limits.empty()) return config_.replicas_min;
  std::int64_t least = replicas;
  for (const SpeedLimit& limit : config_.down.limits) {
    const std::int64_t at_start = replicas + sum_after(removed_, now - limit.period);
    if (limit.replicas > 0) least = std::min(least, at_start - limit.replicas);
    if (limit.share > 0) {
      const double left = static_cast<double>(at_start) * (1 - limit.share);
      least = std::min(least, static_cast<std::int64_t>(std::floor(left + 1e-9)));
    }
  }
  return least;
}

}  // namespace faultline::models
