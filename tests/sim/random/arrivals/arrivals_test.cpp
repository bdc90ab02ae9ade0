/// Every registered arrival process: rate, gaps, and the variance of counts.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/random/arrival_process.hpp"
#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::stream_of;

std::unique_ptr<ArrivalProcess> make(const std::string& text) {
  return Choice<ArrivalProcess>(text).make({});
}

std::vector<double> gaps(const std::string& text, int count) {
  const auto process = make(text);
  Stream stream = stream_of(text);
  std::vector<double> found;
  for (int i = 0; i < count; ++i) {
    found.push_back(static_cast<double>(process->next(stream).count()));
  }
  return found;
}

/// Arrivals in each of `windows` intervals of length `window`, one after the other.
std::vector<double> counts_in_windows(ArrivalProcess& process, Stream stream, Duration window,
                                      std::size_t windows) {
  std::vector<double> counts(windows);
  Duration now{0};
  for (;;) {
    now += process.next(stream);
    const auto index = static_cast<std::size_t>(now / window);
    if (index >= windows) return counts;
    ++counts[index];
  }
}

/// Variance over mean of the counts.
double dispersion(const std::vector<double>& counts) {
  const testing::Moments moments = testing::moments_of(counts);
  return moments.variance / moments.mean;
}

struct Process {
  const char* text;
  double rate;
  std::array<std::int64_t, 5> first;
};

const std::vector<Process>& processes() {
  static const std::vector<Process> all{
      {"poisson(1000/s)", 1000, {1284877, 86042, 99042, 640188, 101596}},
      {"constant(3/s)", 3, {333333333, 333333333, 333333333, 333333334, 333333333}},
      {"renewal(5ms)", 200, {5000000, 5000000, 5000000, 5000000, 5000000}},
      {"renewal(lognormal(mean=2ms, cv=1.5))", 500, {440692, 1285383, 2412052, 711100, 736128}},
      {"mmpp2(rate1=1000/s, rate2=100/s, time1=1s, time2=2s)",
       400,
       {3858550, 477663, 393841, 571886, 638815}},
      {"mmpp2(0/s, 100/s, 10ms, 30ms)", 75, {19026654, 3178728, 19742086, 9888619, 8983257}},
  };
  return all;
}

TEST(Arrivals, EveryRegisteredKindIsTestedHere) {
  std::set<std::string> tested;
  for (const Process& process : processes()) {
    const std::string text(process.text);
    tested.insert(text.substr(0, text.find('(')));
  }
  for (const std::string& name : TypeCatalogue::instance().names(ArrivalProcess::kind)) {
    EXPECT_TRUE(tested.contains(name)) << name;
  }
}

TEST(Arrivals, MeanRateIsThatOfTheParameters) {
  for (const Process& process : processes()) {
    EXPECT_NEAR(make(process.text)->mean_rate().per_second, process.rate, 1e-9 * process.rate)
        << process.text;
  }
}

TEST(Arrivals, FirstGapsAreTheSameEverywhere) {
  for (const Process& process : processes()) {
    const std::vector<double> found = gaps(process.text, 5);
    const std::vector<double> pinned(process.first.begin(), process.first.end());
    EXPECT_EQ(found, pinned) << process.text;
  }
}

TEST(Arrivals, PoissonGapsAreExponential) {
  const std::vector<double> sample = gaps("poisson(1000/s)", 50000);
  EXPECT_LT(testing::kolmogorov_smirnov(sample,
                                        [](double x) { return x < 0 ? 0 : -std::expm1(-x / 1e6); }),
            testing::kolmogorov_smirnov_limit);
}

TEST(Arrivals, PoissonCountsHaveTheirMeanAsVariance) {
  // 5000 windows of 20 arrivals. The index of dispersion of a sample of n Poisson counts has a
  // standard deviation of about sqrt(2 / n).
  constexpr std::size_t windows = 5000;
  const auto counts =
      counts_in_windows(*make("poisson(1000/s)"), stream_of("poisson counts"), 20ms, windows);
  EXPECT_NEAR(testing::moments_of(counts).mean, 20, 4.5 * std::sqrt(20.0 / windows));
  EXPECT_NEAR(dispersion(counts), 1, 4.5 * std::sqrt(2.0 / windows));
}

TEST(Arrivals, RoundingDoesNotAddUp) {
  // 3/s: after 3000 arrivals 1000 s have passed, though a third of a second is no whole number of
  // nanoseconds. Each arrival is less than 1 ns before its exact time.
  Duration now{0};
  for (const double gap : gaps("constant(3/s)", 3000)) now += Duration{static_cast<int>(gap)};
  EXPECT_LE(now, 1000s);
  EXPECT_GE(now, 1000s - 1ns);
  // Nor at a rate at which most gaps are below a nanosecond or two.
  constexpr int n = 100000;
  double sum = 0;
  for (const double gap : gaps("poisson(700000000/s)", n)) sum += gap;
  EXPECT_NEAR(sum / n, 1 / 0.7, 4.5 / 0.7 / std::sqrt(n));
}

TEST(Arrivals, ConstantGapsAreEqual) {
  for (const double gap : gaps("constant(200/s)", 100)) EXPECT_EQ(gap, 5e6);
}

TEST(Arrivals, RenewalGapsFollowTheirLaw) {
  // Erlang of 2 stages, mean 4 ms: P(X > x) = e^-t (1 + t) with t = x / 2 ms.
  const std::vector<double> sample = gaps("renewal(erlang(2, 4ms))", 50000);
  EXPECT_LT(
      testing::kolmogorov_smirnov(
          sample, [](double x) { return x < 0 ? 0 : 1 - std::exp(-x / 2e6) * (1 + x / 2e6); }),
      testing::kolmogorov_smirnov_limit);
}

TEST(Arrivals, RenewalCountsAreAsDispersedAsTheirGaps) {
  // The counts of long windows have an index of dispersion of cv^2 = 4.
  const auto counts = counts_in_windows(*make("renewal(hyperexponential(1ms, 2))"),
                                        stream_of("renewal counts"), 1s, 2000);
  EXPECT_NEAR(dispersion(counts), 4, 4.5 * 4 * std::sqrt(2.0 / 2000) + 0.02);
}

/// The index of dispersion of MMPP2 counts in a window of `t` seconds, from the cookbook.
double mmpp2_dispersion(double rate1, double rate2, double time1, double time2, double t) {
  const double r1 = 1 / time1;
  const double r2 = 1 / time2;
  const double r = r1 + r2;
  const double c =
      2 * r1 * r2 * (rate1 - rate2) * (rate1 - rate2) / (r * r * (rate1 * r2 + rate2 * r1));
  return 1 + c - c * (1 - std::exp(-r * t)) / (r * t);
}

TEST(Arrivals, Mmpp2CountsAreAsDispersedAsTheFormulaSays) {
  for (const double t : {0.001, 0.01, 0.1}) {
    // Windows of very different length against the stays of 20 and 40 ms; cut into 20 batches,
    // whose spread gives the standard error.
    const auto process = make("mmpp2(rate1=2000/s, rate2=200/s, time1=20ms, time2=40ms)");
    const auto window = from_seconds(t);
    constexpr std::size_t batches = 20;
    const std::size_t windows = t < 0.005 ? 10000 : t < 0.05 ? 2000 : 500;
    std::vector<double> indices;
    for (std::size_t batch = 0; batch < batches; ++batch) {
      const auto counts =
          counts_in_windows(*process, stream_of("mmpp2", batch + 1), window, windows);
      indices.push_back(dispersion(counts));
    }
    const testing::Moments found = testing::moments_of(indices);
    const double expected = mmpp2_dispersion(2000, 200, 0.02, 0.04, t);
    EXPECT_GT(expected, 1.5);
    EXPECT_NEAR(found.mean, expected, 4.5 * found.mean_error + 0.01 * expected) << t;
  }
}

TEST(Arrivals, Mmpp2KeepsItsMeanRateAndStartsInEquilibrium) {
  // The mean time to the first arrival from equilibrium differs between the states; the share of
  // runs that begin in the first state is time1 / (time1 + time2) = 1/3. With rate2 = 0 and stays
  // far longer than a gap, a first gap below 1 s means the first state.
  int first_state = 0;
  constexpr int runs = 3000;
  for (int run = 0; run < runs; ++run) {
    const auto process = make("mmpp2(1000/s, 0/s, 1h, 2h)");
    Stream stream = stream_of("mmpp2 start", static_cast<std::uint64_t>(run));
    first_state += process->next(stream) < 1s ? 1 : 0;
  }
  EXPECT_NEAR(first_state, runs / 3.0, 4.5 * std::sqrt(runs * 2.0 / 9) + 2);
  const auto sample = gaps("mmpp2(0/s, 100/s, 10ms, 30ms)", 100000);
  EXPECT_NEAR(testing::moments_of(sample).mean, 1e9 / 75, 1e9 / 75 * 0.03);
}

std::string problem_of(const char* text) {
  Problems problems;
  ReadContext context{problems};
  read_choice(ArrivalProcess::kind, Json(text), Path("p"), context);
  return problems.empty() ? "" : problems.sorted().front().to_text();
}

TEST(Arrivals, ParametersAreChecked) {
  EXPECT_EQ(problem_of("poisson(500/s)"), "");
  EXPECT_EQ(problem_of("poisson(0/s)"), "p.rate: expected more than 0/s, got 0/s");
  EXPECT_EQ(problem_of("constant(2000000000/s)"),
            "p.rate: expected at most 1000000000/s, got 2000000000/s");
  EXPECT_EQ(problem_of("renewal(0s)"), "p.interarrival: expected a mean of more than 0s, got 0s");
  EXPECT_EQ(problem_of("renewal(bernoulli(0%, 1s))"),
            "p.interarrival: expected a mean of more than 0s, got 0s");
  EXPECT_EQ(problem_of("mmpp2(0/s, 0/s, 1s, 1s)"),
            "p: expected an arrival rate above 0 in at least one state");
  EXPECT_EQ(problem_of("mmpp2(0/s, 1/d, 1ns, 1ns)"),
            "p: expected an arrival at least every million cycles of both states");
}

TEST(Arrivals, ARateNextToNothingEndsAtTheLimit) {
  const auto process = make("poisson(1e-300/s)");
  Stream stream = stream_of("rare");
  EXPECT_EQ(process->next(stream).count(), std::int64_t{1} << 62);
}

TEST(SlowArrivals, HoldTheirMeanRate) {
  for (const Process& process : processes()) {
    // Standard error by batches, for gaps of a burst depend on each other.
    constexpr int batches = 50;
    const auto made = make(process.text);
    Stream stream = stream_of("long", 7);
    std::vector<double> means;
    for (int batch = 0; batch < batches; ++batch) {
      double sum = 0;
      constexpr int each = 100000;
      for (int i = 0; i < each; ++i) sum += static_cast<double>(made->next(stream).count()) / each;
      means.push_back(sum);
    }
    const testing::Moments found = testing::moments_of(means);
    EXPECT_NEAR(found.mean, 1e9 / process.rate, 4.5 * found.mean_error + 1e-3) << process.text;
  }
}

}  // namespace
}  // namespace faultline::sim
