/// Power of d choices: looks at d different backends drawn at random and takes the one with the
/// fewest requests outstanding. Rule: among equals the one drawn first, so that equals are taken
/// with the same probability. With d at or above the number of backends it is least connections
/// with random ties. Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing",
/// IEEE TPDS 12(10), 2001; Vvedenskaya, Dobrushin, Karpelevich, 1996. Does not model: weights,
/// knowledge that arrives late.
#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/few_choices.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PowerOfChoicesParams {
  std::int64_t choices = 2;

  static void describe(sim::ParamList<PowerOfChoicesParams>& list) {
    list.add("choices", &PowerOfChoicesParams::choices,
             "Different backends looked at for each pick")
        .unit("backends")
        .between(1, FewChoices::choices_max);
  }
};

class PowerOfChoices final : public BalancingPolicy {
 public:
  PowerOfChoices(const PowerOfChoicesParams& params, const MakeArgs& args)
      : few_(params.choices, args.random) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest&) override { return few_.pick(*this); }

 private:
  void on_added(std::size_t index) override { on_changed(index); }
  void on_changed(std::size_t index) override { few_.set(index, can_be_picked(index)); }

  FewChoices few_;  ///< Of the backends that can be picked.
};

const sim::Registration<BalancingPolicy, PowerOfChoices, PowerOfChoicesParams> registered{
    {.name = "power_of_choices",
     .title = "Power of d choices",
     .summary = "Looks at d different backends drawn at random and takes the one with the fewest "
                "requests outstanding.",
     .source = "Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001",
     .does_not_model = "weights; knowledge that arrives late"}};

}  // namespace
}  // namespace faultline::models
