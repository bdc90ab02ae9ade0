/// Constant: always the same value. Moments: mean = value, variance 0.
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct ConstantParams {
  D value{};

  static void describe(ParamList<ConstantParams>& list) {
    auto value = list.add("value", &ConstantParams::value, "The value").required();
    if (!Dimension<D>::may_be_negative) value.at_least(D{});
  }
};

template <class D>
class Constant final : public DistributionOf<D> {
 public:
  Constant(const ConstantParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : value_(Dimension<D>::to_base(params.value)) {}

  double sample(Stream&) const override { return value_; }
  double mean() const override { return value_; }
  double variance() const override { return 0; }
  double cdf(double x) const override { return x >= value_ ? 1 : 0; }
  double minimum() const override { return value_; }
  Distribution::Fast fast() const override { return {Distribution::FastForm::constant, value_, 0}; }

 private:
  double value_;
};

const DistributionRegistration<Constant, ConstantParams> registered{
    {.name = "constant",
     .title = "Constant",
     .summary = "Always the same value. A bare value means this.",
     .example = "constant(<5>)"}};

}  // namespace
}  // namespace faultline::sim
