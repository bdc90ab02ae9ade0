#include <gtest/gtest.h>

#include "sim/registry/registry.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::problems_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

TEST(MemoryPressure, OfACacheEvictsDownToWhatIsLeft) {
  // 100 keys, all of which fit. With three quarters gone 25 are left, and of keys asked for in a
  // circle none of the last recently used is ever found again.
  const auto run = [](const char* faults) {
    return run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app", "keys": "sequential(100)"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db"}]}},
      "cache": {"type": "cache", "capacity": 100},
      "db": {"type": "database", "service_time": "0s"})json",
                                "3s", faults));
  };
  const auto squeezed =
      run(R"json("faults": [{"at": "1s", "fault": "memory_pressure(cache, 75%)"}])json");
  EXPECT_EQ(scalar_of(squeezed, "cache", "entries"), 25);
  EXPECT_NEAR(scalar_of(squeezed, "cache", "hits"), 900, 2);
  // It is taken back: from 2 s on a hundred misses, then all are there again.
  const auto relieved = run(
      R"json("faults": [{"at": "1s", "for": "1s", "fault": "memory_pressure(cache, 75%)"}])json");
  EXPECT_EQ(scalar_of(relieved, "cache", "entries"), 100);
  EXPECT_NEAR(scalar_of(relieved, "cache", "hits"), 1825, 30);
}

TEST(MemoryPressure, SqueezesACacheOfEveryPolicy) {
  for (const std::string& policy : sim::TypeCatalogue::instance().names("eviction")) {
    const auto result = run_checked(scenario(
        fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(2000/s)", "target": "app", "keys": "zipf(n=500, s=0.8)"}},
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "cache": {{"type": "cache", "capacity": 100, "eviction": "{}"}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                    policy),
        "3s", R"json("faults": [{"at": "1s", "for": "1s", "fault": "memory_pressure(cache, 60%)"},
                                {"at": "1500ms", "fault": "memory_pressure(cache, 60%)"}])json"));
    EXPECT_LE(scalar_of(result, "cache", "entries"), 40) << policy;
    EXPECT_GE(scalar_of(result, "cache", "entries"), 36) << policy;
  }
}

TEST(MemoryPressure, OfAnAppServerCollectsGarbage) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["cpu(10ms)"]}})json",
      "1050ms", R"json("faults": [{"at": "0s", "fault": "memory_pressure(app, 75%)"}])json"));
  EXPECT_EQ(result.requests.latency.min(), 40 * millisecond);
}

TEST(MemoryPressure, NeedsMemory) {
  EXPECT_EQ(problems_of(scenario(
                R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                "1s", R"json("faults": [{"at": "0s", "fault": "memory_pressure(db)"}])json")),
            "faults[0].fault.node: \"db\" keeps nothing in memory and collects no garbage\n");
}

}  // namespace
}  // namespace faultline
