/// The cache as a server in a system, filled by cache-aside, against Che's approximation: N = 1e5
/// keys by Zipf's law.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

/// The hit ratio over 900,000 lookups, after as many as fill the cache. Nothing takes time, so no
/// two requests overlap.
double hit_ratio(const std::string& eviction, double s, int capacity) {
  const sim::Result result = tests::run_text(fmt::format(R"json({{
        "faultline": 1,
        "nodes": {{
          "users": {{"type": "clients", "arrivals": "poisson(100/s)", "target": "app", "keys": "zipf(n=100000, s={})"}},
          "app": {{"type": "app_server",
                  "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
          "cache": {{"type": "cache", "capacity": {}, "eviction": "{}"}},
          "db": {{"type": "database", "service_time": "0s"}}
        }},
        "run": {{"duration": "11000s", "warmup": "2000s", "seed": 1}}
      }})json",
                                                         s, capacity, eviction));
  return result.groups.at("cache").scalars.at("hit_ratio");
}

/// Che, Tung and Wang, "Hierarchical Web Caching Systems", IEEE JSAC 20(7), 2002. The approximation
/// is good to a fraction of a per cent here, and the standard error of 900,000 lookups is 0.05
/// points.
constexpr double tolerance = 0.003;

TEST(SlowCaching, LeastRecentlyUsedMeetsChesApproximation) {
  EXPECT_NEAR(hit_ratio("lru", 0.8, 1000), 0.204334, tolerance);
  EXPECT_NEAR(hit_ratio("lru", 0.8, 10'000), 0.468685, tolerance);
  EXPECT_NEAR(hit_ratio("lru", 1.0, 1000), 0.506170, tolerance);
  EXPECT_NEAR(hit_ratio("lru", 1.0, 10'000), 0.737340, tolerance);
}

/// The same with the mean-field equation of FIFO. Source: Martina, Garetto and Leonardi, "A unified
/// approach to the performance analysis of caching systems", INFOCOM 2014.
TEST(SlowCaching, FirstInFirstOutMeetsItsApproximation) {
  EXPECT_NEAR(hit_ratio("fifo", 0.8, 1000), 0.179212, tolerance);
  EXPECT_NEAR(hit_ratio("fifo", 0.8, 10'000), 0.428371, tolerance);
  EXPECT_NEAR(hit_ratio("fifo", 1.0, 1000), 0.464789, tolerance);
  EXPECT_NEAR(hit_ratio("fifo", 1.0, 10'000), 0.701020, tolerance);
}

}  // namespace
}  // namespace faultline
