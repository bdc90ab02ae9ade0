#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "tests/models/algorithms/membership/detector_fixture.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using membership_test::make;
using sim::Duration;

double seconds(Duration duration) { return sim::to_seconds(duration); }

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

}  // namespace
}  // namespace faultline::models
