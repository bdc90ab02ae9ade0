#include "models/algorithms/membership/failure_detector.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/algorithms/membership/accrual.hpp"
#include "models/algorithms/random_source.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using sim::Duration;

std::unique_ptr<FailureDetector> make(const std::string& text, Duration now = 0s,
                                      Duration interval = 1s) {
  return sim::Choice<FailureDetector>(text).make({.now = now, .interval = interval});
}

double seconds(Duration duration) { return sim::to_seconds(duration); }

/// Tables of the normal distribution: P(Z > z).
TEST(NormalPhi, IsTheLogarithmOfTheTail) {
  const double table[][2] = {{0, 0.5},
                             {1, 0.158655253931457},
                             {2, 0.0227501319481792},
                             {3, 1.349898031630095e-3},
                             {4, 3.167124183311992e-5},
                             {6, 9.865876450376981e-10},
                             {10, 7.619853024160527e-24}};
  for (const auto& [z, tail] : table) {
    EXPECT_NEAR(normal_phi(z), -std::log10(tail), 1e-12 * (1 + -std::log10(tail))) << z;
  }
  for (double z = -4.9; z < 25; z += 0.037) {
    const double expected = -std::log10(0.5 * std::erfc(z / std::sqrt(2.0)));
    EXPECT_NEAR(normal_phi(z) / expected, 1, z < 0 ? 1e-8 : 1e-11) << z;
  }
}

TEST(NormalPhi, InverseUndoesIt) {
  for (const double phi : {1e-5, 0.01, 0.1, 0.30103, 1.0, 3.0, 8.0, 16.0, 300.0, 9999.0}) {
    EXPECT_NEAR(normal_phi(normal_phi_inverse(phi)) / phi, 1, 1e-9) << phi;
  }
  EXPECT_NEAR(normal_phi_inverse(std::log10(2.0)), 0,
              1e-9);  // Half of all are later than the mean.
}

/// 1, 2, 3 and 4 s: mean 2.5, variance 1.25; then 9 s drives the 1 s out: 2, 3, 4, 9: 4.5, 7.25.
TEST(IntervalWindow, ForgetsTheOldest) {
  IntervalWindow window(4);
  for (int value = 1; value <= 4; ++value) window.add(std::chrono::seconds(value));
  EXPECT_DOUBLE_EQ(window.mean(), 2.5e9);
  EXPECT_DOUBLE_EQ(window.deviation(), std::sqrt(1.25) * 1e9);
  window.add(9s);
  EXPECT_EQ(window.count(), 4u);
  EXPECT_DOUBLE_EQ(window.mean(), 4.5e9);
  EXPECT_DOUBLE_EQ(window.deviation(), std::sqrt(7.25) * 1e9);
}

TEST(IntervalWindow, EqualsTheSumsOfItsValuesAfterAnyNumber) {
  SplitMixSource chance(7);
  IntervalWindow window(10'000);
  std::vector<double> kept;
  for (int value = 0; value < 25'000; ++value) {
    const auto span = static_cast<std::int64_t>(chance.below(1'000'000'000'000'000));
    window.add(Duration(span));
    kept.push_back(static_cast<double>(span));
  }
  kept.erase(kept.begin(), kept.end() - 10'000);
  double mean = 0;
  double squares = 0;
  for (const double value : kept) mean += value / 10'000;
  for (const double value : kept) squares += (value - mean) * (value - mean) / 10'000;
  EXPECT_NEAR(window.mean() / mean, 1, 1e-12);
  EXPECT_NEAR(window.deviation() / std::sqrt(squares), 1, 1e-10);
  window.add(Duration::max());  // Counts as eleven days.
  EXPECT_LT(window.mean(), 1.01e15);
}

TEST(FixedTimeout, SuspectsAfterItsSilence) {
  const auto detector = make("fixed_timeout(2500ms)", 10s);
  EXPECT_EQ(detector->suspected_at(), 12500ms);
  EXPECT_FALSE(detector->suspects(12499ms));
  EXPECT_TRUE(detector->suspects(12500ms));
  detector->heartbeat(20s);  // It lives after all.
  EXPECT_FALSE(detector->suspects(20s));
  EXPECT_EQ(detector->suspected_at(), 22500ms);
  EXPECT_EQ(make("fixed_timeout", 1s, 200ms)->suspected_at(), 1600ms);
}

/// Mean 1000 ms, deviation 100 ms: phi 8 is 5.6120 deviations above the mean (P = 1e-8), phi 1 is
/// 1.28155, phi 3 is 3.09023 (tables of the normal distribution).
TEST(PhiAccrual, SuspectsWhereTheNormalTailSays) {
  for (const auto& [threshold, deviations] : std::vector<std::pair<std::string, double>>{
           {"1", 1.2815515655446}, {"3", 3.0902323061678}, {"8", 5.6120012441747}}) {
    const auto detector =
        make("phi_accrual(min_deviation=0s, window=100, threshold=" + threshold + ")");
    // 900 and 1100 ms in turns, until the first guess is forgotten.
    Duration now{};
    for (int beat = 0; beat < 200; ++beat) {
      now += beat % 2 == 0 ? 900ms : 1100ms;
      detector->heartbeat(now);
    }
    EXPECT_NEAR(seconds(detector->suspected_at() - now), 1 + 0.1 * deviations, 1e-8) << threshold;
  }
}

/// Akka's first guess: the interval, give or take a quarter: 1 s + 5.612 * 0.25 s.
TEST(PhiAccrual, GuessesBeforeItHasHeardAnything) {
  EXPECT_NEAR(seconds(make("phi_accrual(min_deviation=0s)")->suspected_at()), 1 + 0.25 * 5.6120012,
              1e-6);
}

/// Perfectly regular heartbeats deviate by nothing: the least deviation counts.
TEST(PhiAccrual, TakesTheLeastDeviationAndThePause) {
  const auto detector = make("phi_accrual(window=10, min_deviation=50ms, pause=3s)");
  Duration now{};
  for (int beat = 0; beat < 30; ++beat) detector->heartbeat(now += 1s);
  EXPECT_NEAR(seconds(detector->suspected_at() - now), 3 + 1 + 0.05 * 5.6120012, 1e-6);
}

/// Cassandra: phi = t / mean * log10(e), threshold 8: 18.4 means.
TEST(PhiAccrual, ExponentialIsCassandras) {
  const auto detector = make("phi_accrual(window=10, distribution=exponential)");
  Duration now{};
  for (int beat = 0; beat < 30; ++beat) detector->heartbeat(now += 1s);
  EXPECT_NEAR(seconds(detector->suspected_at() - now), 18.420680744, 1e-6);
}

/// The silence of a crash is no interval between heartbeats.
TEST(PhiAccrual, ACrashDoesNotMakeItPatient) {
  const auto detector = make("phi_accrual(window=10)");
  Duration now{};
  for (int beat = 0; beat < 30; ++beat) detector->heartbeat(now += 1s);
  const Duration before = detector->suspected_at() - now;
  detector->heartbeat(now += 100s);
  EXPECT_EQ(detector->suspected_at() - now, before);
}

/// What the scale means: of normal intervals one in 10, in 100, in 1000 is taken for a crash at
/// threshold 1, 2, 3. 100,000 heartbeats: within 4 standard errors and the few per cent by which a
/// window's deviation is off.
TEST(PhiAccrual, IsWrongAsOftenAsItSays) {
  for (const auto& [threshold, share] :
       std::vector<std::pair<std::string, double>>{{"1", 0.1}, {"2", 0.01}, {"3", 0.001}}) {
    const auto detector =
        make("phi_accrual(min_deviation=0s, window=10000, threshold=" + threshold + ")");
    SplitMixSource chance(11);
    Duration now{};
    double wrong = 0;
    for (int beat = 0; beat < 110'000; ++beat) {
      const double radius = std::sqrt(-2 * std::log(chance.uniform()));
      const double normal = radius * std::cos(6.283185307179586 * chance.uniform());
      now += Duration(static_cast<std::int64_t>(1e9 + 1e8 * normal));
      if (beat >= 10'000) wrong += detector->suspects(now);
      detector->heartbeat(now);
    }
    const double expected = 100'000 * share;
    EXPECT_NEAR(wrong, expected, 4 * std::sqrt(expected) + 0.05 * expected) << threshold;
  }
}

/// Every detector: a heartbeat never brings the suspicion nearer than the interval just kept, later
/// heartbeats later suspicion; silence is suspected some day.
TEST(FailureDetectors, KeepTheirPromises) {
  for (const std::string& name : sim::TypeCatalogue::instance().names("failure detector")) {
    SCOPED_TRACE(name);
    const auto detector = make(name, 5s);
    EXPECT_FALSE(detector->suspects(5s));
    SplitMixSource chance(3);
    Duration now = 5s;
    for (int beat = 0; beat < 1000; ++beat) {
      now += Duration(static_cast<std::int64_t>(chance.below(2'000'000'000)));
      detector->heartbeat(now);
      EXPECT_FALSE(detector->suspects(now));
      EXPECT_GT(detector->suspected_at(), now);
      EXPECT_LT(detector->suspected_at(), now + 60s);
    }
    EXPECT_FALSE(detector->suspects(detector->suspected_at() - 1ns));
    EXPECT_TRUE(detector->suspects(detector->suspected_at()));
  }
}

}  // namespace
}  // namespace faultline::models
