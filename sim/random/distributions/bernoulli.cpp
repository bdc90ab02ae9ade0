/// Bernoulli: a value with some probability, else 0. Moments: mean = p value, variance =
/// p (1 - p) value^2.
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct BernoulliParams {
  Probability probability;
  D value{};

  static void describe(ParamList<BernoulliParams>& list) {
    list.add("probability", &BernoulliParams::probability, "How often the value is drawn")
        .required();
    auto value = list.add("value", &BernoulliParams::value, "The value; 0 otherwise").required();
    if (!Dimension<D>::may_be_negative) value.at_least(D{});
  }
};

template <class D>
class Bernoulli final : public DistributionOf<D> {
 public:
  Bernoulli(const BernoulliParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : probability_(params.probability.value), value_(Dimension<D>::to_base(params.value)) {}

  double sample(Stream& stream) const override { return stream.chance(probability_) ? value_ : 0; }
  double mean() const override { return probability_ * value_; }
  double variance() const override { return probability_ * (1 - probability_) * value_ * value_; }
  double cdf(double x) const override {
    return (x >= value_ ? probability_ : 0) + (x >= 0 ? 1 - probability_ : 0);
  }
  double minimum() const override {
    if (probability_ == 0) return 0;
    return value_ < 0 || probability_ == 1 ? value_ : 0;
  }

 private:
  double probability_;
  double value_;
};

const DistributionRegistration<Bernoulli, BernoulliParams> registered{
    {.name = "bernoulli",
     .title = "Bernoulli",
     .summary = "A value with some probability, else 0: a delay that only some requests meet.",
     .example = "bernoulli(1%, <50>)"}};

}  // namespace
}  // namespace faultline::sim
