/// Lognormal: the exponential of a normal variable, the usual shape of service times and file
/// sizes. X = median e^(sigma N). Moments: mean = median e^(sigma^2 / 2), cv^2 = e^(sigma^2) - 1,
/// variance = (mean cv)^2. Given by median and sigma, or by mean and cv (standard deviation over
/// mean). Source: Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions", vol. 1,
/// chapter 14.
#include <cmath>
#include <optional>

#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct LognormalParams {
  std::optional<D> median;
  std::optional<double> sigma;
  std::optional<D> mean;
  std::optional<double> cv;

  static void describe(ParamList<LognormalParams>& list) {
    list.add("median", &LognormalParams::median, "Half of the draws are below; with sigma")
        .above(D{});
    list.add("sigma", &LognormalParams::sigma, "Standard deviation of the natural logarithm")
        .between(0, 10);
    list.add("mean", &LognormalParams::mean, "Mean; with cv").above(D{});
    list.add("cv", &LognormalParams::cv, "Standard deviation divided by the mean").between(0, 1e6);
  }
  static void check(const LognormalParams& params, const Path& path, Problems& problems) {
    const bool by_median = params.median && params.sigma && !params.mean && !params.cv;
    const bool by_mean = params.mean && params.cv && !params.median && !params.sigma;
    if (by_median || by_mean) return;
    problems.add(path, "expected either median and sigma or mean and cv",
                 "write lognormal(median, sigma) or lognormal(mean=..., cv=...)");
  }
};

template <class D>
class Lognormal final : public DistributionOf<D> {
 public:
  Lognormal(const LognormalParams<D>& params, const typename DistributionOf<D>::MakeArgs&) {
    if (params.median) {
      median_ = Dimension<D>::to_base(*params.median);
      sigma_ = *params.sigma;
    } else {
      const double sigma_squared = portable::log1p(*params.cv * *params.cv);
      sigma_ = std::sqrt(sigma_squared);
      median_ = Dimension<D>::to_base(*params.mean) * portable::exp(-0.5 * sigma_squared);
    }
  }

  double sample(Stream& stream) const override {
    return median_ * portable::exp(sigma_ * standard_normal(stream));
  }
  double mean() const override { return median_ * portable::exp(0.5 * sigma_ * sigma_); }
  double variance() const override { return mean() * mean() * portable::expm1(sigma_ * sigma_); }
  double cdf(double x) const override {
    if (x <= 0) return 0;
    if (sigma_ == 0) return x >= median_ ? 1 : 0;
    return portable::normal_cdf(portable::log(x / median_) / sigma_);
  }
  double minimum() const override { return sigma_ == 0 ? median_ : 0; }

 private:
  double median_ = 0;
  double sigma_ = 0;
};

const DistributionRegistration<Lognormal, LognormalParams> registered{
    {.name = "lognormal",
     .title = "Lognormal",
     .summary = "The exponential of a normal variable, the usual shape of service times and file "
                "sizes. Given by median and sigma, or by mean and cv.",
     .source = "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, vol. 1, "
               "chapter 14",
     .example = "lognormal(<4>, 0.8)"}};

}  // namespace
}  // namespace faultline::sim
