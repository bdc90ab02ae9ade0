#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::latency_of;
using tests::millisecond;
using tests::problems_of;
using tests::run_checked;
using tests::scenario;

TEST(ConnectionLimit, LetsWorkFinishAndBeginsNoMore) {
  // Six at 1 s, four connections, 200 ms each: four begin and finish at 1.2 s, though from 1.05 s
  // on there is but one; then the two others one by one.
  const auto result = run_checked(scenario(
      burst(6, "db") + R"("db": {"type": "database", "connections": 4, "service_time": "200ms"})",
      "1950ms", R"json("faults": [{"at": "1050ms", "fault": "connection_limit(db, 1)"}])json"));
  for (const char* each : {"c0", "c1", "c2", "c3"})
    EXPECT_EQ(latency_of(result, each), 200 * millisecond);
  EXPECT_EQ(latency_of(result, "c4"), 400 * millisecond);
  EXPECT_EQ(latency_of(result, "c5"), 600 * millisecond);
}

TEST(ConnectionLimit, TheQueueMovesAtOnceWhenItEnds) {
  // One at a time from 0.95 s: of four at 1 s, 400 ms each, the second begins at 1.4 s, and at 1.5
  // s, with the limit gone, the two others.
  for (
      const char* station :
      {R"({"type": "database", "connections": 4, "service_time": "400ms"})",
       R"({"type": "cache", "capacity": 10, "workers": 4, "service_time": "400ms"})",
       R"json({"type": "app_server", "workers": 4, "endpoints": {"default": ["cpu(400ms)"]}})json"}) {
    const auto result = run_checked(scenario(
        burst(4, "station") + R"("station": )" + station, "1950ms",
        R"json("faults": [{"at": "950ms", "for": "550ms", "fault": "connection_limit(station, 1)"},
                          {"at": "950ms", "for": "100ms", "fault": "connection_limit(station, 3)"}])json"));
    EXPECT_EQ(latency_of(result, "c0"), 400 * millisecond) << station;
    EXPECT_EQ(latency_of(result, "c1"), 800 * millisecond) << station;
    EXPECT_EQ(latency_of(result, "c2"), 900 * millisecond) << station;
    EXPECT_EQ(latency_of(result, "c3"), 900 * millisecond) << station;
  }
}

TEST(ConnectionLimit, NeedsALimitedNumber) {
  EXPECT_EQ(problems_of(scenario(
                R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["cpu(1ms)"]}})json",
                "1s", R"json("faults": [{"at": "0s", "fault": "connection_limit(app, 1)"}])json")),
            "faults[0].fault.node: \"app\" has no limited number of workers or connections\n");
}

}  // namespace
}  // namespace faultline
