#include "models/algorithms/balancing/zone_split.hpp"

#include <gtest/gtest.h>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

TEST(ZoneSplit, AsManyBackendsAsCallersStayAtHome) {
  EXPECT_EQ(zone_split({{2, 4}, {2, 4}, {2, 4}}, 1), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(zone_split({{1, 7}, {1, 1}}, 0), (std::vector<double>{1, 0}));
}

/// Two zones with a balancer each; of 6 backends 2 stand in zone 0. Half of the callers, a third of
/// the backends: two thirds stay, a third goes over. So zone 0 has 1/2 * 2/3 = 1/3 of the load.
TEST(ZoneSplit, TheRestGoesWhereBackendsAreToSpare) {
  const auto shares = zone_split({{1, 2}, {1, 4}}, 0);
  EXPECT_DOUBLE_EQ(shares[0], 2.0 / 3);
  EXPECT_DOUBLE_EQ(shares[1], 1.0 / 3);
  EXPECT_EQ(zone_split({{1, 2}, {1, 4}}, 1), (std::vector<double>{0, 1}));
}

/// Shares of backends 1/10, 5/10, 4/10 against a third of the callers each: zone 0 keeps 3/10;
/// zones 1 and 2 have 5/30 and 2/30 to spare, so 5 : 2 of the 7/10.
TEST(ZoneSplit, InProportionToWhatIsToSpare) {
  const auto shares = zone_split({{1, 1}, {1, 5}, {1, 4}}, 0);
  EXPECT_DOUBLE_EQ(shares[0], 0.3);
  EXPECT_DOUBLE_EQ(shares[1], 0.5);
  EXPECT_DOUBLE_EQ(shares[2], 0.2);
}

TEST(ZoneSplit, AZoneWithoutBackendsSendsAllAway) {
  EXPECT_EQ(zone_split({{1, 0}, {1, 3}}, 0), (std::vector<double>{0, 1}));
}

/// Every caller splits so; then every zone gets its share of the backends: all backends are loaded
/// alike, whatever stands where.
TEST(ZoneSplit, AllBackendsGetTheSame) {
  SplitMixSource chance(2);
  for (int trial = 0; trial < 5000; ++trial) {
    std::vector<ZoneCounts> zones(1 + chance.below(6));
    double callers = 0;
    double backends = 0;
    for (ZoneCounts& zone : zones) {
      zone = {chance.below(5), chance.below(8)};
      callers += static_cast<double>(zone.callers);
      backends += static_cast<double>(zone.backends);
    }
    if (callers == 0 || backends == 0) continue;
    std::vector<double> received(zones.size());
    for (std::size_t own = 0; own < zones.size(); ++own) {
      if (zones[own].callers == 0) continue;
      const auto shares = zone_split(zones, own);
      double sum = 0;
      for (std::size_t zone = 0; zone < zones.size(); ++zone) {
        sum += shares[zone];
        received[zone] += shares[zone] * static_cast<double>(zones[own].callers) / callers;
      }
      ASSERT_NEAR(sum, 1, 1e-12);
    }
    for (std::size_t zone = 0; zone < zones.size(); ++zone) {
      ASSERT_NEAR(received[zone], static_cast<double>(zones[zone].backends) / backends, 1e-12);
    }
  }
}

}  // namespace
}  // namespace faultline::models
