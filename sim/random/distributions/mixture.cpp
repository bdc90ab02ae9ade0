/// Mixture: one of several laws, chosen anew for each draw with given weights. Moments: mean =
/// sum p_i m_i, variance = sum p_i (v_i + (m_i - mean)^2).
#include <algorithm>
#include <vector>

#include "sim/random/alias_table.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/weights.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct MixtureParams {
  std::vector<double> weights;
  std::vector<Random<D>> components;

  static void describe(ParamList<MixtureParams>& list) {
    list.add("weights", &MixtureParams::weights,
             "Weight of each component; all equal if empty. Need not add up to 1")
        .between(0, 1e300);
    list.add("components", &MixtureParams::components, "The laws to choose from")
        .required()
        .not_empty();
  }
  static void check(const MixtureParams& params, const Path& path, Problems& problems) {
    check_weights(params.weights, params.components.size(), "component", path / "weights",
                  problems);
  }
};

template <class D>
class Mixture final : public DistributionOf<D> {
 public:
  Mixture(const MixtureParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : index_(weights_or_equal(params.weights, params.components.size())),
        components_(params.components) {}

  double sample(Stream& stream) const override {
    const std::size_t chosen = index_.sample(stream);
    return components_[chosen].sample_base(stream);
  }
  double mean() const override {
    return sum([](const Random<D>& component) { return component.mean(); });
  }
  double variance() const override {
    const double centre = mean();
    if (!(centre < std::numeric_limits<double>::infinity())) return centre;
    return sum([&](const Random<D>& component) {
      const double distance = component.mean() - centre;
      return component.variance() + distance * distance;
    });
  }
  double cdf(double x) const override {
    return sum([&](const Random<D>& component) { return component.cdf(x); });
  }
  double minimum() const override {
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < components_.size(); ++i) {
      if (index_.probability(i) > 0) lowest = std::min(lowest, components_[i].minimum());
    }
    return lowest;
  }

 private:
  /// The weighted sum of a property; a component of weight 0 does not count, however infinite.
  template <class Property>
  double sum(Property&& property) const {
    double total = 0;
    for (std::size_t i = 0; i < components_.size(); ++i) {
      const double probability = index_.probability(i);
      if (probability > 0) total += probability * property(components_[i]);
    }
    return total;
  }

  AliasTable index_;
  std::vector<Random<D>> components_;
};

const DistributionRegistration<Mixture, MixtureParams> registered{
    {.name = "mixture",
     .title = "Mixture",
     .summary = "One of several laws, chosen anew for each draw with given weights.",
     .example = "mixture([0.9, 0.1], exponential(<4>), uniform(<50>, <80>))"}};

}  // namespace
}  // namespace faultline::sim
