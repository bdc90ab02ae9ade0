#include "models/algorithms/balancing/balancing_policy.hpp"

namespace faultline::models {
namespace {

void assert_weight(double weight) {
  SIM_ASSERT(weight >= 0);  // Also refuses NaN.
  SIM_ASSERT(weight <= BalancingPolicy::weight_max);
}

}  // namespace

void BalancingPolicy::set_available(std::size_t index, bool available) {
  SIM_ASSERT(index < backends_.size());
  Backend& backend = backends_[index];
  const bool before = backend.can_be_picked;
  backend.available = available;
  backend.can_be_picked = available && backend.weight > 0;
  if (backend.can_be_picked != before) on_changed(index);
}

void BalancingPolicy::set_weight(std::size_t index, double weight) {
  SIM_ASSERT(index < backends_.size());
  assert_weight(weight);
  Backend& backend = backends_[index];
  if (backend.weight == weight) return;
  backend.weight = weight;
  backend.can_be_picked = backend.available && weight > 0;
  on_changed(index);
}

std::size_t BalancingPolicy::add_backend(double weight) {
  assert_weight(weight);
  backends_.push_back({.weight = weight, .can_be_picked = weight > 0});
  on_added(backends_.size() - 1);
  return backends_.size() - 1;
}

void BalancingPolicy::add_backends(const std::vector<double>& weights) {
  backends_.reserve(backends_.size() + weights.size());
  for (const double weight : weights) add_backend(weight);
}

}  // namespace faultline::models
