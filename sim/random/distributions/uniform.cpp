/// Uniform: every value between two bounds equally likely. Moments: mean = (low + high) / 2,
/// variance = (high - low)^2 / 12. Drawn by inversion.
#include "sim/random/distribution.hpp"

#include <fmt/format.h>

namespace faultline::sim {
namespace {

template <class D>
struct UniformParams {
  D low{};
  D high{};

  static void describe(ParamList<UniformParams>& list) {
    auto low = list.add("low", &UniformParams::low, "Lower bound").required();
    auto high = list.add("high", &UniformParams::high, "Upper bound").required();
    if (!Dimension<D>::may_be_negative) {
      low.at_least(D{});
      high.at_least(D{});
    }
  }
  static void check(const UniformParams& params, const Path& path, Problems& problems) {
    if (params.high < params.low) {
      problems.add(path / "high",
                   fmt::format("expected at least {}, as low, got {}",
                               Dimension<D>::text(params.low), Dimension<D>::text(params.high)));
    }
  }
};

template <class D>
class Uniform final : public DistributionOf<D> {
 public:
  Uniform(const UniformParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : low_(Dimension<D>::to_base(params.low)), high_(Dimension<D>::to_base(params.high)) {}

  double sample(Stream& stream) const override { return low_ + (high_ - low_) * stream.uniform(); }
  double mean() const override { return 0.5 * low_ + 0.5 * high_; }
  double variance() const override { return (high_ - low_) * (high_ - low_) / 12; }
  double cdf(double x) const override {
    if (x >= high_) return 1;
    return x <= low_ ? 0 : (x - low_) / (high_ - low_);
  }
  double minimum() const override { return low_; }
  Distribution::Fast fast() const override {
    return {Distribution::FastForm::uniform, low_, high_ - low_};
  }

 private:
  double low_;
  double high_;
};

const DistributionRegistration<Uniform, UniformParams> registered{
    {.name = "uniform",
     .title = "Uniform",
     .summary = "Every value between two bounds equally likely.",
     .example = "uniform(<2>, <8>)"}};

}  // namespace
}  // namespace faultline::sim
