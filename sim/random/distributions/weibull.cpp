/// Weibull: lifetimes; a shape below 1 means early failures, above 1 wear. P(X > x) =
/// e^-((x / scale)^shape). Moments: mean = scale Gamma(1 + 1/shape), variance = scale^2
/// (Gamma(1 + 2/shape) - Gamma(1 + 1/shape)^2). Drawn as scale E^(1/shape), E exponential.
/// Source: Weibull, "A Statistical Distribution Function of Wide Applicability", 1951.
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct WeibullParams {
  double shape = 1;
  D scale{};

  static void describe(ParamList<WeibullParams>& list) {
    list.add("shape", &WeibullParams::shape, "Shape; 1 is the exponential law")
        .required()
        .between(0.01, 1e6);
    list.add("scale", &WeibullParams::scale, "63.2 % of the draws are below").required().above(D{});
  }
};

template <class D>
class Weibull final : public DistributionOf<D> {
 public:
  Weibull(const WeibullParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : shape_(params.shape), scale_(Dimension<D>::to_base(params.scale)) {}

  double sample(Stream& stream) const override {
    return scale_ * portable::exp(portable::log(standard_exponential(stream)) / shape_);
  }
  double mean() const override { return scale_ * portable::gamma(1 + 1 / shape_); }
  double variance() const override {
    const double first = portable::gamma(1 + 1 / shape_);
    const double second = portable::gamma(1 + 2 / shape_);
    if (second > std::numeric_limits<double>::max()) return second;
    // Near a constant the difference of the two is all rounding; there it is pi^2 / (6 shape^2).
    constexpr double nearly_constant = 1e5;
    constexpr double pi_squared_over_6 = 1.6449340668482264;
    if (shape_ > nearly_constant) return scale_ * scale_ * pi_squared_over_6 / (shape_ * shape_);
    return scale_ * scale_ * (second - first * first);
  }
  double cdf(double x) const override {
    return x <= 0 ? 0 : -portable::expm1(-portable::pow(x / scale_, shape_));
  }
  double minimum() const override { return 0; }

 private:
  double shape_;
  double scale_;
};

const DistributionRegistration<Weibull, WeibullParams> registered{
    {.name = "weibull",
     .title = "Weibull",
     .summary = "Lifetimes: a shape below 1 means early failures, above 1 wear.",
     .source = "Weibull, A Statistical Distribution Function of Wide Applicability, 1951",
     .example = "weibull(1.5, <4>)"}};

}  // namespace
}  // namespace faultline::sim
