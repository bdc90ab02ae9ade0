#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

TEST(CacheFlush, LosesAllEntriesOnce) {
  // Ten keys in a circle: ten misses at first and ten more after the flush.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "sequential(10)"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db"}]}},
      "cache": {"type": "cache", "capacity": 100},
      "db": {"type": "database", "service_time": "0s"})json",
      "3s", R"json("faults": [{"at": "1005ms", "for": "1s", "fault": "cache_flush(cache)"}])json"));
  EXPECT_EQ(scalar_of(result, "cache", "misses"), 20);
  EXPECT_EQ(received(result, "db"), 20u);
}

TEST(CacheFlush, NeedsACache) {
  EXPECT_EQ(problems_of(
                scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                         "1s", R"json("faults": [{"at": "0s", "fault": "cache_flush(db)"}])json")),
            "faults[0].fault.node: \"db\" has no entries to lose\n");
}

}  // namespace
}  // namespace faultline
