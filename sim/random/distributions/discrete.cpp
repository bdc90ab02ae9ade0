/// Discrete: one of a list of values, with given weights. Moments: mean = sum p_i v_i, variance =
/// sum p_i (v_i - mean)^2. Drawn in constant time by an alias table.
/// Source: Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution",
/// 1991.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/random/alias_table.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/weights.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct DiscreteParams {
  std::vector<D> values;
  std::vector<double> weights;

  static void describe(ParamList<DiscreteParams>& list) {
    auto values = list.add("values", &DiscreteParams::values, "The values").required().not_empty();
    if (!Dimension<D>::may_be_negative) values.at_least(D{});
    list.add("weights", &DiscreteParams::weights,
             "Weight of each value; all equal if not given. Need not add up to 1")
        .between(0, 1e300);
  }
  static void check(const DiscreteParams& params, const Path& path, Problems& problems) {
    check_weights(params.weights, params.values.size(), "value", path / "weights", problems);
  }
};

template <class D>
class Discrete final : public DistributionOf<D> {
 public:
  Discrete(const DiscreteParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : index_(weights_or_equal(params.weights, params.values.size())) {
    for (const D value : params.values) values_.push_back(Dimension<D>::to_base(value));
  }

  double sample(Stream& stream) const override { return values_[index_.sample(stream)]; }
  double mean() const override {
    double sum = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) sum += index_.probability(i) * values_[i];
    return sum;
  }
  double variance() const override {
    const double centre = mean();
    double sum = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const double distance = values_[i] - centre;
      sum += index_.probability(i) * distance * distance;
    }
    return sum;
  }
  double cdf(double x) const override {
    double sum = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] <= x) sum += index_.probability(i);
    }
    return sum;
  }
  double minimum() const override {
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (index_.probability(i) > 0) lowest = std::min(lowest, values_[i]);
    }
    return lowest;
  }

 private:
  AliasTable index_;
  std::vector<double> values_;
};

const DistributionRegistration<Discrete, DiscreteParams> registered{
    {.name = "discrete",
     .title = "Discrete",
     .summary = "One of a list of values, with given weights.",
     .source = "drawn by Vose, A Linear Algorithm for Generating Random Numbers with a Given "
               "Distribution, 1991",
     .example = "discrete([<1>, <4>], [0.9, 0.1])"}};

}  // namespace
}  // namespace faultline::sim
