#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scenario;

/// Two servers in two zones take turns; users of a third zone wait 50 ms. `fault` from 1.05 s to
/// 2.05 s.
std::string two_zones(const std::string& fault) {
  return scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "zone": "c", "timeout": "50ms"},
             "app": {"type": "app_server", "replicas": 2, "zones": ["a", "b"], "endpoints": {"default": []}})json",
      "4050ms",
      R"("zones": {"a": {"region": "r"}, "b": {"region": "r"}, "c": {}}, "network": {"default_latency": "1ms"},
         "faults": [{"at": "1050ms", "for": "1s", "fault": ")" +
          fault + R"("}])");
}

TEST(ZoneOutage, ItsNodesSayNothing) {
  // Of the ten requests of 1.1 .. 2.0 s each second one goes to the dead zone, and is lost there.
  const auto result = run_checked(two_zones("zone_outage(zone:a)"));
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 5u);
  EXPECT_EQ(received(result, "app[0]"), 15u);
  EXPECT_EQ(received(result, "app[1]"), 20u);
  EXPECT_EQ(result.faults.at(0).name, "zone_outage(zone:a)");
}

TEST(ZoneOutage, MayBeLoud) {
  const auto result = run_checked(two_zones("zone_outage(zone:a, silent=false)"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 5u);
}

TEST(ZoneOutage, OfARegionStrikesAllItsZones) {
  const auto result = run_checked(two_zones("zone_outage(region:r)"));
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 10u);
}

TEST(ZoneOutage, WhatWentThroughItGoesAround) {
  // From x to y over m in 2 + 3 ms, over n in 20 + 30 ms; no node stands in m.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "zone": "x"},
             "db": {"type": "database", "service_time": "0s", "zone": "y"})json",
      "3050ms",
      R"json("zones": {"x": {}, "y": {}, "m": {}, "n": {}}, "network": {"links": [
             {"from": "zone:x", "to": "zone:m", "latency": "2ms"}, {"from": "zone:m", "to": "zone:y", "latency": "3ms"},
             {"from": "zone:x", "to": "zone:n", "latency": "20ms"}, {"from": "zone:n", "to": "zone:y", "latency": "30ms"}]},
         "faults": [{"at": "1050ms", "for": "1s", "fault": "zone_outage(zone:m)"}])json"));
  // The reply to the last of the ten is sent when the zone is back.
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
            (20 * 10 + 9 * 100 + 55) * tests::millisecond);
}

TEST(ZoneOutage, OfANodeIsAProblem) {
  EXPECT_EQ(problems_of(two_zones("zone_outage(app)")),
            "faults[0].fault.zone: expected a zone or a region, got \"app\"; write \"zone:app\"\n");
}

}  // namespace
}  // namespace faultline
