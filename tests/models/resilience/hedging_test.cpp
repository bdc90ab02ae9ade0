/// Hedging against its exact law. A leaf answers after T: with probability 99 % exp(5 ms), else
/// exp(200 ms). Let S(t) = P(T > t). A hedge after d, an independent draw, is answered after d +
/// T', so the answer comes after min(T, d + T'), and
///
///   P(answer > t) = S(t)             for t < d
///                   S(t) S(t - d)    for t >= d.
#include <cmath>

#include "tests/models/resilience/caller_scenario.hpp"

namespace faultline {
namespace {

using tests::run_spec;
using tests::scalar_of;
using tests::spec_of;
using tests::warmed_scenario;

/// P(T > t), t in milliseconds. The test may use the C library: it compares, it does not simulate.
double slower(double t) { return 0.99 * std::exp(-t / 5) + 0.01 * std::exp(-t / 200); }
double hedged_slower(double t, double d) { return t < d ? slower(t) : slower(t) * slower(t - d); }

/// Where a falling function is 1 - share.
template <class Function>
double quantile(Function function, double share) {
  double low = 0, high = 1e5;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (function(middle) > 1 - share ? low : high) = middle;
  }
  return low;
}

/// 1000 calls a second to leaves that are never busy; the latencies of 300,000.
sim::Result leaf(const std::string& caller, const std::string& duration = "310s") {
  return run_spec(spec_of(warmed_scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "poisson(1000/s)", "target": "leaf"{}{}}},
      "leaf": {{"type": "database", "connections": 1000000, "service_time":
        "mixture([99, 1], exponential(5ms), exponential(200ms))"}})json",
          caller.empty() ? "" : ", ", caller),
      duration, "10s", R"("network": {"default_latency": "0s"})")));
}

/// The quantile of a result may be off by what 300,000 samples leave open (five standard errors,
/// from the density there) and by the histogram's half per cent; `bias`: by what else.
template <class Function>
void expect_quantiles(const sim::Result& result, Function function, double bias = 0) {
  const auto count = static_cast<double>(result.requests.latency.count());
  for (const double share : {0.5, 0.9, 0.95, 0.99, 0.999}) {
    const double exact = quantile(function, share);
    const double density = (function(exact - 0.01) - function(exact + 0.01)) / 0.02;
    const double error = std::sqrt(share * (1 - share) / count) / density;
    EXPECT_NEAR(static_cast<double>(result.requests.latency.quantile(share)) / 1e6, exact,
                5 * error + (0.005 + bias) * exact)
        << share;
  }
}

TEST(SlowHedging, WithoutItTheTailIsThatOfTheLeaf) {
  EXPECT_NEAR(quantile(slower, 0.99), 32.466, 0.001);
  EXPECT_NEAR(quantile(slower, 0.999), 460.517, 0.001);
  expect_quantiles(leaf(""), slower);
}

TEST(SlowHedging, AtAFixedDelayFollowsItsLaw) {
  // The 95th percentile of the leaf is 15.949 ms.
  const double delay = quantile(slower, 0.95);
  EXPECT_NEAR(delay, 15.9492, 0.0001);
  const auto hedged = [delay](double t) { return hedged_slower(t, delay); };
  EXPECT_NEAR(quantile(hedged, 0.99), 20.615, 0.001);
  EXPECT_NEAR(quantile(hedged, 0.999), 28.812, 0.001);
  const sim::Result result = leaf(R"json("hedge": "fixed_delay(15949222ns)")json");
  expect_quantiles(result, hedged);
  // One call in twenty is hedged; the hedge wins if it is quicker than what is left of the first.
  EXPECT_NEAR(scalar_of(result, "users", "attempts_per_call"), 1.05, 0.003);
  // Of hedged calls the first takes d + R more, where R > r has probability S(d + r) / S(d). The
  // hedge wins with probability integral of f(r) S(d + r) / S(d) dr, f the density of a leaf.
  double wins = 0;
  const double step = 0.001;
  for (double r = step / 2; r < 5000; r += step) {
    const double density = 0.99 / 5 * std::exp(-r / 5) + 0.01 / 200 * std::exp(-r / 200);
    wins += density * slower(delay + r) / slower(delay) * step;
  }
  const double sent = scalar_of(result, "users", "hedges_sent");
  EXPECT_NEAR(scalar_of(result, "users", "hedges_won") / sent, wins,
              5 * std::sqrt(wins * (1 - wins) / sent));
}

TEST(SlowHedging, AtTheObservedPercentileIsTheSameWithinItsBuckets) {
  // The percentile is that of a bucket, up to 1/32 above the exact one, and that of the last
  // thousand calls.
  const double delay = quantile(slower, 0.95);
  const sim::Result result = leaf(R"json("hedge": "percentile(95%)")json");
  expect_quantiles(
      result, [delay](double t) { return hedged_slower(t, delay); }, 0.03);
  EXPECT_NEAR(scalar_of(result, "users", "attempts_per_call"), 1.05, 0.005);
}

TEST(SlowHedging, EachFurtherHedgeMultipliesTheTailAgain) {
  // P(answer > t) = S(t) S(t - d) S(t - 2 d): of three messages.
  const double delay = 10;
  const sim::Result result = leaf(R"json("hedge": "fixed_delay(10ms, hedges=2)")json");
  expect_quantiles(result, [delay](double t) {
    return hedged_slower(t, delay) * (t < 2 * delay ? 1 : slower(t - 2 * delay));
  });
}

}  // namespace
}  // namespace faultline
