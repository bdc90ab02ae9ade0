#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// One key, asked for ten times a second; an entry is good for 10 s of the cache's clock.
double misses(const char* faults) {
  return scalar_of(run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(1)"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "10s"}]}},
      "cache": {"type": "cache", "capacity": 10},
      "db": {"type": "database", "service_time": "0s"})json",
                                        "20050ms", faults)),
                   "cache", "misses");
}

TEST(ClockDrift, MakesTimesToLiveShorterOrLonger) {
  EXPECT_EQ(misses(""), 2);
  // Twice as fast: 10 s by the clock are 5 s. Put at 0.1 s, 5.1 s, 10.1 s, 15.1 s.
  EXPECT_EQ(misses(R"json("faults": [{"at": "0s", "fault": "clock_drift(cache, 1)"}])json"), 4);
  // A clock that stands still lets nothing age.
  EXPECT_EQ(misses(R"json("faults": [{"at": "0s", "fault": "clock_drift(cache, -1)"}])json"), 1);
}

}  // namespace
}  // namespace faultline
