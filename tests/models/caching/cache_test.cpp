#include <gtest/gtest.h>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "sim/registry/registry.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// At 0.1 s, 0.2 s, .. a reader looks one of ten keys up, in order, and right after it a writer
/// puts the same key.
std::string put_and_get(const std::string& cache, const std::string& duration,
                        const std::string& rest = "") {
  return scenario(fmt::format(R"json(
      "cache": {{"type": "cache", {}}},
      "readers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "cache", "keys": "sequential(n=10)"}},
      "writers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "cache", "keys": "sequential(n=10)",
                  "reads": "0%", "size": "100B"}})json",
                              cache),
                  duration, rest);
}

double hits(const sim::Result& result) { return scalar_of(result, "cache", "hits"); }
double misses(const sim::Result& result) { return scalar_of(result, "cache", "misses"); }

TEST(Cache, FindsWhatWasPut) {
  // At each tenth of a second key k is looked up and then put: the first round of ten misses, the
  // nine after it hit.
  const auto result = run_checked(put_and_get(R"("capacity": 10)", "10050ms"));
  EXPECT_EQ(misses(result), 10);
  EXPECT_EQ(hits(result), 90);
  EXPECT_EQ(scalar_of(result, "cache", "entries"), 10);
  EXPECT_EQ(scalar_of(result, "cache", "evictions"), 0);
}

TEST(Cache, ForgetsTheOldestWhenItIsFull) {
  // Nine of ten keys fit: the one looked up is always the one just evicted. 100 puts, 9 kept: 91
  // evictions.
  for (const char* eviction : {"lru", "fifo"}) {
    const auto result = run_checked(
        put_and_get(fmt::format(R"("capacity": 9, "eviction": "{}")", eviction), "10050ms"));
    EXPECT_EQ(hits(result), 0) << eviction;
    EXPECT_EQ(scalar_of(result, "cache", "evictions"), 91) << eviction;
  }
}

TEST(Cache, HoldsNoMoreThanItsCapacityUnderEveryPolicy) {
  for (const std::string& eviction :
       sim::TypeCatalogue::instance().names(models::EvictionPolicy::kind)) {
    if (eviction == "belady") continue;  // It must know all future requests.
    const auto result = run_checked(scenario(fmt::format(R"json(
        "cache": {{"type": "cache", "capacity": 50, "eviction": "{}"}},
        "users": {{"type": "clients", "arrivals": "poisson(1000/s)", "target": "cache", "keys": "zipf(n=500, s=0.9)",
                  "reads": "50%"}})json",
                                                         eviction),
                                             "10s"));
    EXPECT_LE(scalar_of(result, "cache", "entries"), 50) << eviction;
    EXPECT_GE(scalar_of(result, "cache", "entries"), 40) << eviction;
    EXPECT_GT(scalar_of(result, "cache", "hit_ratio"), 0.1) << eviction;
  }
}

TEST(Cache, CountsBytesWhenItsCapacityIsASize) {
  const auto result = run_checked(put_and_get(R"("capacity": "950B")", "10050ms"));
  EXPECT_EQ(scalar_of(result, "cache", "entries"), 9);
  EXPECT_EQ(scalar_of(result, "cache", "used_bytes"), 900);
}

TEST(Cache, AnEntryAgesOut) {
  // A key is looked up 1 s after it was put, in the same tenth of a second before it is put again.
  const auto young = run_checked(put_and_get(R"("capacity": 10, "ttl": "1001ms")", "10050ms"));
  EXPECT_EQ(hits(young), 90);
  const auto old = run_checked(put_and_get(R"("capacity": 10, "ttl": "1s")", "10050ms"));
  EXPECT_EQ(hits(old), 0);
  EXPECT_EQ(scalar_of(old, "cache", "expirations"), 90);
}

TEST(Cache, ACrashEmptiesIt) {
  // Down from 5.05 s to 5.06 s, between two requests. The next ten lookups, 5.1 s .. 6.0 s, miss
  // what was there before.
  const auto result = run_checked(put_and_get(
      R"("capacity": 10)", "10050ms",
      R"json("faults": [{"at": "5050ms", "for": "10ms", "fault": "crash(cache)"}])json"));
  EXPECT_EQ(misses(result), 20);
  EXPECT_EQ(hits(result), 80);
  EXPECT_EQ(result.requests.counts.fail, 0u);
}

TEST(Cache, WithoutWorkersItWorksOnAllAtOnce) {
  const auto result = run_checked(scenario(
      burst(5, "cache") + R"("cache": {"type": "cache", "capacity": 1, "service_time": "10ms"})",
      "1900ms"));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(latency_of(result, fmt::format("c{}", i)), 10 * millisecond);
}

TEST(Cache, WithWorkersItIsAStation) {
  // One works, two wait, two of five are rejected.
  const auto result = run_checked(scenario(
      burst(5, "cache") +
          R"("cache": {"type": "cache", "capacity": 1, "service_time": "10ms", "workers": 1, "queue_limit": 2})",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 30 * millisecond);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 2u);
  EXPECT_NEAR(scalar_of(result, "cache", "utilization"), 0.030 / 1.9, 1e-12);
  EXPECT_EQ(misses(result), 3);
}

TEST(Cache, AMissIsAnAnswer) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "cache"},
      "cache": {"type": "cache", "capacity": 10})json",
                                           "1050ms"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(misses(result), 10);
  EXPECT_EQ(scalar_of(result, "cache", "hit_ratio"), 0);
}

TEST(Cache, StatisticsBeginAfterTheWarmUp) {
  // The ten misses of the first second do not count; what was put then is found later.
  const auto result = run_checked(tests::warmed_scenario(R"json(
      "cache": {"type": "cache", "capacity": 10},
      "readers": {"type": "clients", "arrivals": "constant(10/s)", "target": "cache", "keys": "sequential(n=10)"},
      "writers": {"type": "clients", "arrivals": "constant(10/s)", "target": "cache", "keys": "sequential(n=10)", "reads": "0%"})json",
                                                         "10050ms", "1050ms"));
  EXPECT_EQ(misses(result), 0);
  EXPECT_EQ(hits(result), 90);
  EXPECT_EQ(scalar_of(result, "cache", "entries"), 10);
}

TEST(Cache, WhatCarriesOneTagGoesTogether) {
  // Keys 0 .. 9 are put and found in turn; key 0 is erased between the rounds, at 1.0 s and 2.0
  // s: with tags of five keys 0 to 4 are missed each time, alone only key 0.
  const auto misses_with = [](const std::string& tag) {
    return misses(run_checked(
        put_and_get(R"("capacity": 100, "tag_keys": )" + tag + "}, " +
                        R"json("channel": {"type": "invalidation_channel", "caches": ["cache"]},
            "eraser": {"type": "clients", "arrivals": "constant(1/s)", "target": "channel", "keys": "sequential(n=1)")json",
                    "3050ms")));
  };
  // The news of 1.0 s comes behind the put of key 9: the next round misses what it took.
  EXPECT_EQ(misses_with("1"), 10 + 2);
  EXPECT_EQ(misses_with("5"), 10 + 2 * 5);
}

TEST(Cache, MeasuresHowStaleItsHitsAre) {
  // Filled once by the reader's server; writes go past it. The rule: as in `cached`.
  const auto result = run_checked(scenario(R"json(
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db"}]}},
      "cache": {"type": "cache", "capacity": 10, "staleness_of": "db"},
      "db": {"type": "database", "service_time": "0s"},
      "readers": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)"},
      "writers": {"type": "clients", "arrivals": "constant(4/s)", "target": "db", "keys": "sequential(n=1)", "reads": "0%"})json",
                                           "2050ms"));
  // 19 hits, of which that of 0.2 s came before the first write.
  EXPECT_EQ(hits(result), 19);
  EXPECT_EQ(scalar_of(result, "cache", "stale_served"), 18);
  EXPECT_DOUBLE_EQ(scalar_of(result, "cache", "stale_share"), 18.0 / 19);
  EXPECT_DOUBLE_EQ(scalar_of(result, "cache", "versions_behind_mean"), 4);
}

TEST(Cache, SaysWhatIsWrongWithItsCapacity) {
  const auto problem = [](const std::string& capacity) {
    return tests::problems_of(scenario(fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "cache"}},
        "cache": {{"type": "cache", "capacity": {}}})json",
                                                   capacity),
                                       "1s"));
  };
  for (const char* right : {"1", "1000000000", R"("1B")", R"("64MiB")"})
    EXPECT_EQ(problem(right), "") << right;
  for (const char* wrong : {"0", "-1", "1.5", "2000000000", R"("0B")", R"("64")", R"("5ms")",
                            "true", "null", "[]", "1e300"}) {
    EXPECT_EQ(problem(wrong).substr(0, 22), "nodes.cache.capacity: ") << wrong;
  }
}

}  // namespace
}  // namespace faultline
