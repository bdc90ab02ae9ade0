/// A balancing policy that sends a request where its key, or the address of its caller, lives by a
/// key placement. What the placement knows of its nodes is kept in step with the backends: a
/// backend that cannot be picked is a node that is not present, a request outstanding a key held.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

/// The placement's own parameters, and what is hashed.
template <class PlacementParams>
struct HashPolicyParams {
  PlacementParams placement;
  std::string by = "key";

  static void describe(sim::ParamList<HashPolicyParams>& list) {
    list.add("by", &HashPolicyParams::by,
             "What decides: the key that is asked for, or the address of the caller")
        .one_of({"key", "source"});
    list.include(&HashPolicyParams::placement);
  }
  static void check(const HashPolicyParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if constexpr (requires { PlacementParams::check(params.placement, path, problems); }) {
      PlacementParams::check(params.placement, path, problems);
    }
  }
};

template <class Placement, class PlacementParams, bool by_weight>
class HashPolicy final : public BalancingPolicy {
 public:
  HashPolicy(const HashPolicyParams<PlacementParams>& params, const MakeArgs& args)
      : by_source_(params.by == "source"), names_(args.names), placement_(params.placement, {}) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest& request) override {
    return placement_.place(by_source_ ? request.source_address : request.key);
  }

  bool heeds_weights() const override { return by_weight; }

 private:
  static_assert(none == KeyPlacement::none);

  void on_added(std::size_t index) override {
    std::string name = index < names_.size() ? names_[index] : std::to_string(index);
    placement_.add({std::move(name), weight(index)});
  }
  void on_changed(std::size_t index) override {
    placement_.set_weight(index, weight(index));
    placement_.set_present(index, available(index));
  }
  void on_started(std::size_t index) override { placement_.took(index); }
  void on_finished(std::size_t index, sim::Duration, bool, sim::Duration) override {
    placement_.gave(index);
  }

  bool by_source_;                  ///< Parameter.
  std::vector<std::string> names_;  ///< Of the first backends.
  Placement placement_;             ///< State.
};

}  // namespace faultline::models
