/// Least request, as Envoy does it.
///
/// Rule: while the weights of all backends that can be picked are equal, the one with the fewest
/// requests outstanding among `choices` different ones drawn at random (Envoy's draws may repeat).
/// Otherwise turns: each backend has a deadline, the earliest is picked (of equals the one that was
/// put in first) and its next deadline is put 1 / (weight / (outstanding + 1)^bias) later. So a
/// loaded backend gets fewer turns, and an unloaded one never more than its weight's share of them.
/// The outstanding requests counted are those at the time of the pick, before it is sent. Source:
/// Envoy documentation, "Supported load balancers: weighted least request"; Envoy,
/// EdfLoadBalancerBase, LeastRequestLoadBalancer. Does not model: slow start, panic threshold,
/// priorities and localities. Envoy rebuilds its turns, with random deadlines, whenever a host
/// changes; here only the host that changed gets a new deadline, a turn away.
#include <map>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/few_choices.hpp"
#include "models/algorithms/balancing/score_tree.hpp"
#include "models/algorithms/portable_powers.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LeastRequestParams {
  std::int64_t choices = 2;
  double bias = 1;

  static void describe(sim::ParamList<LeastRequestParams>& list) {
    list.add("choices", &LeastRequestParams::choices,
             "Different backends looked at while all weights are equal (Envoy: choice_count)")
        .unit("backends")
        .between(1, FewChoices::choices_max);
    list.add("bias", &LeastRequestParams::bias,
             "How much outstanding requests lower a weight: 0 not at all (Envoy: "
             "active_request_bias)")
        .between(0, 10);
  }
};

class LeastRequest final : public BalancingPolicy {
 public:
  LeastRequest(const LeastRequestParams& params, const MakeArgs& args)
      : few_(params.choices, args.random), bias_(params.bias) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest&) override {
    return different_weights_.size() <= 1 ? few_.pick(*this) : pick_by_turns();
  }

  bool heeds_weights() const override { return true; }

 private:
  /// When a backend's turn is due, and the order of equals.
  struct Deadline {
    double due = 0;
    std::uint64_t order = 0;
    bool operator==(const Deadline&) const = default;
    bool operator<(const Deadline& other) const {
      return due != other.due ? due < other.due : order < other.order;
    }
  };

  std::size_t pick_by_turns() {
    const std::size_t index = deadlines_.first();
    latest_ = deadlines_.least().due;
    put_in(index);
    return index;
  }

  void put_in(std::size_t index) {
    const auto requests = static_cast<double>(outstanding(index) + 1);
    deadlines_.set(index, {latest_ + power(requests, bias_) / weight(index), puts_++});
  }

  void on_added(std::size_t index) override {
    deadlines_.grow(index + 1);
    counted_weights_.push_back(0);
    on_changed(index);
  }

  void on_changed(std::size_t index) override {
    if (counted_weights_[index] > 0) {
      const auto place = different_weights_.find(counted_weights_[index]);
      if (--place->second == 0) different_weights_.erase(place);
    }
    const bool eligible = can_be_picked(index);
    counted_weights_[index] = eligible ? weight(index) : 0;
    few_.set(index, eligible);
    if (eligible) {
      ++different_weights_[weight(index)];
      put_in(index);
    } else {
      deadlines_.erase(index);
    }
  }

  FewChoices few_;                                   ///< Of the backends that can be picked.
  double bias_;                                      ///< Parameter.
  std::map<double, std::size_t> different_weights_;  ///< Of these, and how many have each. State.
  std::vector<double>
      counted_weights_;            ///< What each backend counts as there; 0: not counted. State.
  ScoreTree<Deadline> deadlines_;  ///< Of the backends that can be picked. State.
  double latest_ = 0;              ///< The last deadline met. State.
  std::uint64_t puts_ = 0;         ///< Deadlines put in so far. State.
};

const sim::Registration<BalancingPolicy, LeastRequest, LeastRequestParams> registered{
    {.name = "least_request",
     .title = "Least request (Envoy)",
     .summary = "With equal weights the power of choices; else turns in proportion to weight / "
                "(outstanding + 1)^bias.",
     .source = "Envoy documentation, weighted least request; Envoy, LeastRequestLoadBalancer",
     .does_not_model =
         "slow start; panic threshold; priorities and localities; draws that repeat"}};

}  // namespace
}  // namespace faultline::models
