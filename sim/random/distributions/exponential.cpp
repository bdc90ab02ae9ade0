/// Exponential: time to the next event of a process without memory. P(X > x) = e^(-x / mean).
/// Moments: variance = mean^2. Drawn by the ziggurat of sim/random/variates.hpp.
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct ExponentialParams {
  D mean{};

  static void describe(ParamList<ExponentialParams>& list) {
    list.add("mean", &ExponentialParams::mean, "Mean").required().above(D{});
  }
};

template <class D>
class Exponential final : public DistributionOf<D> {
 public:
  Exponential(const ExponentialParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : mean_(Dimension<D>::to_base(params.mean)) {}

  double sample(Stream& stream) const override { return mean_ * standard_exponential(stream); }
  double mean() const override { return mean_; }
  double variance() const override { return mean_ * mean_; }
  double cdf(double x) const override { return x <= 0 ? 0 : -portable::expm1(-x / mean_); }
  double minimum() const override { return 0; }
  Distribution::Fast fast() const override {
    return {Distribution::FastForm::exponential, 0, mean_};
  }

 private:
  double mean_;
};

const DistributionRegistration<Exponential, ExponentialParams> registered{
    {.name = "exponential",
     .title = "Exponential",
     .summary = "Time to the next event of a process without memory; the standard deviation equals "
                "the mean.",
     .source = "drawn by Marsaglia and Tsang, The Ziggurat Method for Generating Random Variables, "
               "2000",
     .example = "exponential(<4>)"}};

}  // namespace
}  // namespace faultline::sim
