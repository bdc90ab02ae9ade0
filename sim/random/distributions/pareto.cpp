/// Pareto: a heavy tail, P(X > x) = (minimum / x)^shape for x >= minimum. Moments: mean = minimum
/// shape / (shape - 1), infinite for a shape up to 1; variance = minimum^2 shape / ((shape - 1)^2
/// (shape - 2)), infinite for a shape up to 2. Drawn as minimum e^(E / shape), E exponential.
///
/// Bounded Pareto: the same law on condition that X <= maximum, drawn by inversion. Its k-th
/// moment, with q = maximum / minimum, is minimum^k shape / (1 - q^-shape) (1 - q^(k - shape)) /
/// (shape - k). Source: Harchol-Balter, "Performance Modeling and Design of Computer Systems",
/// 2013, chapter 20.
#include <fmt/format.h>

#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class D>
struct ParetoParams {
  double shape = 2;
  D minimum{};

  static void describe(ParamList<ParetoParams>& list) {
    list.add("shape", &ParetoParams::shape,
             "Tail index; the mean is infinite up to 1, the variance up to 2")
        .required()
        .between(0.01, 1e6);
    list.add("minimum", &ParetoParams::minimum, "Smallest value").required().above(D{});
  }
};

template <class D>
struct BoundedParetoParams {
  double shape = 2;
  D minimum{};
  D maximum{};

  static void describe(ParamList<BoundedParetoParams>& list) {
    list.add("shape", &BoundedParetoParams::shape, "Tail index").required().between(0.01, 1e6);
    list.add("minimum", &BoundedParetoParams::minimum, "Smallest value").required().above(D{});
    list.add("maximum", &BoundedParetoParams::maximum, "Largest value").required().above(D{});
  }
  static void check(const BoundedParetoParams& params, const Path& path, Problems& problems) {
    if (params.maximum <= params.minimum) {
      problems.add(path / "maximum", fmt::format("expected more than {}, the minimum, got {}",
                                                 Dimension<D>::text(params.minimum),
                                                 Dimension<D>::text(params.maximum)));
    }
  }
};

template <class D>
class Pareto final : public DistributionOf<D> {
 public:
  Pareto(const ParetoParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : shape_(params.shape), minimum_(Dimension<D>::to_base(params.minimum)) {}

  double sample(Stream& stream) const override {
    return minimum_ * portable::exp(standard_exponential(stream) / shape_);
  }
  double mean() const override { return shape_ <= 1 ? infinity : minimum_ * shape_ / (shape_ - 1); }
  double variance() const override {
    if (shape_ <= 2) return infinity;
    const double from_one = minimum_ / (shape_ - 1);
    return from_one * from_one * shape_ / (shape_ - 2);
  }
  double cdf(double x) const override {
    if (x <= minimum_) return 0;
    return -portable::expm1(-shape_ * portable::log(x / minimum_));
  }
  double minimum() const override { return minimum_; }

 private:
  double shape_;
  double minimum_;
};

template <class D>
class BoundedPareto final : public DistributionOf<D> {
 public:
  BoundedPareto(const BoundedParetoParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : shape_(params.shape),
        minimum_(Dimension<D>::to_base(params.minimum)),
        maximum_(Dimension<D>::to_base(params.maximum)),
        log_ratio_(portable::log(maximum_ / minimum_)),
        kept_(-portable::expm1(-shape_ * log_ratio_)) {}

  double sample(Stream& stream) const override {
    const double x = minimum_ * portable::exp(-portable::log1p(-kept_ * stream.uniform()) / shape_);
    return x < maximum_ ? x : maximum_;
  }
  double mean() const override { return minimum_ * moment(1); }
  double variance() const override {
    const double first = moment(1);
    return minimum_ * minimum_ * (moment(2) - first * first);
  }
  double cdf(double x) const override {
    if (x <= minimum_) return 0;
    if (x >= maximum_) return 1;
    return -portable::expm1(-shape_ * portable::log(x / minimum_)) / kept_;
  }
  double minimum() const override { return minimum_; }

 private:
  /// The k-th moment for a minimum of 1.
  double moment(double k) const {
    const double t = shape_ - k;
    const double integral = t == 0 ? log_ratio_ : -portable::expm1(-t * log_ratio_) / t;
    return shape_ / kept_ * integral;
  }

  double shape_;
  double minimum_;
  double maximum_;
  double log_ratio_;  ///< log(maximum / minimum).
  double kept_;       ///< Probability that an unbounded draw is within the bounds.
};

const DistributionRegistration<Pareto, ParetoParams> registered{
    {.name = "pareto",
     .title = "Pareto",
     .summary = "A heavy tail: P(X > x) = (minimum / x)^shape. The mean is infinite for a shape up "
                "to 1, the variance up to 2.",
     .source = "Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, "
               "chapter 20",
     .example = "pareto(2.5, <4>)"}};

const DistributionRegistration<BoundedPareto, BoundedParetoParams> registered_bounded{
    {.name = "bounded_pareto",
     .title = "Bounded Pareto",
     .summary = "A heavy tail that ends at a maximum; all moments are finite.",
     .source = "Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, "
               "chapter 20",
     .example = "bounded_pareto(1.5, <1>, <1000>)"}};

}  // namespace
}  // namespace faultline::sim
