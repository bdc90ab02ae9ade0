/// How a balancer chooses the backend that serves the next request.
///
///   request --> [ pick ] --> backend i --> started(i) ... finished(i, latency, ok, now)
///
/// A policy knows its backends by index, 0 .. size()-1. Each has a weight (its share of the work,
/// for the policies that heed weights), may be unavailable (ejected by a health check, crashed),
/// and has a number of requests outstanding. A backend can be picked when it is available and its
/// weight is above 0: for every policy, weight 0 means "drain".
///
/// Policies have no clock and no engine: time is a value handed in, chance comes from a
/// RandomSource. `pick`, `started` and `finished` cost O(log n) or less in the number of backends
/// and allocate nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/param/assert.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

/// What a policy may look at when it picks.
struct BalancingRequest {
  std::uint64_t key = 0;             ///< What is asked for. Input.
  std::uint64_t source_address = 0;  ///< Who asks. Input.
  sim::Duration now{};               ///< Virtual time of the pick. Input.
};

/// The interface of all policies, and the account of each backend that they share.
class BalancingPolicy {
 public:
  static constexpr std::string_view kind = "balancing policy";
  /// What `pick` returns when no backend can be picked.
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  /// The largest weight a backend can have.
  static constexpr double weight_max = 1e6;

  /// What a policy is made with.
  struct MakeArgs {
    std::vector<double> weights;  ///< One per backend, 0 to weight_max. May be empty.
    RandomSource& random;         ///< Must outlive the policy.
    /// One per backend, for policies that hash them; without, or for those added later, the index
    /// stands for the name.
    std::vector<std::string> names = {};
  };

  virtual ~BalancingPolicy() = default;
  BalancingPolicy(const BalancingPolicy&) = delete;
  BalancingPolicy& operator=(const BalancingPolicy&) = delete;

  /// The backend for `request`, one that can be picked, or `none`. The request counts as
  /// outstanding only once it is reported by `started`: a pick may be given up, or made again.
  virtual std::size_t pick(const BalancingRequest& request) = 0;

  /// Whether a backend's share of the work follows its weight (weight 0 drains it in any case).
  virtual bool heeds_weights() const { return false; }

  /// A request was sent to backend `index`. Requires: index < size().
  void started(std::size_t index) {
    SIM_ASSERT(index < backends_.size());
    ++backends_[index].outstanding;
    on_started(index);
  }

  /// A request to backend `index` ended at `now`, `latency` after it was sent; `ok` tells success.
  /// Also to be called for a request given up (timeout, crash). Requires: it was started; now does
  /// not go back; latency >= 0.
  void finished(std::size_t index, sim::Duration latency, bool ok, sim::Duration now) {
    SIM_ASSERT(index < backends_.size());
    SIM_ASSERT(backends_[index].outstanding > 0);
    --backends_[index].outstanding;
    on_finished(index, latency, ok, now);
  }

  /// Whether backend `index` may be picked, as health checks see it. Requests outstanding there
  /// stay outstanding.
  void set_available(std::size_t index, bool available);

  /// A new weight, 0 to weight_max, for backend `index`; 0 drains it.
  void set_weight(std::size_t index, double weight);

  /// Adds an available backend of `weight`, 0 to weight_max, and returns its index, the former
  /// size().
  std::size_t add_backend(double weight);

  std::size_t size() const { return backends_.size(); }
  /// Requests started and not yet finished.
  std::size_t outstanding(std::size_t index) const { return backends_[index].outstanding; }
  double weight(std::size_t index) const { return backends_[index].weight; }
  bool available(std::size_t index) const { return backends_[index].available; }
  /// Available and not drained.
  bool can_be_picked(std::size_t index) const { return backends_[index].can_be_picked; }

 protected:
  BalancingPolicy() = default;
  /// For the constructors of final classes: adds a backend for each weight.
  void add_backends(const std::vector<double>& weights);

 private:
  // What a policy must keep in step with. The account above is up to date when one of these is
  // called.
  virtual void on_added(std::size_t index) = 0;    ///< `index` is new, and the last.
  virtual void on_changed(std::size_t index) = 0;  ///< Its weight or can_be_picked changed.
  virtual void on_started(std::size_t) {}
  virtual void on_finished(std::size_t, sim::Duration /*latency*/, bool /*ok*/,
                           sim::Duration /*now*/) {}

  struct Backend {
    double weight = 1;
    std::uint32_t outstanding = 0;
    bool available = true;
    bool can_be_picked = true;  ///< available && weight > 0
  };
  std::vector<Backend> backends_;  ///< State.
};

}  // namespace faultline::models
