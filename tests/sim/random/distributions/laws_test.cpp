/// Every registered distribution against the law it says it is: moments, goodness of fit, the
/// values that the moments must have by hand, and the first draws, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "sim/random/distribution.hpp"
#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using testing::kolmogorov_smirnov;
using testing::kolmogorov_smirnov_limit;
using testing::moments_of;
using testing::stream_of;

constexpr double inf = INFINITY;

struct Law {
  const char* text;  ///< As a number distribution.
  double mean;       ///< By hand.
  double variance;   ///< By hand.
  double minimum = 0;
  std::array<double, 5> first{};  ///< Draws of the stream named like the text.
  bool light_tail = true;  ///< Four moments exist, so that sample mean and variance have errors.
};

// Gamma(1.5) = sqrt(pi) / 2; phi(1) / Phi(1) = 0.287599971; pi and e as usual.
const std::vector<Law>& laws() {
  static const std::vector<Law> all{
      {.text = "constant(2.5)",
       .mean = 2.5,
       .variance = 0,
       .minimum = 2.5,
       .first = {0x1.4p+1, 0x1.4p+1, 0x1.4p+1, 0x1.4p+1, 0x1.4p+1}},
      {.text = "uniform(-1, 5)",
       .mean = 2,
       .variance = 3,
       .minimum = -1,
       .first = {0x1.3be5896678126p+2, 0x1.cb71b0fd9d5ap+0, 0x1.f3741f5211918p+0,
                 0x1.4c0b62865b1ep+1, 0x1.ec61a618a963cp+0}},
      {.text = "exponential(4)",
       .mean = 4,
       .variance = 16,
       .first = {0x1.00f88436b9e32p+2, 0x1.c4d10d48711e7p+0, 0x1.8bfc511f37eefp+1,
                 0x1.af530cdfab275p+2, 0x1.74727652b4851p+0}},
      {.text = "normal(10, 2)",
       .mean = 10.000002973439882,
       .variance = 3.9999702655923406,
       .first = {0x1.c9e86ef7f4a1p+2, 0x1.4a2a7742fc826p+3, 0x1.2e5be7ad1a8bcp+3,
                 0x1.1c9c9b84007d3p+3, 0x1.7f80d5d62149ap+3}},
      {.text = "normal(1, 1)",
       .mean = 1.2875999709391784,
       .variance = 0.6296862857766054,
       .first = {0x1.f220f392d6b11p+0, 0x1.4985a27f8f833p+0, 0x1.f7d5bc9c2998ep-1,
                 0x1.6c8976eaba23dp+0, 0x1.6e8de07dd064fp+1}},
      {.text = "normal(0, 3)",
       .mean = 2.393653682408596,
       .variance = 3.270422048691768,
       .first = {0x1.2c12e93f19a0dp+1, 0x1.bce0b6fb73ad8p+1, 0x1.1ce3953cd22c9p+1,
                 0x1.fb0ce0762f361p-2, 0x1.c79691c8b4408p+0}},
      {.text = "lognormal(4, 0.5)",
       .mean = 4.532593812267305,
       .variance = 5.835133664198187,
       .first = {0x1.7a9a035ca5074p+1, 0x1.b114456da67e5p+2, 0x1.b9120f098473bp+2,
                 0x1.6244af2dd180ep+1, 0x1.6b0e3dbf688fep+2}},
      {.text = "lognormal(mean=4, cv=0.5)",
       .mean = 4,
       .variance = 4,
       .first = {0x1.3c1b5d4b87de9p+2, 0x1.4fd8874c6b994p+1, 0x1.008e4cbd0b324p+1,
                 0x1.49efc59919c3p+1, 0x1.22546ed722678p+1}},
      {.text = "lognormal(4, 2)",
       .mean = 29.5562243957226,
       .variance = 46821.75739213735,
       .first = {0x1.36ed5bd2a18adp+3, 0x1.64d852d85e93fp+4, 0x1.467e8918fb355p+6,
                 0x1.778fc16e075fap+2, 0x1.517fd9f7e2f16p+2},
       .light_tail = false},
      {.text = "gamma(0.3, 2)",
       .mean = 2,
       .variance = 4 / 0.3,
       .first = {0x1.d8e067a92a0e5p-4, 0x1.cd59bc79a7aa6p+1, 0x1.782c777390ad1p+1,
                 0x1.2f2fb826e8c66p-3, 0x1.c1ffb0d4a4547p-13}},
      {.text = "gamma(2.5, 2)",
       .mean = 2,
       .variance = 1.6,
       .first = {0x1.9336c6396edbbp-2, 0x1.8fea1e417f0b1p+0, 0x1.bf44da0642104p+1,
                 0x1.325d14886769fp+1, 0x1.e5d7197bd4885p+0}},
      {.text = "erlang(3, 6)",
       .mean = 6,
       .variance = 12,
       .first = {0x1.7ed706ab2f004p+1, 0x1.5d6dc275557ap+3, 0x1.410ea59fe2ad5p+3,
                 0x1.8a7e3fad77387p+1, 0x1.b525025ca394ap+1}},
      {.text = "erlang(20, 6)",
       .mean = 6,
       .variance = 1.8,
       .first = {0x1.ac8545da9744fp+2, 0x1.2c2cc69ba52f4p+2, 0x1.29f3516a13d77p+2,
                 0x1.b7ad9d2b41d29p+2, 0x1.9b2131d990cb5p+1}},
      {.text = "weibull(2, 3)",
       .mean = 2.658680776358274,
       .variance = 1.931416529422965,
       .first = {0x1.263716203539ap+2, 0x1.0141c29407a4dp+2, 0x1.0c1ebe043a87cp+0,
                 0x1.3db9f0a2fa8c6p+1, 0x1.a90547c3ec608p+0}},
      {.text = "weibull(0.5, 3)",
       .mean = 6,
       .variance = 180,
       .first = {0x1.e37c0e31e76d4p-4, 0x1.0c85484c00468p+1, 0x1.695595047c0bfp-2,
                 0x1.19b9e4a803e2cp-1, 0x1.6a74f031f954bp-7},
       .light_tail = false},
      {.text = "pareto(5, 2)",
       .mean = 2.5,
       .variance = 0.4166666666666667,
       .minimum = 2,
       .first = {0x1.042e0fefd6d5cp+1, 0x1.91f937917ca07p+1, 0x1.a934a7d94b3bdp+1,
                 0x1.5a25866ed8e1dp+1, 0x1.824920a1bbfdcp+1},
       .light_tail = false},
      {.text = "pareto(1.5, 2)",
       .mean = 6,
       .variance = inf,
       .minimum = 2,
       .first = {0x1.310e8c1c32d68p+5, 0x1.8f2b84e32ab9cp+3, 0x1.c93c9f463de18p+3,
                 0x1.3f6a64bb7fa2ap+1, 0x1.3244167a2c5c2p+1},
       .light_tail = false},
      {.text = "pareto(0.9, 2)",
       .mean = inf,
       .variance = inf,
       .minimum = 2,
       .first = {0x1.57076180f64fp+1, 0x1.1fd115732a4f7p+1, 0x1.40b24919a611ep+4,
                 0x1.4e54188adf22p+2, 0x1.7622f86b0b6e5p+1},
       .light_tail = false},
      // With shape 1 and bounds 1 and 10: mean = 10/9 ln 10, second moment = 10/9 * 9 = 10.
      {.text = "bounded_pareto(1, 1, 10)",
       .mean = 2.558427881104495,
       .variance = 3.454446777187163,
       .minimum = 1,
       .first = {0x1.a2bc2888d0194p+0, 0x1.eda537070e50ep+0, 0x1.7fd0e1868b20ap+1,
                 0x1.9986757d08d0ep+1, 0x1.a6cb8f0ac5baep+1}},
      // With shape 2: mean = 2/0.99 * 0.9, second moment = 2/0.99 ln 10.
      {.text = "bounded_pareto(2, 1, 10)",
       .mean = 1.8181818181818181,
       .variance = 1.3459019325866855,
       .minimum = 1,
       .first = {0x1.28b18ba505cd9p+0, 0x1.670eff8c7c84bp+0, 0x1.c6690f155fe77p+1,
                 0x1.21a45c7d3b15ep+0, 0x1.7d5514ff0364ap+1}},
      {.text = "hyperexponential(2, 3)",
       .mean = 2,
       .variance = 36,
       .first = {0x1.36a4f3cfd5d36p-2, 0x1.c6ee51485a59ap-2, 0x1.1e9d246797a8bp-6,
                 0x1.4e327eca0d62dp-1, 0x1.f6ad44d800c43p-2},
       .light_tail = false},
      {.text = "hyperexponential(probabilities=[25%, 75%], means=[4, 1])",
       .mean = 1.75,
       .variance = 6.4375,
       .first = {0x1.340f6cab2dcb5p+3, 0x1.3ce561dbdb54p-3, 0x1.2bfc58ac7f64cp+0,
                 0x1.bfa64dd8b1671p-6, 0x1.33ac3f4e60ba5p-3}},
      {.text = "bernoulli(30%, 5)",
       .mean = 1.5,
       .variance = 5.25,
       .first = {0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x1.4p+2}},
      {.text = "discrete([1, 5, 2], [3, 1, 0])",
       .mean = 2,
       .variance = 3,
       .minimum = 1,
       .first = {0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0}},
      {.text = "discrete([4, 8])",
       .mean = 6,
       .variance = 4,
       .minimum = 4,
       .first = {0x1p+2, 0x1p+2, 0x1p+2, 0x1p+3, 0x1p+3}},
      {.text = "mixture([3, 1], exponential(1), uniform(10, 22))",
       .mean = 4.75,
       // 3/4 (1 + 3.75^2) + 1/4 (12 + 11.25^2)
       .variance = 45.9375,
       .first = {0x1.a09cecccd5965p+3, 0x1.2800808c0db9bp+4, 0x1.40e9bc112971p+3,
                 0x1.af38350b505abp-10, 0x1.4d09fa90c8595p-3}},
      {.text = "mixture([], 1, mixture([1, 1], 2, 6))",
       .mean = 2.5,
       .variance = 4.25,
       .minimum = 1,
       .first = {0x1p+1, 0x1.8p+2, 0x1p+1, 0x1.8p+2, 0x1p+0}},
  };
  return all;
}

std::vector<double> draws(const Law& law, int count) {
  const RandomNumber value{law.text};
  Stream stream = stream_of(law.text);
  std::vector<double> sample;
  sample.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) sample.push_back(value.sample(stream));
  return sample;
}

void expect_fit(const Law& law, int count) {
  SCOPED_TRACE(law.text);
  const RandomNumber value{law.text};
  const std::vector<double> sample = draws(law, count);
  EXPECT_GE(*std::min_element(sample.begin(), sample.end()), law.minimum);
  EXPECT_LT(kolmogorov_smirnov(sample, [&](double x) { return value.cdf(x); }),
            kolmogorov_smirnov_limit);
  if (!law.light_tail) return;
  const testing::Moments found = moments_of(sample);
  EXPECT_NEAR(found.mean, law.mean, 4.5 * found.mean_error + 1e-9);
  EXPECT_NEAR(found.variance, law.variance,
              4.5 * found.variance_error + 25 * law.variance / count + 1e-9);
}

TEST(Distributions, EveryRegisteredOneIsTestedHereOrInItsOwnTest) {
  std::set<std::string> tested{"empirical"};
  for (const Law& law : laws()) {
    const std::string text(law.text);
    tested.insert(text.substr(0, text.find('(')));
  }
  for (const std::string_view kind :
       {Dimension<Duration>::kind, Dimension<Bytes>::kind, Dimension<double>::kind}) {
    for (const TypeRecord* type : TypeCatalogue::instance().types(kind)) {
      EXPECT_TRUE(tested.contains(type->name())) << type->name();
      EXPECT_FALSE(type->doc().title.empty()) << type->name();
      EXPECT_FALSE(type->doc().summary.empty()) << type->name();
    }
    EXPECT_EQ(TypeCatalogue::instance().types(kind).size(), tested.size());
  }
}

TEST(Distributions, MomentsAreThoseComputedByHand) {
  for (const Law& law : laws()) {
    SCOPED_TRACE(law.text);
    const RandomNumber value{law.text};
    if (std::isinf(law.mean)) {
      EXPECT_EQ(value.mean(), inf);
    } else {
      EXPECT_NEAR(value.mean(), law.mean, 1e-12 * law.mean);
    }
    if (std::isinf(law.variance)) {
      EXPECT_EQ(value.variance(), inf);
    } else {
      EXPECT_NEAR(value.variance(), law.variance, 1e-11 * law.variance);
    }
    EXPECT_EQ(value.minimum(), law.minimum);
  }
}

TEST(Distributions, FitTheirLaws) {
  for (const Law& law : laws()) expect_fit(law, 10000);
}

TEST(SlowDistributions, FitTheirLawsAtLength) {
  for (const Law& law : laws()) expect_fit(law, 1'000'000);
}

TEST(Distributions, FirstDrawsAreTheSameEverywhere) {
  for (const Law& law : laws()) {
    SCOPED_TRACE(law.text);
    const std::vector<double> found = draws(law, 5);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(found[i], law.first[i]);
  }
}

TEST(Distributions, FastFormsDrawWhatTheVirtualOnesDraw) {
  for (const char* text : {"constant(3)", "uniform(1, 2)", "exponential(4)"}) {
    const Choice<DistributionOf<double>> choice{text};
    const auto law = choice.make({});
    EXPECT_NE(law->fast().form, Distribution::FastForm::none) << text;
    const RandomNumber value{text};
    Stream stream = stream_of(text);
    Stream twin = stream;
    for (int i = 0; i < 2000; ++i) ASSERT_EQ(value.sample(stream), law->sample(twin)) << text;
  }
}

TEST(Distributions, DimensionsDifferOnlyInTheirUnits) {
  const RandomDuration duration{"lognormal(4us, 0.5)"};
  const RandomBytes bytes{"lognormal(4kB, 0.5)"};
  const RandomNumber number{"lognormal(4000, 0.5)"};
  Stream a = stream_of("dimensions");
  Stream b = a;
  Stream c = a;
  for (int i = 0; i < 100; ++i) {
    const double expected = number.sample(a);
    EXPECT_NEAR(static_cast<double>(duration.sample(b).count()), expected, 0.5 + 1e-9);
    EXPECT_NEAR(static_cast<double>(bytes.sample(c).count), expected, 0.5 + 1e-9);
  }
}

}  // namespace
}  // namespace faultline::sim
