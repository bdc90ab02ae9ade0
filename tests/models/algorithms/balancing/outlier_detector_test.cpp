#include "models/algorithms/balancing/outlier_detector.hpp"

#include <gtest/gtest.h>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

void err(OutlierDetector& detector, std::size_t host, int times, sim::Duration now) {
  while (times-- > 0) detector.record(host, true, now);
}

TEST(OutlierDetector, HasEnvoysDefaults) {
  const OutlierParams params;
  EXPECT_EQ(params.consecutive_errors, 5);
  EXPECT_EQ(params.interval, 10s);
  EXPECT_EQ(params.base_ejection, 30s);
  EXPECT_EQ(params.max_ejection, 300s);
  EXPECT_EQ(params.max_ejected.value, 0.1);
  EXPECT_EQ(params.success_rate_hosts, 5);
  EXPECT_EQ(params.success_rate_requests, 100);
  EXPECT_EQ(params.success_rate_factor, 1.9);
}

TEST(OutlierDetector, TheFifthErrorInARowEjects) {
  OutlierDetector detector({}, 3);
  for (int error = 0; error < 4; ++error) EXPECT_FALSE(detector.record(1, true, 1s));
  EXPECT_FALSE(detector.record(1, false, 1s));  // The row is broken.
  for (int error = 0; error < 4; ++error) EXPECT_FALSE(detector.record(1, true, 1s));
  EXPECT_TRUE(detector.record(1, true, 1s));
  EXPECT_TRUE(detector.ejected(1));
  EXPECT_EQ(detector.ejected_count(), 1u);
}

/// Ejected at 1 s for 30 s, and noticed at the sweep of 40 s. Ejected again at once: 60 s. Ejected
/// a third time: 90 s.
TEST(OutlierDetector, TheNthEjectionLastsNTimesAsLong) {
  OutlierDetector detector({}, 3);
  err(detector, 0, 5, 1s);
  EXPECT_TRUE(detector.sweep(10s).back.empty());
  EXPECT_TRUE(detector.sweep(30s).back.empty());  // 29 s
  EXPECT_EQ(detector.sweep(40s).back, std::vector<std::size_t>{0});
  err(detector, 0, 5, 41s);
  EXPECT_EQ(detector.ejection_time(0), 60s);
  EXPECT_TRUE(detector.sweep(100s).back.empty());  // 59 s
  EXPECT_EQ(detector.sweep(110s).back.size(), 1u);
  err(detector, 0, 5, 111s);
  EXPECT_EQ(detector.ejection_time(0), 90s);
}

TEST(OutlierDetector, NeverLongerThanTheCap) {
  OutlierDetector detector({}, 2);
  sim::Duration now{};
  for (int times = 1; times <= 40; ++times) {
    err(detector, 0, 5, now);
    ASSERT_TRUE(detector.ejected(0));
    EXPECT_EQ(detector.ejection_time(0), std::min<sim::Duration>(300s, times * 30s)) << times;
    now += 300s;
    detector.sweep(now);
    ASSERT_FALSE(detector.ejected(0));
  }
  // Once well it takes a sweep for each ejection to be as good as new: 10 or 11 of them.
  for (int sweep = 0; sweep < 11; ++sweep) detector.sweep(now += 10s);
  err(detector, 0, 5, now);
  EXPECT_EQ(detector.ejection_time(0), 30s);
}

/// 10 % of 30 hosts are three; of 19 it is one; of three one may be ejected all the same.
TEST(OutlierDetector, TenPerCentButAtLeastOne) {
  for (const auto& [hosts, most] : std::vector<std::pair<std::size_t, std::size_t>>{
           {1, 1}, {3, 1}, {19, 1}, {20, 2}, {30, 3}}) {
    OutlierDetector detector({}, hosts);
    EXPECT_EQ(detector.ejected_max(), most);
    for (std::size_t host = 0; host < hosts; ++host) err(detector, host, 5, 1s);
    EXPECT_EQ(detector.ejected_count(), most) << hosts;
  }
}

/// Nine hosts at 100 % and one at 50 %: mean 95 %, deviation sqrt((9 * 5^2 + 45^2) / 10) = 15 %; 95
/// - 1.9 * 15 = 66.5: out. At 100 - 10 x per cent the ratio is always 3 deviations, so any x is out
/// with ten hosts; with five it is (4/5) / sqrt(4/25) = 2 deviations, still out; with equals nobody
/// is.
TEST(OutlierDetector, EjectsByTheSuccessRate) {
  OutlierParams params{.consecutive_errors = 1000};
  for (const std::size_t hosts : {5u, 10u}) {
    OutlierDetector detector(params, hosts);
    for (std::size_t host = 0; host < hosts; ++host) {
      for (int answer = 0; answer < 100; ++answer) {
        detector.record(host, host == 3 && answer % 2 == 0, 1s);
      }
    }
    EXPECT_EQ(detector.sweep(10s).ejected, std::vector<std::size_t>{3}) << hosts;
  }
  // Four hosts are too few, and 99 answers not enough.
  for (const auto& [hosts, answers] : std::vector<std::pair<std::size_t, int>>{{4, 100}, {9, 99}}) {
    OutlierDetector detector(params, hosts);
    for (std::size_t host = 0; host < hosts; ++host) {
      for (int answer = 0; answer < answers; ++answer) detector.record(host, host == 3, 1s);
    }
    EXPECT_TRUE(detector.sweep(10s).ejected.empty()) << hosts;
  }
  OutlierDetector equals(params, 7);
  for (std::size_t host = 0; host < 7; ++host) {
    for (int answer = 0; answer < 300; ++answer) equals.record(host, answer % 3 == 0, 1s);
  }
  EXPECT_TRUE(equals.sweep(10s).ejected.empty());
}

/// Random answers for 2000 sweeps: never more ejected than may be, the count is right, nobody comes
/// back early, and whoever is ejected was not before.
TEST(OutlierDetector, KeepsItsLimitsThroughAnySequence) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed);
    const std::size_t hosts = 1 + chance.below(40);
    OutlierDetector detector({.consecutive_errors = 3, .success_rate_requests = 10}, hosts);
    std::vector<bool> out(hosts);
    std::vector<sim::Duration> since(hosts);
    sim::Duration now{};
    for (int sweep = 0; sweep < 2000; ++sweep) {
      const std::uint64_t ill = chance.below(101);
      for (int answer = 0; answer < 100; ++answer) {
        now += 100ms;
        const std::size_t host = chance.below(hosts);
        if (detector.record(host, chance.below(100) < ill, now)) {
          ASSERT_FALSE(out[host]);
          out[host] = true;
          since[host] = now;
        }
        ASSERT_LE(detector.ejected_count(), detector.ejected_max());
      }
      const auto changes = detector.sweep(now);
      for (const std::size_t host : changes.back) {
        ASSERT_TRUE(out[host]);
        ASSERT_GE(now - since[host], 30s);
        out[host] = false;
      }
      for (const std::size_t host : changes.ejected) {
        ASSERT_FALSE(out[host]);
        out[host] = true;
        since[host] = now;
      }
      std::size_t count = 0;
      for (std::size_t host = 0; host < hosts; ++host) {
        ASSERT_EQ(detector.ejected(host), out[host]);
        count += out[host];
        if (out[host]) {
          ASSERT_LE(now - since[host], 300s + 10s);
        }
      }
      ASSERT_EQ(detector.ejected_count(), count);
      ASSERT_LE(count, detector.ejected_max());
    }
  }
}

}  // namespace
}  // namespace faultline::models
