/// Random: every pick is drawn anew, with a probability proportional to the weight.
/// Rule: a tree of sums over the weights of the backends that can be picked; the draw goes down it,
/// O(log n). Source: Wong, Easton, "An Efficient Method for Weighted Sampling without Replacement",
/// SIAM J. Comput. 9(1), 1980 (the tree of sums). Does not model: nothing of note; it is its own
/// definition.
#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/weight_tree.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class Random final : public BalancingPolicy {
 public:
  Random(const sim::NoParams&, const MakeArgs& args) : random_(args.random) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest&) override {
    return weights_.total() > 0 ? weights_.at(random_.uniform()) : none;
  }

  bool heeds_weights() const override { return true; }

 private:
  void on_added(std::size_t index) override {
    weights_.grow(index + 1);
    on_changed(index);
  }
  void on_changed(std::size_t index) override {
    weights_.set(index, can_be_picked(index) ? weight(index) : 0);
  }

  WeightTree weights_;  ///< Of the backends that can be picked. State.
  RandomSource& random_;
};

const sim::Registration<BalancingPolicy, Random, sim::NoParams> registered{
    {.name = "random",
     .title = "Random",
     .summary = "Every pick is drawn anew, with a probability proportional to the weight.",
     .source =
         "Wong, Easton, An Efficient Method for Weighted Sampling without Replacement, 1980"}};

}  // namespace
}  // namespace faultline::models
