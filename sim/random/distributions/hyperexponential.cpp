/// Hyperexponential: one of several exponential laws, chosen anew for each draw; more variable than
/// an exponential. Moments: mean = sum p_i m_i, variance = 2 sum p_i m_i^2 - mean^2. Given by
/// probabilities and means, or by mean and cv >= 1, which stands for two branches with balanced
/// means (p_1 m_1 = p_2 m_2): p_1 = (1 + sqrt((cv^2 - 1) / (cv^2 + 1))) / 2.
/// Source: Tijms, "A First Course in Stochastic Models", 2003, appendix B.
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <vector>

#include "sim/random/alias_table.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

template <class D>
struct HyperexponentialParams {
  std::optional<D> mean;
  std::optional<double> cv;
  std::vector<Probability> probabilities;
  std::vector<D> means;

  static void describe(ParamList<HyperexponentialParams>& list) {
    list.add("mean", &HyperexponentialParams::mean, "Mean; with cv").above(D{});
    list.add("cv", &HyperexponentialParams::cv, "Standard deviation divided by the mean")
        .between(1, 1e6);
    list.add("probabilities", &HyperexponentialParams::probabilities,
             "Probability of each branch; with means");
    list.add("means", &HyperexponentialParams::means, "Mean of each branch").above(D{});
  }
  static void check(const HyperexponentialParams& params, const Path& path, Problems& problems) {
    const bool has_lists = !params.probabilities.empty() || !params.means.empty();
    const bool has_moments = params.mean || params.cv;
    if (has_lists == has_moments || (has_moments && !(params.mean && params.cv))) {
      problems.add(path, "expected either mean and cv or probabilities and means",
                   "write hyperexponential(mean, cv)");
      return;
    }
    if (!has_lists) return;
    if (params.probabilities.size() != params.means.size()) {
      problems.add(path / "means", fmt::format("expected {}, one for each probability, got {}",
                                               params.probabilities.size(), params.means.size()));
      return;
    }
    double sum = 0;
    for (const Probability p : params.probabilities) sum += p.value;
    constexpr double tolerance = 1e-6;
    if (sum < 1 - tolerance || sum > 1 + tolerance) {
      problems.add(path / "probabilities",
                   fmt::format("expected a sum of 100%, got {}%", number_text(sum * 100)));
    }
  }
};

template <class D>
class Hyperexponential final : public DistributionOf<D> {
 public:
  Hyperexponential(const HyperexponentialParams<D>& params,
                   const typename DistributionOf<D>::MakeArgs&)
      : branch_(weights(params)), means_(means(params)) {}

  double sample(Stream& stream) const override {
    const std::size_t branch = branch_.sample(stream);
    return means_[branch] * standard_exponential(stream);
  }
  double mean() const override {
    double sum = 0;
    for (std::size_t i = 0; i < means_.size(); ++i) sum += branch_.probability(i) * means_[i];
    return sum;
  }
  double variance() const override {
    double squares = 0;
    for (std::size_t i = 0; i < means_.size(); ++i) {
      squares += branch_.probability(i) * means_[i] * means_[i];
    }
    return 2 * squares - mean() * mean();
  }
  double cdf(double x) const override {
    if (x <= 0) return 0;
    double sum = 0;
    for (std::size_t i = 0; i < means_.size(); ++i) {
      sum += branch_.probability(i) * -portable::expm1(-x / means_[i]);
    }
    return sum;
  }
  double minimum() const override { return 0; }

 private:
  /// The probability of the shorter of two branches with balanced means.
  static double first_of_two(double cv) {
    return 0.5 + 0.5 * std::sqrt((cv * cv - 1) / (cv * cv + 1));
  }
  /// That of the longer, 1 - p; without cancellation, for it is tiny when cv is large.
  static double second_of_two(double cv) { return 0.5 / (cv * cv + 1) / first_of_two(cv); }

  static std::vector<double> weights(const HyperexponentialParams<D>& params) {
    if (params.cv) return {first_of_two(*params.cv), second_of_two(*params.cv)};
    std::vector<double> weights;
    for (const Probability p : params.probabilities) weights.push_back(p.value);
    return weights;
  }
  static std::vector<double> means(const HyperexponentialParams<D>& params) {
    if (params.cv) {
      const double half = 0.5 * Dimension<D>::to_base(*params.mean);
      return {half / first_of_two(*params.cv), half / second_of_two(*params.cv)};
    }
    std::vector<double> means;
    for (const D mean : params.means) means.push_back(Dimension<D>::to_base(mean));
    return means;
  }

  AliasTable branch_;
  std::vector<double> means_;
};

const DistributionRegistration<Hyperexponential, HyperexponentialParams> registered{
    {.name = "hyperexponential",
     .title = "Hyperexponential",
     .summary = "One of several exponential laws, chosen anew for each draw; more variable than an "
                "exponential. Given by mean and cv (two branches with balanced means), or by the "
                "branches.",
     .source = "Tijms, A First Course in Stochastic Models, 2003, appendix B",
     .example = "hyperexponential(<4>, 3)"}};

}  // namespace
}  // namespace faultline::sim
