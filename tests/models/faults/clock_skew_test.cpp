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

TEST(ClockSkew, MakesEntriesOlderOrYounger) {
  // Put at 0.1 s: too old at 10.1 s, put again: two misses.
  EXPECT_EQ(misses(""), 2);
  // Ahead by 3 s from 5 s on, it is too old at 7.1 s; the next, put then, at 17.1 s. If the clock
  // is right again at 6 s, nothing has happened.
  EXPECT_EQ(misses(R"json("faults": [{"at": "5s", "fault": "clock_skew(cache, 3s)"}])json"), 3);
  EXPECT_EQ(
      misses(R"json("faults": [{"at": "5s", "for": "1s", "fault": "clock_skew(cache, 3s)"}])json"),
      2);
  // Back by an hour at 5 s: the entry is good for an hour more.
  EXPECT_EQ(misses(R"json("faults": [{"at": "5s", "fault": "clock_skew(cache, -1h)"}])json"), 1);
  // Of the store it changes nothing.
  EXPECT_EQ(misses(R"json("faults": [{"at": "5s", "fault": "clock_skew(db, 1h)"}])json"), 2);
}

}  // namespace
}  // namespace faultline
