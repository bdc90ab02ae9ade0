/// Gamma: a sum of `shape` exponential stages, where the shape need not be whole. Moments: variance
/// = mean^2 / shape. P(X <= x) = P(shape, x shape / mean), the incomplete gamma function. And
/// Erlang: the gamma law with k whole stages. Source: Marsaglia and Tsang, "A Simple Method for
/// Generating Gamma Variables", 2000.
#include <cstdint>

#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct GammaParams {
  double shape = 1;
  D mean{};

  static void describe(ParamList<GammaParams>& list) {
    list.add("shape", &GammaParams::shape, "Shape; 1 is the exponential law, more is narrower")
        .required()
        .above(0)
        .at_most(1e9);
    list.add("mean", &GammaParams::mean, "Mean").required().above(D{});
  }
};

template <class D>
struct ErlangParams {
  std::int64_t k = 1;
  D mean{};

  static void describe(ParamList<ErlangParams>& list) {
    list.add("k", &ErlangParams::k, "Number of exponential stages")
        .unit("stages")
        .required()
        .between(1, 1'000'000'000);
    list.add("mean", &ErlangParams::mean, "Mean of the sum of all stages").required().above(D{});
  }
};

template <class D>
class Gamma : public DistributionOf<D> {
 public:
  Gamma(const GammaParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : Gamma(params.shape, Dimension<D>::to_base(params.mean)) {}
  Gamma(double shape, double mean) : shape_(shape), mean_(mean) {}

  double sample(Stream& stream) const override {
    return mean_ / shape_ * standard_gamma(stream, shape_);
  }
  double mean() const override { return mean_; }
  double variance() const override { return mean_ * mean_ / shape_; }
  double cdf(double x) const override { return portable::gamma_p(shape_, x * shape_ / mean_); }
  double minimum() const override { return 0; }

 private:
  double shape_;
  double mean_;
};

template <class D>
class Erlang final : public Gamma<D> {
 public:
  Erlang(const ErlangParams<D>& params, const typename DistributionOf<D>::MakeArgs&)
      : Gamma<D>(static_cast<double>(params.k), Dimension<D>::to_base(params.mean)), k_(params.k) {}

  double sample(Stream& stream) const override {
    if (k_ > summed_max) return Gamma<D>::sample(stream);
    double sum = 0;
    for (std::int64_t i = 0; i < k_; ++i) sum += standard_exponential(stream);
    return Gamma<D>::mean() / static_cast<double>(k_) * sum;
  }

 private:
  static constexpr std::int64_t summed_max = 5;  ///< More stages are quicker drawn as a gamma.
  std::int64_t k_;
};

const DistributionRegistration<Gamma, GammaParams> registered_gamma{
    {.name = "gamma",
     .title = "Gamma",
     .summary =
         "A sum of exponential stages whose number need not be whole; the variance is mean^2 "
         "divided by the shape.",
     .source = "drawn by Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, "
               "2000",
     .example = "gamma(2.5, <4>)"}};

const DistributionRegistration<Erlang, ErlangParams> registered_erlang{
    {.name = "erlang",
     .title = "Erlang",
     .summary = "A sum of k exponential stages of equal mean; less variable than one of them.",
     .example = "erlang(3, <4>)"}};

}  // namespace
}  // namespace faultline::sim
